import Crypto

/// SHA-256 with a domain tag, so that no digest of one purpose can pass for another's.
public enum Digests {
  /// Hashes `tag`, a zero byte, and the parts, each behind its length.
  public static func digest(tag: String, _ parts: [[UInt8]]) -> EntryHash {
    var writer = ByteWriter(capacity: parts.reduce(tag.utf8.count + 1) { $0 + $1.count + 4 })
    writer.write(bytes: tag.utf8)
    writer.write(byte: 0)
    for part in parts { writer.write(prefixed: part) }
    return EntryHash(SHA256.hash(data: writer.bytes))
  }

  /// The first 16 bytes of ``digest(tag:_:)``.
  static func identifier(tag: String, _ parts: [[UInt8]]) -> UInt128 {
    UInt128(bigEndianBytes: digest(tag: tag, parts).bytes.prefix(16))
  }
}

extension UInt128 {
  /// Takes at most 16 bytes, the most significant first.
  public init(bigEndianBytes bytes: some Sequence<UInt8>) {
    self = bytes.reduce(0) { $0 << 8 | UInt128($1) }
  }

  /// The 16 bytes, the most significant first.
  public var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
