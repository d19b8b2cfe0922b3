/// Bytes as people compare them: two lower-case digits a byte.
package enum Hexadecimal {
  /// Writes bytes in lines of 32, so that a change shows as a short diff.
  package static func lines(of bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 32)
      .map { text(of: bytes[$0..<min($0 + 32, bytes.count)]) }
      .joined(separator: "\n")
  }

  /// Writes bytes without a break.
  package static func text(of bytes: some Sequence<UInt8>) -> String {
    var characters: [UInt8] = []
    for byte in bytes {
      characters.append(digits[Int(byte >> 4)])
      characters.append(digits[Int(byte & 15)])
    }
    return String(decoding: characters, as: UTF8.self)
  }

  /// Reads bytes back, white space ignored; `nil` if anything else is no digit, or one is left over.
  package static func bytes(from text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text where !character.isWhitespace {
      guard let digit = character.hexDigitValue.map(UInt8.init) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }

  private static let digits = Array("0123456789abcdef".utf8)
}
