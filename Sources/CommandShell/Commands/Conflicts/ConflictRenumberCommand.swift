import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict renumber X SIDE [NUMBER]`: gives one of the records that share a number another one.
package struct ConflictRenumberCommand: ShellCommand {
  package let name = "conflict renumber"
  package let summary = "Gives one of the records that share a number the next free one, or NUMBER."
  package let syntax = ["conflict renumber X SIDE [NUMBER] [because \"WHY\"] [--dry-run]"]
  package let examples = [
    "conflict renumber x3fd8 B because \"the sold one keeps its number\"",
    "conflict renumber x3fd8 B P-230",
    "conflict renumber x3fd8 lena --dry-run",
    "conflict renumber x3fd8 B --format json",
  ]
  package let use = CommandUse(
    words: 3, clauses: [.because], options: ["dry-run"], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard let id = words.first else {
      throw RecordError.missing("a conflict", example: examples[0])
    }
    guard words.count > 1 else { throw RecordError.missing("a side", example: examples[0]) }
    let number = words.count > 2 ? words[2] : nil
    if context.options.isDryRun {
      let plan = try context.read {
        try Renumbering(ConflictFinding($0).conflict(id), words[1], to: number)
      }
      SettledConflict.tell([plan.settled], verb: "Would resolve", context)
      context.talk("Nothing was written.")
      return .done
    }
    let (settled, rest) = try context.write(command) { view, transaction in
      let plan = try Renumbering(ConflictFinding(view).conflict(id), words[1], to: number)
      try plan.plan.apply(in: transaction)
      return (plan.settled, plan.othersCount)
    }
    SettledConflict.tell([settled], context)
    if rest > 1, !context.isJSON {
      context.talk(
        "\(rest) records still share the number · see: conflict list where kind = unique")
    }
    return .done
  }
}

/// Another number for one of the records that share one.
private struct Renumbering {
  let plan: EditPlan
  let settled: SettledConflict
  /// How many records keep the number.
  let othersCount: Int

  init(_ conflict: ConflictDescription, _ word: String, to typed: String?) throws {
    let view = conflict.view
    guard conflict.conflict.kind == .unique, let entity = conflict.entity,
      let field = conflict.field, case .text(let present)? = conflict.conflict.sides.first?.value
    else {
      throw RecordError.notForThisConflict(
        command: "conflict renumber", kind: conflict.conflict.kind.word,
        instead: "conflict show \(conflict.shortID)")
    }
    let (index, _) = try conflict.side(named: word)
    guard let key = conflict.record(ofSideAt: index),
      let state = try view.snapshot.record(key.kind, key.id)
    else { throw RecordError.noSuchConflict(conflict.shortID) }
    let number =
      try typed
      ?? NextNumber.free(after: present, field, of: entity, in: view.snapshot.database)
    let assignment = try CRMDomain.Assignment(
      field.name, .set, [.text(number)], of: entity, in: view.catalog)
    plan = try view.editor().plan(editing: state, [assignment], in: view.snapshot)
    guard !plan.changes.isEmpty else {
      throw ConflictError.sameNumber(conflict.shortID, number: number)
    }
    let others = conflict.conflict.records.filter { $0 != key }
    othersCount = others.count
    let keepers = try others.map { try conflict.names.record($0, view) }.joined(separator: ", ")
    settled = SettledConflict(
      id: conflict.fullID, shortID: conflict.shortID,
      outcome: """
        \(try conflict.names.record(key, view)) · \(field.name) is \(number); \(present) stays with \
        \(keepers).
        """,
      kept: ["the old \(field.name)"])
  }
}
