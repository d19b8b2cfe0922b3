/// Names one record, everywhere and for good.
///
/// A *time-ordered* id is 48 bits of Unix milliseconds (top bit clear until the year 6429), a 16-bit
/// number within its transaction, and 64 random bits; ids made one after another therefore lie next to each
/// other in an index. A *derived* id is a hash with the top bit set: two nodes that derive from the
/// same parts make the same record.
public struct RecordID: Hashable, Sendable {
  /// The 16 bytes as a big-endian number; ids order by it.
  public let rawValue: UInt128

  /// Creates an id from its stored form.
  public init(rawValue: UInt128) { self.rawValue = rawValue }

  /// Makes a time-ordered id.
  ///
  /// - Parameters:
  ///   - time: The transaction's time.
  ///   - ordinal: The record's number within the transaction.
  ///   - random: 64 random bits.
  public init(time: HybridTimestamp, ordinal: UInt16, random: UInt64) {
    let milliseconds = time.wallMilliseconds & 0x7FFF_FFFF_FFFF
    rawValue = UInt128(milliseconds) << 80 | UInt128(ordinal) << 64 | UInt128(random)
  }

  /// Derives an id from what the record is made of: its kind, and the parts that identify it there.
  public init(derivedFrom kind: String, _ parts: [[UInt8]]) {
    let hash = Digests.identifier(tag: "kith/record/1", [Array(kind.utf8)] + parts)
    rawValue = hash | (1 << 127)
  }

  /// Whether the id was derived rather than drawn.
  public var isDerived: Bool { rawValue >> 127 == 1 }

  /// The 64 bits that tell records of one moment apart, or of the hash; short ids are made of them.
  public var distinguishingBits: UInt64 { UInt64(truncatingIfNeeded: rawValue) }
}

extension RecordID: Comparable {
  /// Compares byte by byte; time-ordered ids come before derived ones.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension RecordID: CustomStringConvertible {
  /// 26 characters of Crockford base 32.
  public var description: String { Base32.text(of: rawValue) }

  /// Reads ``description`` back; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    guard let value = Base32.number(from: text) else { return nil }
    self.init(rawValue: value)
  }

  /// The 13 characters that short ids are cut from: four bits, then sixty, five at a time.
  public var shortText: String { String(Base32.text(of: UInt128(distinguishingBits)).suffix(13)) }
}

/// Crockford's base 32: digits and letters without i, l, o and u.
public enum Base32 {
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  /// Writes 128 bits as 26 lower-case characters, the most significant first.
  public static func text(of value: UInt128) -> String {
    var characters = [UInt8](repeating: 0, count: 26)
    var rest = value
    for index in stride(from: 25, through: 0, by: -1) {
      characters[index] = alphabet[Int(rest & 31)]
      rest >>= 5
    }
    return String(decoding: characters, as: UTF8.self)
  }

  /// Reads exactly 26 characters; `nil` for anything else.
  ///
  /// Case is ignored, o reads as 0, i and l as 1.
  public static func number(from text: some StringProtocol) -> UInt128? {
    guard text.utf8.count == 26 else { return nil }
    var value: UInt128 = 0
    for (index, character) in text.utf8.enumerated() {
      guard let digit = digit(character), index > 0 || digit < 8 else { return nil }
      value = value << 5 | UInt128(digit)
    }
    return value
  }

  /// Writes bytes, five bits a character, the last one filled up with zero bits.
  public static func text(of bytes: [UInt8]) -> String {
    var characters: [UInt8] = []
    var pool: UInt32 = 0
    var bits = 0
    for byte in bytes {
      pool = pool << 8 | UInt32(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        characters.append(alphabet[Int(pool >> UInt32(bits) & 31)])
      }
    }
    if bits > 0 { characters.append(alphabet[Int(pool << UInt32(5 - bits) & 31)]) }
    return String(decoding: characters, as: UTF8.self)
  }

  /// Reads what ``text(of:)`` wrote; `nil` if a character is none of the alphabet, stands for no
  /// byte, or fills the last byte up with anything but zero bits.
  public static func bytes(from text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var pool: UInt32 = 0
    var bits = 0
    for character in text.utf8 {
      guard let digit = digit(character) else { return nil }
      pool = (pool << 5 | UInt32(digit)) & 0xFFFF
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: pool >> UInt32(bits)))
      }
    }
    guard bits < 5, pool & (1 << UInt32(bits) - 1) == 0 else { return nil }
    return bytes
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    let lower = character | (character >= 65 && character <= 90 ? 32 : 0)
    switch lower {
    case UInt8(ascii: "o"): return 0
    case UInt8(ascii: "i"), UInt8(ascii: "l"): return 1
    default: return alphabet.firstIndex(of: lower).map(UInt8.init)
    }
  }
}
