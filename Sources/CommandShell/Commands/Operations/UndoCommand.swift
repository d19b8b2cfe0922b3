import CRDTCore
import CRMDomain
import ReplicaStore

/// `undo [OPERATION]`: writes again what an operation replaced.
package struct UndoCommand: ShellCommand {
  package let name = "undo"
  package let summary = "Takes back what one command did, as far as nobody has changed it since."
  package let syntax = ["undo [OPERATION] [because \"WHY\"]"]
  package let examples = [
    "undo",
    "undo zhk2q because \"wrong list\"",
    "undo zhk2q --dry-run",
    "undo zhk2q --yes",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.because], options: ["dry-run", "max"], formats: ["json", "ids"],
    changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let operation = try context.read { view in
      let operations = try OperationView(view)
      if let text = command.allWords.first { return try operations.operation(named: text) }
      guard let author = try view.snapshot.ownAuthor(),
        let last = try operations.log.lastUndoable(by: author)
      else { throw OperationError.nothingToUndo }
      return last
    }
    return try ReversalCommand(verb: .undo, operation: operation).run(command, in: context)
  }
}

/// `redo`: takes the last undo back.
package struct RedoCommand: ShellCommand {
  package let name = "redo"
  package let summary = "Takes your last undo on this node back."
  package let syntax = ["redo [because \"WHY\"]"]
  package let examples = [
    "redo",
    "redo --dry-run",
    "redo --yes",
    "redo because \"it was right\"",
  ]
  package let use = CommandUse(
    clauses: [.because], options: ["dry-run", "max"], formats: ["json", "ids"], changes: true,
    exits: [.noSuchRecord])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let operation = try context.read { view in
      guard let author = try view.snapshot.ownAuthor(),
        let last = try OperationLog(view.snapshot).lastUndo(by: author)
      else { throw OperationError.nothingToRedo }
      return last
    }
    return try ReversalCommand(verb: .redo, operation: operation).run(command, in: context)
  }
}

extension Reversal.Verb {
  /// What it has done once it is through.
  fileprivate var words: String {
    switch self {
    case .undo: "undone"
    case .redo: "redone"
    }
  }
}

/// Takes an operation back: shows what that comes to, asks where it is about several records, and
/// writes it.
private struct ReversalCommand {
  let verb: Reversal.Verb
  let operation: CRMDomain.Operation

  func run(_ command: Command, in context: CommandContext) throws -> ExitCode {
    do {
      return try takeBack(command, in: context)
    } catch let error as CancellationError {
      context.talk("Nothing was changed: what is \(verb.words) is so as a whole.")
      throw error
    }
  }

  private func takeBack(_ command: Command, in context: CommandContext) throws -> ExitCode {
    let keys = operation.subjects(in: context.catalog)
    let planned = try context.read { view in
      try check(view)
      return try ReversalReport(verb, operation, keys, of: view)
    }
    guard !planned.changes.isEmpty else {
      planned.tellNothing(context)
      return .refused
    }
    var chosen = planned.changes.map(\.key)
    if keys.count > 1 || context.options.isDryRun {
      planned.tellKept(context)
      chosen = try planned.bulkChange.chosen(for: command, in: context).map { chosen[$0] }
    }
    guard !chosen.isEmpty else { return .done }
    let written = try write(chosen, as: planned, command, context)
    try context.read { view in
      let told = written + planned.reversals.filter { !$0.isChange }
      try ReversalReport(verb, operation, told, of: keys.count, view).tell(
        rows: planned.rows, context)
    }
    context.state.last = written.last?.key
    return .done
  }

  private func check(_ view: RecordView) throws {
    let operations = try OperationView(view)
    let id = operations.shortID(operation.id)
    if !operation.isApplied { throw OperationError.setAside(id) }
    if operation.isAboutRoster { throw OperationError.aboutRoster(id) }
    if let other = operation.reversedBy {
      throw OperationError.undoneAlready(id, by: operations.shortID(other))
    }
  }

  /// Writes what was planned of these records, as far as it still holds.
  ///
  /// To plan takes as long as to write, so it is done again only if anything has come in between.
  private func write(
    _ keys: [RecordKey], as planned: ReversalReport, _ command: Command,
    _ context: CommandContext
  ) throws -> [RecordReversal] {
    let known = Dictionary(
      planned.changes.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    return try SplitWriting(
      context: context, reason: command.clauses.reason?.text,
      command: Reversal(verb, of: operation.id).command, size: planned.size
    ).run(
      keys,
      preparing: { view -> ReversalPlanner.Index? in
        guard try view.snapshot.holdings().lastArrival != planned.lastArrival else { return nil }
        return try ReversalPlanner.Index(operation, in: view.snapshot)
      },
      { index, view, transaction in
        let planner = index.map { ReversalPlanner($0, view.catalog, in: view.snapshot) }
        return { key in
          let reversal = try planner.map { try $0.reversal(of: key) } ?? known[key]
          try reversal?.apply(in: transaction)
          return (reversal, reversal?.size ?? WriteSize())
        }
      })
  }
}
