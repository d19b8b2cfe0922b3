import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict show X`: every side of a conflict, and how to settle it.
package struct ConflictShowCommand: ShellCommand {
  package let name = "conflict show"
  package let summary = "Shows every side of a conflict: value, who, node, when."
  package let syntax = ["conflict show X [--fields all] [at TIME]"]
  package let examples = [
    "conflict show x7m2q",
    "conflict show x7m2q --fields all",
    "conflict show x7m2q --format json",
    "conflict show x9cb4 --ascii",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], options: ["fields"], formats: ["json"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      guard let id = command.allWords.first else {
        throw RecordError.missing("a conflict", example: examples[0])
      }
      let fields = command.options.last { $0.name == "fields" }
      if let fields, fields.value?.text != "all" {
        throw command.rejection(
          "--fields shows all of them, or none that all sides agree on", hint: "write --fields all",
          at: fields.range)
      }
      let conflict = try ConflictFinding(view).conflict(id)
      if context.options.format == "json" {
        return context.json(try ConflictAccount(conflict).json())
      }
      for line in try Self.lines(of: conflict, allFields: fields != nil) {
        context.output.data(line)
      }
      context.writeMoment()
    }
    return .done
  }

  /// The screen of a conflict; `allFields` adds those that all sides agree on.
  static func lines(
    of conflict: ConflictDescription, allFields: Bool = false
  ) throws -> [String] {
    let view = conflict.view
    let account = try ConflictAccount(conflict)
    let style = view.context.output.style
    let title = PlainText.oneLine(try title(conflict).joined(separator: style.separator))
    var lines = [style.paint(title, .bold)] + (try account.lines())
    if allFields { lines += [""] + (try account.otherFields()) }
    for note in try ConflictHandling.notes(on: conflict.conflict.id, in: view.snapshot) {
      let who = try conflict.names.author(note.member, view)
      let time = view.people.moment(ConflictAccount.time(note.stamp))
      lines.append(PlainText.oneLine("  note    \"\(note.text)\"  \(who), \(time)"))
    }
    lines += ["", PlainText.lines(try account.sentence())]
    if conflict.conflict.constraint != nil {
      lines += try account.repairLines()
    } else if let choices = try choices(conflict) {
      lines.append("type  \(choices)")
    }
    return lines
  }

  private static func title(_ conflict: ConflictDescription) throws -> [String] {
    let view = conflict.view
    let record =
      try conflict.record.map {
        "  \($0.kind) \(try view.shortID($0)) \(try conflict.recordName())"
      } ?? ""
    let age = view.people.age(of: conflict.written)
    return [
      conflict.shortID + record, conflict.conflict.field ?? "", try conflict.label(),
      age == "now" ? age : "\(age) old",
      try conflict.assignees().isEmpty
        ? "" : "assigned to \(conflict.assignees().joined(separator: ", "))",
      conflict.status == .deferred ? "deferred" : "",
    ].filter { !$0.isEmpty }
  }

  /// `take x7m2q A`: the id stands behind the verb of the first way alone.
  private static func first(_ way: String, _ id: String) -> String {
    let words = way.split(separator: " ", maxSplits: 1)
    return ([String(words[0]), id] + words.dropFirst().map(String.init)).joined(separator: " ")
  }

  /// What settles the conflict; `nil` if nothing has to.
  private static func choices(_ conflict: ConflictDescription) throws -> String? {
    let id = conflict.shortID
    switch conflict.conflict.kind {
    case .field:
      let sides = conflict.conflict.sides.indices.map { "take \(ConflictDescription.letter($0))" }
      let ways =
        (conflict.field?.format == .longText ? ["merge"] : []) + sides + [
          "keep", "edit \(conflict.conflict.field ?? "field")=…", "defer", "assign",
        ]
      return "conflict \(first(ways[0], id))" + ways.dropFirst().map { " · " + $0 }.joined()
    case .lifecycle:
      let isJoined = try conflict.standIn() != nil
      let sides = conflict.conflict.sides.enumerated().map { index, side in
        let act = side.act == .edited ? "keep" : isJoined ? "joined" : "delete"
        return "take \(ConflictDescription.letter(index)) (\(act))"
      }
      let ways = (isJoined ? ["join"] : []) + sides
      return "conflict \(first(ways[0], id))" + ways.dropFirst().map { " · " + $0 }.joined()
        + " · edit field=value"
    case .unique:
      return "conflict renumber \(id) B · edit B \(conflict.conflict.field ?? "field")=…"
    case .held, .clock: return "conflict keep \(id) because \"…\""
    case .constraint, .transition, .fork: return nil
    }
  }
}
