import CRDTCore
import CRMDomain
import ReplicaStore

/// `delete REF`: hides records until they are restored.
package struct DeleteCommand: ShellCommand {
  package let name = "delete"
  package let summary = "Deletes records; each can be restored, and nothing of it is lost."
  package let syntax = ["delete TARGET… [because \"WHY\"]"]
  package let examples = [
    "delete c2mv7 because \"left in February\"",
    "delete \"Jonas Weber\"",
    "delete (tasks where status = done) --yes",
    "delete (deals where stage = Lost) --dry-run",
  ]
  package let use = CommandUse(
    words: nil, takesFilter: true, clauses: [.because], options: ["dry-run", "max"],
    formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let plan = try context.read { view in
      let plan = try LifecyclePlan(of: command, view, example: examples[0], .live)
      // What was said and promised is never taken away.
      if let kept = plan.targets.first(where: { view.catalog[$0.key.kind]?.isKept == true }) {
        throw RecordError.kept(kept.label, id: try view.shortID(kept.key))
      }
      return plan
    }
    // A full name or an id is meant; what was matched loosely has to be confirmed.
    let needsAnswer =
      plan.isBulk || plan.isFuzzy || context.output.ask != nil || context.options.isDryRun
    let chosen =
      needsAnswer
      ? try plan.question(verb: "delete", isTyped: plan.isBulk, context)
        .chosen(for: command, in: context).map { plan.targets[$0] } : plan.targets
    guard !chosen.isEmpty else { return .done }
    let keys = try plan.write(chosen, command, context) { state, target, view, transaction in
      guard !state.isDeleted else { throw try view.deletion(of: target.reference) }
      let seen = try view.basis(of: state, previewed: target.basis)
      try transaction.delete(target.key.kind, target.key.id, basis: seen)
      if !VersionVector(seen.touches).covers(VersionVector(state.basis.touches)) {
        context.talk(
          """
          \(target.label) had changed since it was shown; the changes are kept beside the deletion. \
          See: conflict list
          """)
      }
    }
    try plan.tell(keys, verb: "Deleted", action: "deleted", context)
    if context.output.isTerminal, keys.count == 1, let key = keys.first {
      try context.read { context.talk("Back again with: restore \(try $0.shortID(key))") }
    }
    return .done
  }
}

/// `restore REF`: brings deleted records back.
package struct RestoreCommand: ShellCommand {
  package let name = "restore"
  package let summary = "Brings deleted records back, as they were."
  package let syntax = ["restore TARGET… [because \"WHY\"]"]
  package let examples = [
    "restore c2mv7",
    "restore @last",
    "restore \"Jonas Weber\" because \"is back\"",
    "restore (contacts where deleted since monday) --yes",
  ]
  package let use = CommandUse(
    words: nil, takesFilter: true, clauses: [.because], options: ["dry-run", "max"],
    formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let plan = try context.read { view in
      let plan = try LifecyclePlan(of: command, view, example: examples[0], .deleted)
      try plan.tellGuesses(in: context)
      for target in plan.targets
      where try view.snapshot.record(target.key.kind, target.key.id)?.isDeleted != true {
        throw RecordError.notDeleted(target.label)
      }
      return plan
    }
    let chosen =
      plan.isBulk || context.options.isDryRun
      ? try plan.question(verb: "restore", isTyped: false, context)
        .chosen(for: command, in: context).map { plan.targets[$0] } : plan.targets
    guard !chosen.isEmpty else { return .done }
    let keys = try plan.write(chosen, command, context) { state, target, view, transaction in
      guard state.isDeleted else { throw RecordError.notDeleted(target.label) }
      try transaction.restore(target.key.kind, target.key.id, basis: state.basis)
      // Of a joined record that no other one stands for it any more.
      guard let entity = view.catalog[target.key.kind] else { return }
      try JoinedRecords.release(target.key.id, entity, in: transaction)
    }
    try plan.tell(keys, verb: "Restored", action: "restored", context)
    return .done
  }
}

/// Records that are to be deleted or brought back.
private struct LifecyclePlan {
  struct Target {
    let key: RecordKey
    let reference: RecordReference
    /// Id and name.
    let label: String
    /// What it said when the person was asked.
    let basis: Basis
  }

  let targets: [Target]
  private let found: FoundTargets

  var isBulk: Bool { found.isBulk }
  var isFuzzy: Bool { found.isFuzzy }

  init(
    of command: Command, _ view: RecordView, example: String, _ standing: RecordFinder.Standing
  ) throws {
    found = try FoundTargets(of: command, view, example: example, standing)
    targets = try found.references.compactMap { reference in
      guard let kind = reference.entity?.name,
        let state = try view.snapshot.record(kind, reference.id)
      else { return nil }
      return Target(
        key: RecordKey(kind: kind, id: reference.id), reference: reference,
        label: try view.label(reference), basis: try view.basis(of: state))
    }
  }

  func tellGuesses(in context: CommandContext) throws { try found.tellGuesses(in: context) }

  func question(verb: String, isTyped: Bool, _ context: CommandContext) -> BulkChange {
    let counts = RecordCounts(targets.map(\.key)).text(context.catalog)
    let title = verb.prefix(1).uppercased() + verb.dropFirst()
    let isOne = targets.count == 1
    return BulkChange(
      count: targets.count,
      heading: isBulk || context.options.isDryRun ? "Would \(verb) \(counts)" : nil,
      lines: targets.prefix(BulkChange.lineCount(of: targets.count, in: context)).map(\.label),
      question: "\(title) \(isOne ? targets[0].label : counts)?", isTyped: isTyped)
  }

  /// Acts on the records, as one operation.
  func write(
    _ targets: [Target], _ command: Command, _ context: CommandContext,
    _ act: @escaping (RecordState, Target, RecordView, Transaction) throws -> Void
  ) throws -> [RecordKey] {
    let size = targets.reduce(into: WriteSize()) { size, _ in size += .oneWrite }
    return try SplitWriting(
      context: context, reason: command.clauses.reason?.text, size: size
    ).run(targets, preparing: { _ in }) { _, view, transaction in
      { target in
        guard let state = try view.snapshot.record(target.key.kind, target.key.id) else {
          return (nil, WriteSize())
        }
        try act(state, target, view, transaction)
        return (target.key, .oneWrite)
      }
    }
  }

  func tell(
    _ keys: [RecordKey], verb: String, action: String, _ context: CommandContext
  ) throws {
    context.state.last = keys.last
    try context.read { view in
      guard isBulk, context.options.format == nil else {
        return try ChangeReport(verb: verb, action: action, keys: keys, view: view).write(rows: [])
      }
      let records = RecordCounts(keys).text(view.catalog)
      let operation = try OperationView(view).lastID(of: context.commandText)
      context.output.data("\(verb) \(records) in one operation. Reverse with: undo \(operation)")
    }
  }
}
