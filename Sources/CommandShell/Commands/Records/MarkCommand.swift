import CRMDomain
import ReplicaStore

/// `mark REF…`: puts records aside for a command about `@marked`.
package struct MarkCommand: ShellCommand {
  package let name = "mark"
  package let summary =
    "Marks records of this session, which @marked then means; alone, lists them."
  package let syntax = ["mark [REF…]"]
  package let examples = [
    "mark @1 @3",
    "mark @all",
    "mark müller",
    "mark",
  ]
  package let use = CommandUse(words: nil, takesFilter: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      if !command.targets.isEmpty {
        let keys = try MarkedRecords.keys(of: command, view, example: examples[0])
        let marked = context.state.marked
        context.state.marked = marked + keys.filter { !marked.contains($0) }
      }
      try MarkedRecords.tell(view)
    }
    return .done
  }
}

/// `unmark [REF…]`: takes marks away.
package struct UnmarkCommand: ShellCommand {
  package let name = "unmark"
  package let summary = "Takes marks away, those of some records or all."
  package let syntax = ["unmark [REF…]"]
  package let examples = [
    "unmark @2",
    "unmark @1 @3",
    "unmark müller",
    "unmark",
  ]
  package let use = CommandUse(words: nil, takesFilter: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let keys =
        command.targets.isEmpty
        ? context.state.marked : try MarkedRecords.keys(of: command, view, example: examples[0])
      context.state.marked.removeAll { keys.contains($0) }
      try MarkedRecords.tell(view)
    }
    return .done
  }
}

private enum MarkedRecords {
  static func keys(
    of command: Command, _ view: RecordView, example: String
  ) throws -> [RecordKey] {
    let targets = try FoundTargets(of: command, view, example: example)
    try targets.tellGuesses(in: view.context)
    return targets.references.map { RecordKey(kind: $0.entity?.name ?? "", id: $0.id) }
  }

  /// Lists what is marked.
  static func tell(_ view: RecordView) throws {
    let marked = view.context.state.marked
    for key in marked.prefix(BulkChange.previewed) {
      guard let entity = view.catalog[key.kind],
        let reference = try view.lookup.record(key.id, of: entity)
      else { continue }
      view.context.output.data(PlainText.oneLine("  \(try view.label(reference))"))
    }
    let counts = marked.isEmpty ? "Nothing" : RecordCounts(marked).text(view.catalog)
    view.context.output.data("\(counts) marked.")
  }
}
