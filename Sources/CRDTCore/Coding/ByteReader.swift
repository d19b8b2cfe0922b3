/// Bytes that are not what the format says; whoever sent them is told in these words.
public struct MalformedBytes: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was expected and not found.
  public let description: String
  /// Where, as an offset into what was being read.
  public let offset: Int

  /// Creates an error from what was expected and where.
  public init(_ description: String, at offset: Int = 0) {
    self.description = description
    self.offset = offset
  }
}

/// Reads the format's primitive encodings; never past the end, whatever the bytes say.
///
/// A length that a reader is told is checked against what is left before anything is allocated, so
/// hostile bytes cost no more memory than they are long.
public struct ByteReader: Sendable {
  private let bytes: ArraySlice<UInt8>
  private var index: Int

  /// Creates a reader of a whole array.
  public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// Creates a reader of a slice, without copying it.
  public init(_ slice: ArraySlice<UInt8>) {
    bytes = slice
    index = slice.startIndex
  }

  /// Where the next read starts, counted from where the first one did.
  public var offset: Int { index - bytes.startIndex }

  /// How many bytes are left.
  public var remaining: Int { bytes.endIndex - index }

  /// Whether everything has been read.
  public var isAtEnd: Bool { index == bytes.endIndex }

  /// Reads one byte.
  public mutating func readByte() throws(MalformedBytes) -> UInt8 {
    guard index < bytes.endIndex else { throw MalformedBytes("a byte", at: offset) }
    defer { index += 1 }
    return bytes[index]
  }

  /// Reads an unsigned varint in its shortest form.
  ///
  /// - Throws: ``MalformedBytes`` if it is cut short, exceeds 64 bits or is longer than needed; two
  ///   encodings of one number would be two hashes of one meaning.
  public mutating func readVarint() throws(MalformedBytes) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      if shift == 63, byte > 1 { throw MalformedBytes("a number of 64 bits", at: offset) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        if byte == 0, shift > 0 { throw MalformedBytes("a number in short form", at: offset) }
        return value
      }
      shift += 7
    }
    throw MalformedBytes("a whole number", at: offset)
  }

  /// Reads a count or length, at most `limit`.
  public mutating func readCount(max limit: Int) throws(MalformedBytes) -> Int {
    let value = try readVarint()
    guard value <= UInt64(limit) else { throw MalformedBytes("at most \(limit)", at: offset) }
    return Int(value)
  }

  /// Reads a zigzag varint.
  public mutating func readSigned() throws(MalformedBytes) -> Int64 {
    let value = try readVarint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Reads a fixed-width, big-endian number.
  public mutating func readFixed<Number: FixedWidthInteger>(
    _: Number.Type = Number.self
  ) throws(MalformedBytes) -> Number {
    let size = MemoryLayout<Number>.size
    guard remaining >= size else { throw MalformedBytes("\(size) bytes", at: offset) }
    let start = offset
    index += size
    return bytes.withUnsafeBytes {
      Number(bigEndian: $0.loadUnaligned(fromByteOffset: start, as: Number.self))
    }
  }

  /// Reads exactly `count` bytes.
  public mutating func readBytes(_ count: Int) throws(MalformedBytes) -> [UInt8] {
    try Array(readSlice(count))
  }

  /// Reads exactly `count` bytes without copying them.
  public mutating func readSlice(_ count: Int) throws(MalformedBytes) -> ArraySlice<UInt8> {
    guard count >= 0, remaining >= count else { throw MalformedBytes("\(count) bytes", at: offset) }
    defer { index += count }
    return bytes[index..<index + count]
  }

  /// Reads a varint length and that many bytes.
  public mutating func readPrefixed(max limit: Int) throws(MalformedBytes) -> [UInt8] {
    try readBytes(readCount(max: min(limit, remaining)))
  }

  /// Reads a varint length and that many bytes of valid UTF-8.
  public mutating func readText(max limit: Int) throws(MalformedBytes) -> String {
    try readText(count: readCount(max: min(limit, remaining)))
  }

  /// Reads `count` bytes of valid UTF-8.
  public mutating func readText(count: Int) throws(MalformedBytes) -> String {
    let start = offset
    let slice = try readSlice(count)
    // The generic initialiser for any encoding takes four times as long.
    guard let text = try? UTF8Span(validating: slice.span) else {
      throw MalformedBytes("text in UTF-8", at: start)
    }
    return String(copying: text)
  }

  /// Moves past `count` bytes.
  public mutating func skip(_ count: Int) throws(MalformedBytes) { _ = try readSlice(count) }

  /// Throws unless everything has been read; bytes nobody reads would be a second encoding.
  public func expectEnd() throws(MalformedBytes) {
    guard isAtEnd else { throw MalformedBytes("no more bytes", at: offset) }
  }
}
