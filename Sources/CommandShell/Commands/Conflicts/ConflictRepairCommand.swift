import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict repair X N`: makes hold again what records that were edited apart have broken together.
package struct ConflictRepairCommand: ShellCommand {
  package let name = "conflict repair"
  package let summary =
    "Repairs what several records have broken together, in one of the ways shown."
  package let syntax = ["conflict repair X N [because \"WHY\"] [--dry-run]"]
  package let examples = [
    "conflict repair x7m2q 1",
    "conflict repair x7m2q 2 because \"Ute leads the team\"",
    "conflict repair x7m2q 1 --dry-run",
    "conflict repair x7m2q 1 --format json",
  ]
  package let use = CommandUse(
    words: 2, clauses: [.because], options: ["dry-run"], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard let id = words.first else {
      throw RecordError.missing("a conflict", example: examples[0])
    }
    let way = words.dropFirst().first
    if context.options.isDryRun {
      let settled = try context.read { view in
        let conflict = try ConflictFinding(view).conflict(id)
        return conflict.settled(by: try Self.repair(way, of: conflict))
      }
      SettledConflict.tell([settled], verb: "Would resolve", context)
      context.talk("Nothing was written.")
      return .done
    }
    let settled = try context.write(command) { view, transaction in
      let conflict = try ConflictFinding(view).conflict(id)
      let repair = try Self.repair(way, of: conflict)
      try repair.apply(view, in: transaction)
      return conflict.settled(by: repair)
    }
    SettledConflict.tell([settled], context)
    return .done
  }

  /// The way that a number names; without one, the only way.
  static func repair(
    _ number: String?, of conflict: ConflictDescription
  ) throws -> ConflictRepair {
    guard conflict.conflict.constraint != nil else {
      throw RecordError.notForThisConflict(
        command: "conflict repair", kind: conflict.conflict.kind.word,
        instead: "conflict show \(conflict.shortID)")
    }
    let repairs = try ConflictRepair.all(of: conflict)
    guard let number else {
      guard repairs.count == 1 else {
        throw ConflictError.noSuchRepair(conflict.shortID, ways: repairs.map(\.text))
      }
      return repairs[0]
    }
    guard let place = Int(number), repairs.indices.contains(place - 1) else {
      throw ConflictError.noSuchRepair(conflict.shortID, ways: repairs.map(\.text))
    }
    return repairs[place - 1]
  }
}

extension ConflictDescription {
  func settled(by repair: ConflictRepair) -> SettledConflict {
    SettledConflict(id: fullID, shortID: shortID, outcome: "\(repair.text).", kept: [])
  }
}
