import Foundation

/// What a node may be called: a word that is typed without quotes and fits a prompt and a table.
package enum NodeName {
  private static let charactersMax = 64

  /// Whether a text is a node's name: 1 to 64 letters, digits, `-`, `_` and `.`, the first of them a
  /// letter or a digit.
  static func isValid(_ text: String) -> Bool {
    guard let first = text.first, isLetterOrDigit(first), text.count <= charactersMax else {
      return false
    }
    return text.allSatisfy { isLetterOrDigit($0) || "-_.".contains($0) }
  }

  /// The name that a machine's own one makes; `home` if nothing is left of it.
  package static func of(host: String) -> String {
    let kept = host.prefix { $0 != "." }.lowercased().filter { isLetterOrDigit($0) || $0 == "-" }
    let name = String(kept.drop { $0 == "-" }.prefix(charactersMax))
    return name.isEmpty ? "home" : name
  }

  private static func isLetterOrDigit(_ character: Character) -> Bool {
    character.unicodeScalars.allSatisfy { CharacterSet.alphanumerics.contains($0) }
  }
}

extension Command {
  /// Returns `text` if a node may be called so.
  ///
  /// - Throws: ``ParseError``, which points at `range`, or at the command where that is `nil`.
  func nodeName(_ text: String, at range: SourceRange?) throws(ParseError) -> String {
    guard NodeName.isValid(text) else {
      throw rejection(
        "\"\(text)\" is no name for a node",
        hint: "up to 64 letters, digits, - _ and ., such as lena-x1", at: range ?? self.range)
    }
    return text
  }
}
