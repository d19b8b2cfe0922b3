import CRMDomain

/// The command that a form fills in: a line that could have been typed, whole at every step.
///
/// Whatever a form asks, its answers are read by the command's own parser and checks, so that a form
/// can do nothing that one line cannot.
struct FormLine {
  /// One answer: a field and the text behind its equals sign.
  private struct Answer {
    let field: String
    let text: String
  }

  private let start: String
  private let end: String
  private var answers: [Answer] = []

  /// Creates the line of a `new` command, to which answers are added.
  init(of command: Command) {
    var parts = ["new", command.kind?.typed ?? ""]
    for case .word(let word) in command.targets { parts.append(word.description) }
    parts += command.assignments.map(\.description)
    start = parts.joined(separator: " ")
    end = command.clauses.reason.map { " because \(Self.quoted($0.text))" } ?? ""
  }

  /// Gives a field a value, or takes it back with `nil`.
  mutating func set(_ field: String, to text: String?) {
    answers.removeAll { $0.field == field }
    if let text { answers.append(Answer(field: field, text: text)) }
  }

  /// Whether a field has been given a value.
  func has(_ field: String) -> Bool { answers.contains { $0.field == field } }

  /// The line as it would be typed.
  var text: String {
    start + answers.map { " \($0.field)=\(Self.value($0.text))" }.joined() + end
  }

  /// A value so that the line means just it: in quotes, unless it is one plain word.
  private static func value(_ text: String) -> String {
    let isPlain =
      !Vocabulary.reservedWords.contains(text.lowercased())
      && text.allSatisfy { $0.isLetter || $0.isNumber || "._@%+-:/€".contains($0) }
    return isPlain ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    ValueText(text, form: .quoted).description
  }
}

extension Assignment: CustomStringConvertible {
  /// The assignment as it can be typed again.
  package var description: String {
    switch value {
    case .empty: "\(field)\(operation.rawValue)"
    case .one(let value): "\(field)\(operation.rawValue)\(value)"
    case .list(let values):
      "\(field)\(operation.rawValue)(\(values.map(\.description).joined(separator: ", ")))"
    }
  }
}
