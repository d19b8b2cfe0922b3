import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict take X SIDE`: settles a conflict with one side's value or act.
package struct ConflictTakeCommand: ShellCommand {
  package let name = "conflict take"
  package let summary = "Settles a conflict with one side; the others stay in history."
  package let syntax = ["conflict take X… SIDE [because \"WHY\"]"]
  package let examples = [
    "conflict take x7m2q A because \"rebate agreed on site\"",
    "conflict take x7m2q x3fd8 lena",
    "conflict take x7m2q hamburg",
    "conflict take x7m2q B --format json",
  ]
  package let use = CommandUse(words: nil, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard words.count > 1, let side = words.last else {
      let what = words.isEmpty ? "a conflict" : "a side"
      throw RecordError.missing(what, example: "conflict take \(words.first ?? "x7m2q") A")
    }
    let settled = try context.write(command) { view, transaction in
      try ConflictFinding(view).conflicts(words.dropLast()).map { conflict in
        try Settlement(conflict, transaction).take(conflict.side(named: side).side)
      }
    }
    SettledConflict.tell(settled, context)
    return .done
  }
}

/// `conflict keep X`: confirms what shows.
package struct ConflictKeepCommand: ShellCommand {
  package let name = "conflict keep"
  package let summary = "Settles a conflict by confirming what shows."
  package let syntax = ["conflict keep X… [because \"WHY\"]"]
  package let examples = [
    "conflict keep x7m2q because \"the later price is right\"",
    "conflict keep x7m2q x3fd8",
    "conflict keep x9cb4",
    "conflict keep x7m2q --format json",
  ]
  package let use = CommandUse(words: nil, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard !words.isEmpty else { throw RecordError.missing("a conflict", example: examples[0]) }
    let settled = try context.write(command) { view, transaction in
      try ConflictFinding(view).conflicts(words[...]).map {
        try Settlement($0, transaction).keep(because: command.clauses.reason?.text)
      }
    }
    SettledConflict.tell(settled, context)
    return .done
  }
}

/// `conflict edit X field=value`: settles a conflict with a value of its own.
package struct ConflictEditCommand: ShellCommand {
  package let name = "conflict edit"
  package let summary = "Settles a conflict with a new value; a deleted record is kept."
  package let syntax = ["conflict edit X [SIDE] FIELD=VALUE … [because \"WHY\"]"]
  package let examples = [
    "conflict edit x7m2q amount=17950 because \"met in the middle\"",
    "conflict edit x9cb4 notes=\"Prefers calls before 10.\"",
    "conflict edit x3fd8 B number=INV-1044",
    "conflict edit xk0p2 labels+=former because \"reached at home\"",
  ]
  package let use = CommandUse(
    words: 2, takesAssignments: true, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard let id = words.first else {
      throw RecordError.missing("a conflict", example: examples[0])
    }
    guard !command.assignments.isEmpty else {
      throw RecordError.missing("field=value", example: examples[0])
    }
    let settled = try context.write(command) { view, transaction in
      try Settlement(try ConflictFinding(view).conflict(id), transaction).edit(
        command, side: words.dropFirst().first)
    }
    SettledConflict.tell([settled], context)
    return .done
  }
}
