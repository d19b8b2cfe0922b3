import Crypto

/// A payload as its author encoded it: stored, hashed and relayed as it is.
///
/// Layout: length of the structure part (varint), structure part, values part. A part is one byte, 0
/// for plain or 1 for one Zstandard frame, and the content. Hashes are of a part with that byte.
public struct PayloadBytes: Hashable, Sendable {
  /// The whole encoding.
  public let bytes: [UInt8]
  private let structureStart: Int
  private let valuesStart: Int

  /// Takes over an encoding; the parts are looked into only when decoded.
  public init(bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    let length = try reader.readCount(max: reader.remaining)
    self.bytes = bytes
    structureStart = reader.offset
    try reader.skip(length)
    valuesStart = reader.offset
    guard length > 0, !reader.isAtEnd else { throw MalformedBytes("two parts", at: valuesStart) }
  }

  /// Encodes two parts, each compressed if that makes it shorter.
  init(structure: [UInt8], values: [UInt8], level: Int32) {
    let structureFrame = Self.frame(structure, level: level)
    let valuesFrame = Self.frame(values, level: level)
    let structureCount = 1 + (structureFrame ?? structure).count
    var writer = ByteWriter(capacity: structureCount + (valuesFrame ?? values).count + 6)
    writer.write(count: structureCount)
    structureStart = writer.count
    writer.write(byte: structureFrame == nil ? 0 : 1)
    writer.write(bytes: structureFrame ?? structure)
    valuesStart = writer.count
    writer.write(byte: valuesFrame == nil ? 0 : 1)
    writer.write(bytes: valuesFrame ?? values)
    bytes = writer.bytes
  }

  /// How many bytes both parts have before compression, as they say themselves.
  ///
  /// Parts that say more than a decoder takes count as just that much.
  public var uncompressedByteCount: Int {
    contentByteCount(of: bytes[structureStart..<valuesStart])
      + contentByteCount(of: bytes[valuesStart...])
  }

  /// SHA-256 of the structure part.
  public var structureHash: EntryHash { hash(of: structureStart..<valuesStart) }

  /// SHA-256 of the values part.
  public var valuesHash: EntryHash { hash(of: valuesStart..<bytes.count) }

  /// The structure, decompressed; a plain one is not copied.
  func structure() throws(MalformedBytes) -> ArraySlice<UInt8> {
    try content(of: bytes[structureStart..<valuesStart])
  }

  /// The values, decompressed; plain ones are not copied.
  func values() throws(MalformedBytes) -> ArraySlice<UInt8> {
    try content(of: bytes[valuesStart...])
  }

  /// Parts shorter than this are not worth a compressor's set-up.
  private static let compressionBytesMin = 512

  private static func frame(_ content: [UInt8], level: Int32) -> [UInt8]? {
    content.count < compressionBytesMin ? nil : Compression.compressed(content, level: level)
  }

  private func content(of part: ArraySlice<UInt8>) throws(MalformedBytes) -> ArraySlice<UInt8> {
    switch part.first {
    case 0: return part.dropFirst()
    case 1:
      return try Compression.decompressed(part.dropFirst(), max: Limits.transactionBytesMax)[...]
    default: throw MalformedBytes("a plain or compressed part", at: part.startIndex)
    }
  }

  private func contentByteCount(of part: ArraySlice<UInt8>) -> Int {
    let content = part.dropFirst()
    guard part.first == 1 else { return content.count }
    return min(Compression.statedByteCount(of: content) ?? 0, Limits.transactionBytesMax)
  }

  private func hash(of range: Range<Int>) -> EntryHash {
    bytes.withUnsafeBytes { buffer in
      var hasher = SHA256()
      hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[range]))
      return EntryHash(hasher.finalize())
    }
  }
}
