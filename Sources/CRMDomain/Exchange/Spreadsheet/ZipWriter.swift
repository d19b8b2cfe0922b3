/// Writes an archive of files, each piece by piece: nothing is kept but the list of files.
///
/// What it holds is not made smaller: every file is a DEFLATE stream of stored blocks, which any reader
/// takes, and which needs neither a compressor nor the length before the content.
///
/// Source: PKWARE, APPNOTE.TXT 6.3.10; RFC 1951, section 3.2.4.
struct ZipWriter {
  /// Takes the next bytes of the archive.
  typealias Sink = ([UInt8]) throws -> Void

  private struct File {
    let name: [UInt8]
    let offset: Int
    var checksum = CRC32()
    var byteCount = 0
    var storedByteCount = 0
  }

  private let sink: Sink
  private var files: [File] = []
  private var offset = 0

  /// The most that fits the archive's 32-bit lengths.
  private static let byteCountMax = Int(UInt32.max)
  private static let blockByteCountMax = 65_535
  /// A data descriptor follows the content; names are UTF-8.
  private static let flags: UInt16 = 0x0808
  private static let method: UInt16 = 8
  /// 1980-01-01, so that equal content makes equal archives.
  private static let date: UInt16 = 0x0021

  /// Creates a writer that hands its bytes on to `sink`.
  init(to sink: @escaping Sink) { self.sink = sink }

  /// Begins a file; the one before it must have been ended.
  mutating func begin(_ name: String) throws {
    let file = File(name: Array(name.utf8), offset: offset)
    var bytes: [UInt8] = []
    bytes.append(little: 0x0403_4B50 as UInt32)
    Self.appendFacts(to: &bytes)
    for _ in 0..<3 { bytes.append(little: 0 as UInt32) }
    bytes.append(little: UInt16(file.name.count))
    bytes.append(little: 0 as UInt16)
    try put(bytes + file.name)
    files.append(file)
  }

  /// Adds to the file that was begun last.
  mutating func write(_ content: [UInt8]) throws {
    var rest = content[...]
    while !rest.isEmpty {
      let block = rest.prefix(Self.blockByteCountMax)
      rest = rest.dropFirst(block.count)
      try putBlock(block, isLast: false)
    }
  }

  /// Ends the file that was begun last.
  mutating func end() throws {
    try putBlock([], isLast: true)
    var bytes: [UInt8] = []
    bytes.append(little: 0x0807_4B50 as UInt32)
    Self.appendLengths(of: files[files.count - 1], to: &bytes)
    try put(bytes)
  }

  /// Ends the archive.
  mutating func finish() throws {
    let start = offset
    for file in files {
      var bytes: [UInt8] = []
      bytes.append(little: 0x0201_4B50 as UInt32)
      bytes.append(little: 20 as UInt16)
      Self.appendFacts(to: &bytes)
      Self.appendLengths(of: file, to: &bytes)
      bytes.append(little: UInt16(file.name.count))
      for _ in 0..<4 { bytes.append(little: 0 as UInt16) }
      bytes.append(little: 0 as UInt32)
      bytes.append(little: UInt32(file.offset))
      try put(bytes + file.name)
    }
    var bytes: [UInt8] = []
    bytes.append(little: 0x0605_4B50 as UInt32)
    bytes.append(little: 0 as UInt32)
    bytes.append(little: UInt16(files.count))
    bytes.append(little: UInt16(files.count))
    bytes.append(little: UInt32(offset - start))
    bytes.append(little: UInt32(start))
    bytes.append(little: 0 as UInt16)
    try put(bytes)
  }

  private mutating func putBlock(_ block: ArraySlice<UInt8>, isLast: Bool) throws {
    let length = UInt16(block.count)
    var bytes: [UInt8] = [isLast ? 1 : 0]
    bytes.append(little: length)
    bytes.append(little: ~length)
    bytes += block
    files[files.count - 1].checksum.add(block)
    files[files.count - 1].byteCount += block.count
    files[files.count - 1].storedByteCount += bytes.count
    try put(bytes)
  }

  private mutating func put(_ bytes: [UInt8]) throws {
    offset += bytes.count
    guard offset < Self.byteCountMax else { throw SpreadsheetError.tooLarge }
    try sink(bytes)
  }

  private static func appendFacts(to bytes: inout [UInt8]) {
    for fact in [20, flags, method, 0, date] { bytes.append(little: fact) }
  }

  private static func appendLengths(of file: File, to bytes: inout [UInt8]) {
    bytes.append(little: file.checksum.value)
    bytes.append(little: UInt32(file.storedByteCount))
    bytes.append(little: UInt32(file.byteCount))
  }
}

/// The checksum of archives: CRC-32 of ISO 3309.
struct CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
    }
  }

  private var state = UInt32.max

  /// The checksum of all that was added.
  var value: UInt32 { ~state }

  mutating func add(_ bytes: ArraySlice<UInt8>) {
    for byte in bytes {
      state = Self.table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8
    }
  }
}

extension [UInt8] {
  /// Appends a number, its least byte first.
  fileprivate mutating func append(little number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
