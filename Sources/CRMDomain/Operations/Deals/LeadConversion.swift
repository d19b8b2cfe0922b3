package import CRDTCore
package import ReplicaStore

/// A lead on its way into a sales process, with the account and the contact that it comes to have.
///
/// The record stays the same. Accounts and contacts that are made have ids derived from the names and addresses
/// which the lead gives, so that two nodes which convert one lead offline make one of each.
package struct LeadConversion: Sendable {
  /// What is known of the account or the contact.
  package enum Party: Hashable, Sendable {
    /// The lead had it.
    case linked(RecordID)
    /// It was there, by its name or address, or was named by whoever converts.
    case matched(RecordID)
    case made(RecordID)
    /// The lead names none.
    case none

    package var id: RecordID? {
      switch self {
      case .linked(let id), .matched(let id), .made(let id): id
      case .none: nil
      }
    }
  }

  /// How a lead is to be converted.
  package struct Request {
    package var process: RecordID?
    /// A stage of the process, by its name; the first of an opportunity, if `nil`.
    package var stage: String?
    package var account: RecordID?
    package var contact: RecordID?
    /// What else is said of the deal.
    package var assignments: [Assignment] = []

    package init() {}
  }

  package let account: Party
  package let contact: Party
  /// Where it goes.
  package let stage: DealStages.Stage
  /// The edit of the deal.
  package let plan: EditPlan
  private let parties: [NewParty]

  /// An account or contact that is to be made.
  private struct NewParty {
    let kind: String
    let id: RecordID
    let changes: [FieldChange]
  }

  /// Makes the account and the contact, and moves the lead.
  package func apply(in transaction: Transaction) throws {
    for party in parties {
      let state = try transaction.snapshot.record(party.kind, party.id)
      if let state, state.isDeleted {
        try transaction.restore(party.kind, party.id, basis: state.basis, party.changes)
      } else {
        try transaction.edit(party.kind, party.id, basis: state?.basis ?? Basis(), party.changes)
      }
    }
    try plan.apply(in: transaction)
  }

  /// Plans the conversion of a lead as it stands.
  ///
  /// - Throws: ``ConversionError``, ``EditError``, or what reading the tables throws.
  package init(
    of lead: RecordState, _ request: Request, by editor: RecordEditor, in snapshot: Snapshot
  ) throws {
    let stages = try editor.stages(in: snapshot)
    let from = try Self.lead(lead, stages)
    stage = try Self.target(request, from, stages)
    let unmet = try Self.unmet(
      of: lead, request.assignments, from, to: stage, editor.occasion, in: snapshot)
    let found = PartySearch(lead: lead, catalog: editor.catalog, snapshot: snapshot)
    var parties: [NewParty] = []
    account = try request.account.map(Party.matched) ?? found.account()
    if case .made(let id) = account {
      parties.append(NewParty(kind: "account", id: id, changes: found.accountChanges))
    }
    contact = try request.contact.map(Party.matched) ?? found.contact(at: account)
    if case .made(let id) = contact {
      parties.append(
        NewParty(kind: "contact", id: id, changes: found.contactChanges(at: account.id)))
    }
    self.parties = parties
    let entity = editor.catalog.entity("deal")
    func reference(_ field: String, _ id: RecordID) throws -> Assignment {
      try Assignment(
        field, .set, [.value(.reference(id))], of: entity, in: editor.catalog)
    }
    var assignments = [
      try reference("process", stage.process), try reference("stage", stage.id),
    ]
    if let id = account.id { assignments.append(try reference("account", id)) }
    if let id = contact.id { assignments.append(try reference("primary_contact", id)) }
    var plan = try editor.plan(
      editing: lead, assignments + request.assignments, in: snapshot)
    if let unmet, var move = plan.consequences as? DealConsequences, !move.visits.isEmpty {
      move.visits[0].unmet.append(unmet)
      plan.consequences = move
    }
    self.plan = plan
  }

  private static func lead(
    _ state: RecordState, _ stages: DealStages
  ) throws -> DealStages.Stage {
    guard case .reference(let id) = state["stage"], let stage = stages.stage(id) else {
      throw ConversionError.noLead(stage: nil)
    }
    if stage.phase == .opportunity, stage.kind == .open || stage.kind == .won {
      throw ConversionError.alreadyConverted(stage: stage.name)
    }
    guard stage.isOpenLead else { throw ConversionError.noLead(stage: stage.name) }
    return stage
  }

  private static func target(
    _ request: Request, _ from: DealStages.Stage, _ stages: DealStages
  ) throws -> DealStages.Stage {
    func opportunities(_ process: RecordID?) -> [DealStages.Stage] {
      (process.map { stages.stages(of: $0) } ?? []).filter {
        $0.kind == .open && $0.phase == .opportunity
      }
    }
    var process = request.process
    if process == nil {
      process = opportunities(from.process).isEmpty ? stages.defaultProcess : from.process
    }
    if let name = request.stage {
      guard let process, let stage = stages.stage(named: name, of: process) else {
        let names = opportunities(process).map(\.name)
        throw EditError.unknownChoice(
          text: name, field: "stage", choices: names, closest: ClosestName.of(name, among: names))
      }
      return stage
    }
    guard let first = opportunities(process).first else { throw ConversionError.nowhere }
    return first
  }

  /// What an unqualified lead lacks, where that is passed over; `nil` of a qualified one.
  private static func unmet(
    of lead: RecordState, _ assignments: [Assignment], _ from: DealStages.Stage,
    to stage: DealStages.Stage, _ occasion: EditOccasion, in snapshot: Snapshot
  ) throws -> String? {
    let qualification = Qualification(
      threshold: try Qualification.threshold(in: snapshot.database)
    ) { field in
      let given = assignments.last { $0.path.field.name == field }?.operands.first?.text
      return given.map { Value.text(FieldName.normalized($0)) } ?? lead[field]
    }
    guard !qualification.isQualified else { return nil }
    guard occasion.overridesCriteria else {
      throw ConversionError.notQualified(qualification.text)
    }
    guard occasion.reason != nil else {
      throw EditError.needsReason(from: from.name, to: stage.name)
    }
    return qualification.text
  }
}
