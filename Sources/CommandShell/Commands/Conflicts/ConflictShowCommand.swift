import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict show X`: every side of a conflict, and how to settle it.
package struct ConflictShowCommand: ShellCommand {
  package let name = "conflict show"
  package let summary = "Shows every side of a conflict: value, who, node, when."
  package let syntax = ["conflict show X"]
  package let examples = ["conflict show x7m2q"]

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let conflict = try ConflictWords(command).conflict(in: view)
      if context.options.format == "json" {
        guard case .object(let members) = try conflict.json() else { return }
        context.json(.object([JSONValue.Member("schema", "kith.conflict/1")] + members))
        return
      }
      for line in try lines(conflict, view) { context.output.data(line) }
    }
    return .done
  }

  private func lines(_ conflict: ConflictDescription, _ view: RecordView) throws -> [String] {
    var rows: [CardView.Row] = []
    for (index, side) in conflict.conflict.sides.enumerated() {
      let parts = [
        try conflict.text(of: side), try view.authorName(side.member),
        try view.nodeName(side.stamp.dot), view.people.stamp(ConflictDescription.time(of: side)),
        side.isShowing ? "showing" : "kept",
      ]
      rows.append(
        CardView.Row(
          ConflictDescription.letter(index), parts.filter { !$0.isEmpty }.joined(separator: "  ")))
    }
    let title =
      try [
        conflict.shortID, conflict.record.map { "\($0.kind) \(try view.shortID($0))" } ?? "",
        conflict.recordName(), conflict.conflict.field ?? "", conflict.conflict.kind.rawValue,
      ].filter { !$0.isEmpty }.joined(separator: " ")
    let output = view.context.output
    let width = output.isTerminal ? output.width : nil
    return CardView(
      title: title, sections: [CardView.Section(rows: rows)],
      closing: ["type  \(choices(conflict))"]
    ).lines(width: width, style: output.style)
  }

  private func choices(_ conflict: ConflictDescription) -> String {
    let id = conflict.shortID
    switch conflict.conflict.kind {
    case .field:
      return """
        conflict take \(id) A · keep \(id) · edit \(id) \(conflict.conflict.field ?? "field")=…
        """
    case .lifecycle: return "conflict take \(id) A · keep \(id) · edit \(id) field=value"
    case .unique: return "conflict edit \(id) \(conflict.conflict.field ?? "field")=…"
    case .held, .clock: return "conflict keep \(id) because \"…\""
    }
  }
}

/// The conflict and the side that a command names.
struct ConflictWords {
  let id: String
  /// What follows the conflict's id, such as a side.
  let rest: [String]

  init(_ command: Command) throws {
    let words = command.targets.compactMap { target in
      if case .word(let word) = target { word.text } else { nil }
    }
    guard let id = words.first else {
      throw RecordError.missing("a conflict", example: "conflict show x7m2q")
    }
    self.id = id
    rest = Array(words.dropFirst())
  }

  func conflict(in view: RecordView) throws -> ConflictDescription {
    try ConflictFinding(view).conflict(id)
  }

  /// The side that a letter, a user or a node names.
  func side(of conflict: ConflictDescription) throws -> (index: Int, side: ConflictSide) {
    let sides = conflict.conflict.sides
    let letters = sides.indices.map(ConflictDescription.letter)
    guard let word = rest.first else {
      throw RecordError.missing("a side", example: "conflict take \(conflict.shortID) A")
    }
    if let index = letters.firstIndex(of: word.uppercased()) { return (index, sides[index]) }
    let wanted = NameMatcher.folded(word)
    let named = try sides.indices.filter { index in
      let side = sides[index]
      let names = [
        try conflict.view.authorName(side.member), try conflict.view.nodeName(side.stamp.dot),
      ]
      return names.map(NameMatcher.folded).contains { name in
        name == wanted || name.split(separator: " ").first.map(String.init) == wanted
      }
    }
    guard let index = named.first, named.count == 1 else {
      throw RecordError.noSuchSide(word, sides: letters)
    }
    return (index, sides[index])
  }
}
