import CRDTCore
import CRMDomain
import ReplicaStore

/// `delete REF`: hides records until they are restored.
package struct DeleteCommand: ShellCommand {
  package let name = "delete"
  package let summary = "Deletes records; each can be restored, and nothing of it is lost."
  package let syntax = ["delete TARGET… [because \"WHY\"]"]
  package let examples = [
    "delete c2mv7 because \"left in February\"", "delete (tasks where status = done) --yes",
  ]
  package let use = CommandUse(
    words: nil, takesFilter: true, clauses: [.because], options: ["dry-run", "max"],
    formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    var previewed: [RecordKey: Basis] = [:]
    let isSure = try context.read { view in
      let targets = try FoundTargets(of: command, view, example: examples[0])
      let count = targets.references.count
      for reference in targets.references {
        guard let kind = reference.entity?.name,
          let state = try view.snapshot.record(kind, reference.id)
        else { continue }
        previewed[RecordKey(kind: kind, id: reference.id)] = try view.basis(of: state)
      }
      if targets.isBulk || context.options.isDryRun { try preview(targets.references, view) }
      if count == 0 {
        context.talk("No record matches; nothing was changed.")
        return false
      }
      // A full name or an id is meant; what was matched loosely has to be confirmed.
      let needsNoAnswer =
        !targets.isBulk && !targets.isFuzzy && context.output.ask == nil
        && !context.options.isDryRun
      if needsNoAnswer { return true }
      let what =
        count == 1 ? try targets.references.first.map(view.label) ?? "" : "\(count) records"
      return try FoundTargets.confirm(
        count, question: "Delete \(what)?",
        countMax: try FoundTargets.countMax(of: command), typed: targets.isBulk, in: context)
    }
    guard isSure else { return .done }
    let keys = try context.write(command) { view, transaction in
      try FoundTargets(of: command, view, example: examples[0]).references.compactMap { reference in
        let key = RecordKey(kind: reference.entity?.name ?? "", id: reference.id)
        // What has come to match since the question was not asked about.
        guard let basis = previewed[key] else { return nil as RecordKey? }
        guard let state = try view.snapshot.record(key.kind, key.id), !state.isDeleted else {
          throw try view.deletion(of: reference)
        }
        let seen = try view.basis(of: state, previewed: basis)
        try transaction.delete(key.kind, key.id, basis: seen)
        if !VersionVector(seen.touches).covers(VersionVector(state.basis.touches)) {
          context.talk(
            """
            \(try view.label(reference)) had changed since it was shown; the \
            changes are kept beside the deletion. See: conflict list
            """)
        }
        return key
      }
    }
    context.state.last = keys.last
    try context.read { view in
      try ChangeReport(verb: "Deleted", action: "deleted", keys: keys, view: view).write(rows: [])
      if context.output.isTerminal, keys.count == 1, let key = keys.first {
        context.talk("Back again with: restore \(try view.shortID(key))")
      }
    }
    return .done
  }

  private func preview(_ references: [RecordReference], _ view: RecordView) throws {
    for reference in references.prefix(FoundTargets.previewed) {
      view.context.talk(
        "Would delete \(reference.entity?.name ?? "") \(try view.label(reference))")
    }
    let more = references.count - FoundTargets.previewed
    if more > 0 { view.context.talk("… and \(more) more") }
  }
}

/// `restore REF`: brings deleted records back.
package struct RestoreCommand: ShellCommand {
  package let name = "restore"
  package let summary = "Brings deleted records back, as they were."
  package let syntax = ["restore TARGET… [because \"WHY\"]"]
  package let examples = ["restore c2mv7", "restore @last"]
  package let use = CommandUse(
    words: nil, takesFilter: true, clauses: [.because], formats: CommandUse.changeFormats,
    changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let keys = try context.write(command) { view, transaction in
      let targets = try FoundTargets(of: command, view, example: examples[0], .deleted)
      try targets.tellGuesses(in: context)
      return try targets.references.map { reference in
        let kind = reference.entity?.name ?? ""
        guard let state = try view.snapshot.record(kind, reference.id), state.isDeleted else {
          throw RecordError.notDeleted(try view.label(reference))
        }
        try transaction.restore(kind, reference.id, basis: state.basis)
        return RecordKey(kind: kind, id: reference.id)
      }
    }
    context.state.last = keys.last
    try context.read { view in
      try ChangeReport(verb: "Restored", action: "restored", keys: keys, view: view).write(rows: [])
    }
    return .done
  }
}
