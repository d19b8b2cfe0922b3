/// A colour that people give to stages, labels and values of lists: a name, or red, green and blue.
///
/// The names are those of a palette that people who confuse red and green tell apart, too.
///
/// Source: Okabe and Ito, "Color Universal Design" (2008), the eight colours.
package struct Colour: Hashable, Sendable {
  /// As it is stored: a name, or `#` and six digits.
  package let text: String
  package let red: UInt8
  package let green: UInt8
  package let blue: UInt8

  private static let palette: [(name: String, hex: UInt32)] = [
    ("red", 0xD55E00), ("orange", 0xE69F00), ("yellow", 0xF0E442), ("green", 0x009E73),
    ("sky", 0x56B4E9), ("blue", 0x0072B2), ("purple", 0xCC79A7), ("grey", 0x999999),
  ]

  /// The names that can be given.
  package static var names: [String] { palette.map(\.name) }

  /// Reads a name or `#e69f00`, whatever its case; `nil` if it is neither.
  package init?(_ text: String) {
    let word = text.trimmed.lowercased()
    if let known = Self.palette.first(where: { $0.name == (word == "gray" ? "grey" : word) }) {
      self.init(known.name, known.hex)
      return
    }
    let digits = word.hasPrefix("#") ? String(word.dropFirst()) : word
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
      let hex = UInt32(digits, radix: 16)
    else { return nil }
    self.init("#" + digits, hex)
  }

  private init(_ text: String, _ hex: UInt32) {
    self.text = text
    red = UInt8(hex >> 16 & 0xFF)
    green = UInt8(hex >> 8 & 0xFF)
    blue = UInt8(hex & 0xFF)
  }

  /// The nearest of the 216 colours that every terminal of 256 colours has, by its number.
  package var terminalNumber: Int {
    let levels: [Int] = [0, 95, 135, 175, 215, 255]
    func nearest(_ part: UInt8) -> Int {
      levels.indices.min { abs(levels[$0] - Int(part)) < abs(levels[$1] - Int(part)) } ?? 0
    }
    return 16 + 36 * nearest(red) + 6 * nearest(green) + nearest(blue)
  }
}
