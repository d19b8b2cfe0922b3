import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict defer X until TIME`: leaves a conflict out of the usual list for a while.
package struct ConflictDeferCommand: ShellCommand {
  package let name = "conflict defer"
  package let summary = "Leaves conflicts out of the list until a time; nothing is decided by it."
  package let syntax = ["conflict defer X… until TIME [because \"WHY\"]"]
  package let examples = [
    "conflict defer x7m2q until monday",
    "conflict defer x7m2q x3fd8 until \"in 2 weeks\"",
    "conflict defer x7m2q until 2026-12-01",
    "conflict defer x7m2q until now",
  ]
  package let use = CommandUse(
    words: nil, clauses: [.until, .because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let until = command.clauses.until else {
      throw RecordError.missing("a time", example: examples[0])
    }
    let calendar = context.calendar
    let time = try DateReader(calendar: calendar).read(until.text).start(in: calendar)
    let handled = try context.handle(command, command.allWords[...], example: examples[0]) {
      try ConflictHandling.defer($0.conflict.id, until: time, in: $1)
    }
    let when = context.format.dayOrMoment(time)
    let act = time > calendar.now ? "Deferred until \(when)" : "Listed again"
    handled.tell(act, "see them with: conflict list --deferred", context)
    return .done
  }
}

/// `conflict assign X USER`: asks somebody to look at a conflict.
package struct ConflictAssignCommand: ShellCommand {
  package let name = "conflict assign"
  package let summary = "Asks a user, or nobody, to look at conflicts; nothing is decided by it."
  package let syntax = ["conflict assign X… USER [because \"WHY\"]", "conflict assign X… nobody"]
  package let examples = [
    "conflict assign x7m2q priya because \"rebate was agreed on site\"",
    "conflict assign x7m2q x3fd8 @me",
    "conflict assign x9cb4 \"Lena Vogt\"",
    "conflict assign x7m2q tom --format json",
  ]
  package let use = CommandUse(words: nil, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard words.count > 1, case .word(let word)? = command.targets.last else {
      throw RecordError.missing(words.isEmpty ? "a conflict" : "a user", example: examples[0])
    }
    let user = try context.read { view in
      word.text == "nobody"
        ? nil : try RecordFinder(view).record(named: word, kind: view.catalog["user"])
    }
    let handled = try context.handle(command, words.dropLast(), example: examples[0]) {
      try ConflictHandling.assign($0.conflict.id, to: user?.id, in: $1)
    }
    let act = user.map { "Assigned to \($0.text)" } ?? "Assigned to nobody"
    handled.tell(act, "told at the next sync, by: conflict list --mine", context)
    return .done
  }
}

/// `conflict note X "…"`: says something about a conflict.
package struct ConflictNoteCommand: ShellCommand {
  package let name = "conflict note"
  package let summary = "Says something about a conflict; nothing is decided by it."
  package let syntax = ["conflict note X \"TEXT\""]
  package let examples = [
    "conflict note x7m2q \"Tom calls Müller on Friday\"",
    "conflict note x3fd8 \"waiting for the customer\"",
    "conflict note x9cb4 \"both edits were on site\"",
    "conflict note x7m2q \"see e3c8t\" --format json",
  ]
  package let use = CommandUse(words: 2, formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard words.count == 2, let text = words.last, !text.isEmpty else {
      throw RecordError.missing("a text", example: examples[0])
    }
    let handled = try context.handle(command, words.dropLast(), example: examples[0]) {
      try ConflictHandling.note(text, on: $0.conflict.id, in: $1)
    }
    handled.tell("Noted", "", context)
    return .done
  }
}

/// The conflicts that something was arranged about.
private struct HandledConflicts {
  let ids: [(full: String, short: String)]

  func tell(_ act: String, _ advice: String, _ context: CommandContext) {
    if context.options.format == "json" {
      context.json([
        "schema": "kith.handled/1", "outcome": .string(act),
        "conflicts": .array(ids.map { .string($0.full) }),
      ])
      return
    }
    context.output.data(
      PlainText.oneLine("\(act): \(ids.map(\.short).joined(separator: ", "))"))
    if !advice.isEmpty { context.talk("  " + advice) }
  }
}

extension CommandContext {
  /// Arranges something about each of the conflicts that words name, in one entry.
  fileprivate func handle(
    _ command: Command, _ words: ArraySlice<String>, example: String,
    _ body: (ConflictDescription, Transaction) throws -> Void
  ) throws -> HandledConflicts {
    guard !words.isEmpty else { throw RecordError.missing("a conflict", example: example) }
    return try write(command) { view, transaction in
      let conflicts = try ConflictFinding(view).conflicts(words)
      for conflict in conflicts {
        guard conflict.conflict.isOpen else {
          throw RecordError.notForThisConflict(
            command: command.text, kind: "that a rule has settled",
            instead: "conflict show \(conflict.shortID)")
        }
        try body(conflict, transaction)
      }
      return HandledConflicts(ids: conflicts.map { ($0.fullID, $0.shortID) })
    }
  }
}
