import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict take X SIDE`: settles a conflict with one side's value or act.
package struct ConflictTakeCommand: ShellCommand {
  package let name = "conflict take"
  package let summary = "Settles a conflict with one side; the others stay in history."
  package let syntax = ["conflict take X SIDE [because \"WHY\"]"]
  package let examples = [
    "conflict take x7m2q A because \"rebate agreed on site\"", "conflict take x7m2q lena",
  ]

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try ConflictWords(command)
    let settled = try context.write(command) { view, transaction in
      let conflict = try words.conflict(in: view)
      let (_, side) = try words.side(of: conflict)
      return try Settlement(conflict, transaction).take(side)
    }
    settled.tell(context)
    return .done
  }
}

/// `conflict keep X`: confirms what shows.
package struct ConflictKeepCommand: ShellCommand {
  package let name = "conflict keep"
  package let summary = "Settles a conflict by confirming what shows."
  package let syntax = ["conflict keep X [because \"WHY\"]"]
  package let examples = ["conflict keep x7m2q because \"the later price is right\""]

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try ConflictWords(command)
    let settled = try context.write(command) { view, transaction in
      let settlement = Settlement(try words.conflict(in: view), transaction)
      return try settlement.keep(because: command.clauses.reason?.text)
    }
    settled.tell(context)
    return .done
  }
}

/// `conflict edit X field=value`: settles a conflict with a value of its own.
package struct ConflictEditCommand: ShellCommand {
  package let name = "conflict edit"
  package let summary = "Settles a conflict with a new value; a deleted record is kept."
  package let syntax = ["conflict edit X FIELD=VALUE … [because \"WHY\"]"]
  package let examples = ["conflict edit x7m2q amount=17950 because \"met in the middle\""]

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try ConflictWords(command)
    guard !command.assignments.isEmpty else {
      throw RecordError.missing("field=value", example: examples[0])
    }
    let settled = try context.write(command) { view, transaction in
      try Settlement(try words.conflict(in: view), transaction).edit(command, words)
    }
    settled.tell(context)
    return .done
  }
}
