/// Appends the format's primitive encodings to a byte array.
///
/// Varints are unsigned LEB128; signed numbers are zigzag-mapped first; fixed-width numbers are
/// big-endian, so that byte order is number order.
public struct ByteWriter: Sendable {
  /// What has been written so far.
  public private(set) var bytes: [UInt8]

  /// Creates an empty writer with room for `capacity` bytes.
  public init(capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// How many bytes have been written.
  public var count: Int { bytes.count }

  /// Appends one byte.
  @inlinable
  public mutating func write(byte: UInt8) { append(byte) }

  /// Appends bytes as they are.
  public mutating func write(bytes more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// Appends an array as it is.
  public mutating func write(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  /// Appends an unsigned varint: 1 to 10 bytes.
  public mutating func write(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends a non-negative count or length as a varint.
  public mutating func write(count: Int) { write(varint: UInt64(count)) }

  /// Appends a signed number as a zigzag varint.
  public mutating func write(signed value: Int64) {
    write(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Appends a fixed-width number, big-endian.
  public mutating func write<Number: FixedWidthInteger>(fixed value: Number) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends a length as a varint, then the bytes.
  public mutating func write(prefixed more: [UInt8]) {
    write(count: more.count)
    bytes.append(contentsOf: more)
  }

  /// Appends a length as a varint, then the text's UTF-8.
  public mutating func write(text: String) {
    var text = text
    text.withUTF8 {
      write(count: $0.count)
      bytes.append(contentsOf: $0)
    }
  }

  @usableFromInline
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
}
