import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict join X`: joins a record again that somebody wrote to without having seen the join.
package struct ConflictJoinCommand: ShellCommand {
  package let name = "conflict join"
  package let summary =
    "Settles a conflict about a joined record: what was written to it since goes into the other."
  package let syntax = ["conflict join X [keep REF] [because \"WHY\"]"]
  package let examples = [
    "conflict join x7m2q because \"Tom's number is the new one\"",
    "conflict join x7m2q keep a2mv7",
    "conflict join x7m2q --dry-run",
    "conflict join x7m2q --yes --format json",
  ]
  package let use = CommandUse(
    words: 3, clauses: [.because], options: ["dry-run", "take"], formats: CommandUse.changeFormats,
    changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let records = try context.read { try pair(of: command, $0) }
    return try Join(records, command).run(in: context)
  }

  private func pair(of command: Command, _ view: RecordView) throws -> JoinPair {
    let words = command.allWords
    guard let id = words.first, words.count != 2 else {
      throw RecordError.missing(words.isEmpty ? "a conflict" : "a record", example: examples[1])
    }
    let conflict = try ConflictFinding(view).conflict(id)
    guard let record = conflict.record, let entity = conflict.entity,
      let standIn = try conflict.standIn()
    else {
      throw RecordError.notForThisConflict(
        command: name, kind: try conflict.label(), instead: "conflict show \(conflict.shortID)")
    }
    var isTurned = false
    var joined = record.id
    var staying = try view.fields.names.joined().followed(standIn.id)
    if staying == joined { staying = standIn.id }
    if words.count == 3 {
      guard words[1].lowercased() == "keep", case .word(let word) = command.targets[2] else {
        throw RecordError.unknownWord(words[1], expected: "keep")
      }
      let finder = RecordFinder(view)
      let kept = try finder.find(try finder.reference(word), kind: entity, .deleted).record.id
      guard [joined, staying].contains(kept) else {
        throw RecordError.unknownWord(words[2], expected: "one of the two records")
      }
      isTurned = kept == joined
      if isTurned { (joined, staying) = (staying, joined) }
    }
    return JoinPair(
      joined: RecordKey(kind: entity.name, id: joined),
      staying: RecordKey(kind: entity.name, id: staying), isTurned: isTurned)
  }
}
