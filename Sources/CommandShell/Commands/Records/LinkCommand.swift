import CRDTCore
import CRMDomain
import ReplicaStore

/// `link REF REF`: says of two records that they have to do with each other.
package struct LinkCommand: ShellCommand {
  package let name = "link"
  package let summary = "Says of two records that they have to do with each other, on both."
  package let syntax = ["link REF REF [because \"WHY\"]"]
  package let examples = [
    "link d7h2k c2mv7",
    "link @1 müller because \"same building\"",
    "link \"Pump retrofit\" \"Jonas Weber\"",
    "link d7h2k @last",
  ]
  package let use = CommandUse(words: 2, clauses: [.because], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try LinkChange(operation: .add).run(command, in: context)
  }
}

/// `unlink REF REF`: takes a link back.
package struct UnlinkCommand: ShellCommand {
  package let name = "unlink"
  package let summary = "Takes the link between two records back, on both."
  package let syntax = ["unlink REF REF [because \"WHY\"]"]
  package let examples = [
    "unlink d7h2k c2mv7",
    "unlink @1 müller",
    "unlink \"Pump retrofit\" \"Jonas Weber\"",
    "unlink d7h2k c2mv7 because \"left in February\"",
  ]
  package let use = CommandUse(words: 2, clauses: [.because], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try LinkChange(operation: .remove).run(command, in: context)
  }
}

/// Puts two records into each other's links, or takes them out.
private struct LinkChange {
  /// The field that every kind has for records it has to do with.
  private static let field = "links"

  let operation: CRMDomain.Assignment.Operation

  func run(_ command: Command, in context: CommandContext) throws -> ExitCode {
    let (labels, isChange, last) = try context.write(command) { view, transaction in
      let targets = try FoundTargets(of: command, view, example: "link d7h2k c2mv7")
      try targets.tellGuesses(in: context)
      let references = targets.references
      guard references.count == 2 else { throw RecordError.notTwoRecords }
      var isChange = false
      for (one, other) in [(references[0], references[1]), (references[1], references[0])] {
        if try link(one, to: other, view, transaction) { isChange = true }
      }
      return (try references.map(view.label), isChange, references[0])
    }
    context.state.last = RecordKey(kind: last.entity?.name ?? "", id: last.id)
    let both = labels.joined(separator: " and ")
    guard isChange else {
      context.talk("\(both) were \(operation == .add ? "linked already" : "not linked").")
      return .done
    }
    context.output.data(
      PlainText.oneLine("\(operation == .add ? "Linked" : "Unlinked") \(both)."))
    return .done
  }

  /// Whether that changes anything.
  private func link(
    _ one: RecordReference, to other: RecordReference, _ view: RecordView,
    _ transaction: Transaction
  ) throws -> Bool {
    guard let entity = one.entity, let state = try view.snapshot.record(entity.name, one.id) else {
      throw RecordError.notTwoRecords
    }
    guard !state.isDeleted else { throw try view.deletion(of: one) }
    let isLinked = state.elements(of: Self.field).contains(.reference(other.id))
    guard isLinked != (operation == .add) else { return false }
    let assignment = try CRMDomain.Assignment(
      Self.field, operation, [.value(.reference(other.id))], of: entity, in: view.catalog)
    let plan = try view.editor().plan(editing: state, [assignment], in: view.snapshot)
    try plan.apply(in: transaction)
    return true
  }
}
