import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict merge X`: settles a conflict of texts with what all of their edits come to together.
package struct ConflictMergeCommand: ShellCommand {
  package let name = "conflict merge"
  package let summary = "Puts the edits of a text together, word by word; overlaps open an editor."
  package let syntax = ["conflict merge X [--editor] [because \"WHY\"]"]
  package let examples = [
    "conflict merge x9cb4",
    "conflict merge x9cb4 --editor",
    "conflict merge x9cb4 because \"both are right\"",
    "conflict merge x9cb4 --format json",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.because], options: ["editor"], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let id = command.allWords.first else {
      throw RecordError.missing("a conflict", example: examples[0])
    }
    let (text, heads) = try context.read { view in
      let conflict = try ConflictFinding(view).conflict(id)
      return (try merged(conflict, command, context), conflict.heads)
    }
    let settled = try context.write(command) { view, transaction in
      let conflict = try ConflictFinding(view).conflict(id)
      // While the editor was open, somebody may have written to the field.
      guard conflict.heads == heads else { throw RecordError.noSuchConflict(id) }
      return try Settlement(conflict, transaction).set(text: text)
    }
    SettledConflict.tell([settled], context)
    return .done
  }

  private func merged(
    _ conflict: ConflictDescription, _ command: Command, _ context: CommandContext
  ) throws -> String {
    let id = conflict.shortID
    let account = try ConflictAccount(conflict)
    guard account.isText else {
      throw RecordError.notForThisConflict(
        command: name, kind: try conflict.label(), instead: "conflict take \(id) A")
    }
    guard let merging = account.merging() else { throw ConflictError.noCommonText(id) }
    if case .merged(let text) = merging, !command.has("editor") { return text }
    guard let edit = context.output.edit else {
      guard case .overlapping(let overlaps) = merging else {
        throw ConflictError.nothingWritten(id)
      }
      throw ConflictError.overlap(id, places: overlaps.map(\.sentence))
    }
    let draft = try MergeDraft(account, merging)
    guard let text = edit(draft.text).map(MergeDraft.text(in:)), !text.isEmpty else {
      throw ConflictError.nothingWritten(id)
    }
    return text
  }
}

/// What an editor is opened with: the base and the sides above the text that is to stand.
private struct MergeDraft {
  private static let mark = "##"
  let text: String

  init(_ account: ConflictAccount, _ merging: WordMerge) throws {
    let conflict = account.conflict
    var notes = [
      "\(try conflict.recordName()) · \(conflict.conflict.field ?? ""). Save the text that is to stand.",
      "Lines that begin with \(Self.mark) are left out; an empty text changes nothing.",
    ]
    notes += try account.origin.ancestors.map {
      "base: \(try $0.writes.map(account.text).joined())"
    }
    for (index, side) in conflict.conflict.sides.enumerated() {
      let who = try conflict.names.author(side.member, conflict.view)
      notes.append("\(ConflictDescription.letter(index)), \(who): \(try conflict.text(of: side))")
    }
    let body: String
    switch merging {
    case .merged(let text): body = text
    case .overlapping(let overlaps):
      notes += overlaps.map { "overlap, \($0.sentence)" }
      body = try conflict.conflict.sides.first(where: \.isShowing).map(conflict.text) ?? ""
    }
    let lines = notes.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    text = lines.map { "\(Self.mark) \($0)\n" }.joined() + body + "\n"
  }

  /// What was written, without the notes and the end of the last line.
  static func text(in written: String) -> String {
    let lines = written.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix(mark) }
    return lines.joined(separator: "\n").trimmed
  }
}
