/// One row of a file, with the line it begins in.
package struct CSVRow: Hashable, Sendable {
  /// The line in which the row begins, counted from 1.
  package let line: Int
  /// The cells' texts, unquoted.
  package let cells: [String]
}

/// Reads comma-separated values row by row, holding one chunk and one row at a time.
///
/// Source: RFC 4180. Besides, it takes lines that end in LF or CR alone, a byte order mark, blank
/// lines (skipped), quotes within a value that does not begin with one (kept as they are), and
/// semicolons or tabs as separators, whichever the header has most of.
package struct CSVReader {
  /// Gives the next bytes of the file, in chunks of any size; none at its end.
  package typealias Source = () throws -> [UInt8]

  /// The columns' names, from the first row.
  package private(set) var header: [String] = []
  /// What separates the cells.
  package let delimiter: UInt8

  private var feed: ByteFeed
  private var line = 1

  /// Reads the header.
  ///
  /// - Throws: ``CSVError``, or what `source` throws.
  package init(reading source: @escaping Source) throws {
    var feed = ByteFeed(source: source)
    try feed.skipByteOrderMark()
    guard try !feed.beginsWithJSON() else { throw CSVError.json }
    delimiter = try feed.delimiterOfFirstLine()
    self.feed = feed
    guard let first = try next() else { throw CSVError.empty }
    let names = first.cells.map(\.trimmed)
    for (index, name) in names.enumerated() {
      if name.isEmpty { throw CSVError.unnamedColumn(number: index + 1) }
      if names[..<index].contains(name) { throw CSVError.repeatedColumn(name) }
    }
    header = names
  }

  /// Reads the next row that is not blank; `nil` at the end of the file.
  ///
  /// - Throws: ``CSVError``, or what the source throws; the reader is then unusable.
  package mutating func next() throws -> CSVRow? {
    while true {
      let first = line
      var row = RowBytes(line: first)
      guard try readRow(into: &row) else { return nil }
      if row.isBlank { continue }
      return CSVRow(line: first, cells: try row.texts())
    }
  }

  /// Takes bytes up to the row's end; returns whether there were any.
  private mutating func readRow(into row: inout RowBytes) throws -> Bool {
    guard try feed.peek() != nil else { return false }
    var isQuoted = false
    while let byte = try feed.take() {
      switch byte {
      case Self.quote where isQuoted:
        if try feed.peek() == Self.quote {
          _ = try feed.take()
          try row.append(byte)
        } else {
          isQuoted = false
          row.isCellClosed = true
        }
      case _ where isQuoted:
        if byte == Self.lineFeed { line += 1 }
        try row.append(byte)
      case Self.quote where row.isCellEmpty && !row.isCellClosed: isQuoted = true
      case delimiter: try row.endCell()
      case Self.lineFeed, Self.carriageReturn:
        if byte == Self.carriageReturn, try feed.peek() == Self.lineFeed { _ = try feed.take() }
        line += 1
        try row.endCell()
        return true
      default:
        guard !row.isCellClosed else { throw CSVError.textBehindQuote(line: line) }
        try row.append(byte)
      }
    }
    guard !isQuoted else { throw CSVError.unclosedQuote(line: row.line) }
    try row.endCell()
    return true
  }

  fileprivate static let quote = UInt8(ascii: "\"")
  fileprivate static let lineFeed = UInt8(ascii: "\n")
  fileprivate static let carriageReturn = UInt8(ascii: "\r")
}

/// The bytes of one row: all cells after one another, and where each ends.
private struct RowBytes {
  let line: Int
  /// Whether the present cell's closing quote has been read.
  var isCellClosed = false
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  init(line: Int) { self.line = line }

  var isCellEmpty: Bool { bytes.count == ends.last ?? 0 }
  var isBlank: Bool { ends.count == 1 && bytes.isEmpty }

  mutating func append(_ byte: UInt8) throws(CSVError) {
    guard bytes.count < ExchangeLimits.rowBytesMax else { throw .rowTooLong(line: line) }
    bytes.append(byte)
  }

  mutating func endCell() throws(CSVError) {
    guard bytes.count - (ends.last ?? 0) <= ExchangeLimits.cellBytesMax else {
      throw .cellTooLong(line: line)
    }
    guard ends.count < ExchangeLimits.columnsMax else { throw .tooManyColumns(line: line) }
    ends.append(bytes.count)
    isCellClosed = false
  }

  func texts() throws(CSVError) -> [String] {
    var start = 0
    var texts: [String] = []
    texts.reserveCapacity(ends.count)
    for end in ends {
      guard let text = String(validating: bytes[start..<end], as: UTF8.self) else {
        throw .notUTF8(line: line)
      }
      guard !bytes[start..<end].contains(0) else { throw .notText(line: line) }
      texts.append(text)
      start = end
    }
    return texts
  }
}

/// A source's chunks as single bytes.
private struct ByteFeed {
  private let source: CSVReader.Source
  private var buffer: [UInt8] = []
  private var position = 0

  init(source: @escaping CSVReader.Source) { self.source = source }

  mutating func peek() throws -> UInt8? {
    if position == buffer.count {
      buffer = try source()
      position = 0
    }
    return position < buffer.count ? buffer[position] : nil
  }

  mutating func take() throws -> UInt8? {
    guard let byte = try peek() else { return nil }
    position += 1
    return byte
  }

  mutating func skipByteOrderMark() throws {
    try extendBuffer { $0.count >= 3 }
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Whether the first character is the one an object begins with, or the first two those of a list of
  /// objects.
  mutating func beginsWithJSON() throws -> Bool {
    let end = position + 64
    try extendBuffer { $0.count >= end }
    let begin = buffer[position...].prefix(64).filter { !Self.blanks.contains($0) }
    return begin.starts(with: [UInt8(ascii: "{")])
      || begin.starts(with: [UInt8(ascii: "["), UInt8(ascii: "{")])
  }

  private static let blanks = Array(" \t\r\n".utf8)

  /// The separator that stands most often outside quotes in the first line; a comma if none does.
  ///
  /// The line ends where one does outside quotes, wherever the chunks end.
  mutating func delimiterOfFirstLine() throws -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for index in position..<position + ExchangeLimits.rowBytesMax {
      if index >= buffer.count { try extendBuffer { $0.count > index } }
      guard index < buffer.count else { break }
      let byte = buffer[index]
      if byte == CSVReader.quote { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == CSVReader.lineFeed || byte == CSVReader.carriageReturn { break }
      counts[byte, default: 0] += 1
    }
    let candidates = [",", ";", "\t"].map { UInt8(ascii: $0) }
    var best = candidates[0]
    for candidate in candidates where counts[candidate, default: 0] > counts[best, default: 0] {
      best = candidate
    }
    return best
  }

  private mutating func extendBuffer(until isEnough: ([UInt8]) -> Bool) throws {
    while !isEnough(buffer) {
      let chunk = try source()
      if chunk.isEmpty { return }
      buffer += chunk
    }
  }
}
