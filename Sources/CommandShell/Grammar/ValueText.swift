/// Columns of the line as typed, counted in characters from 0; what a caret points at.
package typealias SourceRange = Range<Int>

/// A value as it was typed, before anyone knows which field it is for.
package struct ValueText: Hashable, Sendable {
  /// How the value was written, which decides how exactly it is meant.
  package enum Form: Hashable, Sendable {
    /// Words without quotes: read by the field's type, names are matched loosely.
    case bare
    /// In quotes: names are meant exactly, reserved words are text.
    case quoted
    /// Between slashes after `~`: a regular expression.
    case pattern
  }

  /// The value without its quotes or slashes.
  package let text: String
  package let form: Form
  /// Where it stands in the line, quotes included.
  package let range: SourceRange

  package init(_ text: String, form: Form = .bare, range: SourceRange = 0..<0) {
    self.text = text
    self.form = form
    self.range = range
  }
}

extension ValueText: CustomStringConvertible {
  /// The value as it can be typed again.
  package var description: String {
    switch form {
    case .bare: text
    case .quoted: "\"\(escaped)\""
    case .pattern: "/\(text.replacing("/", with: "\\/"))/"
    }
  }

  private var escaped: String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }
}

/// A field, or a field reached through references: `account.city`.
package struct FieldPath: Hashable, Sendable, CustomStringConvertible {
  package let names: [String]
  package let range: SourceRange

  package init(_ text: String, range: SourceRange = 0..<0) {
    names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    self.range = range
  }

  package var description: String { names.joined(separator: ".") }

  /// Whether these characters could name a field: letters, digits, `_`, `-` and dots between names.
  static func isName(_ characters: some Collection<Character>) -> Bool {
    guard let first = characters.first, first.isLetter || first == "_" else { return false }
    return characters.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
  }
}
