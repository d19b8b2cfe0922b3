import Foundation

/// The two forms in which texts are compared: as entered, and without case and accents.
package enum NameFolding {
  /// The text in Unicode's normalisation form C, as every entered text is stored.
  package static func normalized(_ text: String) -> String {
    text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
  }

  /// The text without the differences of case and accent: `Müller` and `MULLER` fold to `muller`.
  package static func folded(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
    return text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
      .lowercased()
  }

  /// What the id of a small list's value is derived from: form C in lower case.
  ///
  /// Part of the format: two nodes that come upon one name offline must derive one id.
  static func derivationKey(_ text: String) -> [UInt8] {
    Array(normalized(normalized(text).lowercased()).utf8)
  }
}

extension String {
  /// Without white space at either end.
  var trimmed: String {
    if let first = utf8.first, let last = utf8.last, (0x21...0x7E).contains(first),
      (0x21...0x7E).contains(last)
    {
      return self
    }
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return first == startIndex && index(after: last) == endIndex ? self : String(self[first...last])
  }
}
