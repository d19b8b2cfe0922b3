package import CRDTCore
package import ReplicaStore

/// Turns what people and files say about records into checked edits.
///
/// Keeps names it has looked up, and so serves one command or one import.
package final class RecordEditor {
  /// Who speaks; it decides what goes without saying and what is refused.
  package enum Mode: Hashable, Sendable {
    /// A person: new records get an owner, and status machines allow only their moves.
    case person
    /// A file, which says how things are: states are taken as they come, sets are only added to, and
    /// nobody's name is put under other people's records.
    case file
  }

  let catalog: EntityCatalog
  let mode: Mode
  let reader: ValueReader
  let names: NameIndex
  let actingUser: RecordID?
  let occasion: EditOccasion
  let readText: ((String, Field) throws -> Value?)?
  /// What the deals are called that it makes; they begin accordingly unless somebody says where.
  package var newDealPhase: DealStages.Phase?
  private let routingRules: (() throws -> [AppliedRoutingRule])?
  private var loadedStages: DealStages?
  private var loadedRouter: LeadRouter?

  /// Creates an editor for the acting user, who edits on that occasion.
  ///
  /// `readText` reads what people type more freely than files; where it returns `nil`, `reader` reads.
  /// `routingRules` are asked for when the first new lead is without an owner.
  package init(
    _ catalog: EntityCatalog, mode: Mode = .person, reader: ValueReader,
    names: NameIndex? = nil, actingUser: RecordID? = nil, on occasion: EditOccasion,
    readText: ((String, Field) throws -> Value?)? = nil,
    routingRules: (() throws -> [AppliedRoutingRule])? = nil
  ) {
    self.routingRules = routingRules
    self.catalog = catalog
    self.mode = mode
    self.reader = reader
    self.names = names ?? NameIndex(catalog)
    self.actingUser = actingUser
    self.occasion = occasion
    self.readText = readText
  }

  /// Plans a new record, under a derived id or one that is drawn when it is made.
  ///
  /// - Throws: ``EditError``, or what reading the tables throws.
  package func plan(
    new entity: Entity, id: RecordID? = nil, _ assignments: [Assignment], in snapshot: Snapshot
  ) throws -> EditPlan {
    var draft = EditDraft(entity: entity, state: nil)
    try fill(&draft, with: assignments, in: snapshot)
    try addDefaults(to: &draft, in: snapshot)
    return try finish(&draft, id: id, in: snapshot)
  }

  /// Plans an edit of what was read of a record.
  ///
  /// - Throws: ``EditError``, or what reading the tables throws.
  package func plan(
    editing state: RecordState, _ assignments: [Assignment], in snapshot: Snapshot
  ) throws -> EditPlan {
    var draft = EditDraft(entity: catalog.entity(state.kind), state: state)
    try fill(&draft, with: assignments, in: snapshot)
    return try finish(&draft, id: state.id, in: snapshot)
  }

  /// Plans that counters say what was counted: what they are short of it is added, what they are over is
  /// taken.
  ///
  /// What other nodes have counted meanwhile and this one does not know is added to it.
  ///
  /// - Throws: ``EditError``, or what reading the tables throws.
  package func plan(
    recounting state: RecordState, _ assignments: [Assignment], in snapshot: Snapshot
  ) throws -> EditPlan {
    let differences = try assignments.map { assignment in
      let field = assignment.path.field
      guard field.mark == .counted, assignment.operation == .set else {
        throw EditError.notCounted(field: field.name)
      }
      var present: Int64 = 0
      if case .integer(let sum) = state[field.name] { present = sum }
      guard let counted = number(of: assignment),
        let difference = Int64(exactly: Int128(counted) - Int128(present))
      else {
        throw EditError.unreadableValue(
          text: assignment.operands.first?.text ?? "", field: field.name, example: "5")
      }
      return Assignment(assignment.path, .add, [.value(.integer(difference))])
    }
    return try plan(editing: state, differences, in: snapshot)
  }

  /// The stages as of the first question; they rarely change, and an import asks for each row.
  func stages(in snapshot: Snapshot) throws -> DealStages {
    if let loadedStages { return loadedStages }
    let stages = try DealStages(in: snapshot.database)
    loadedStages = stages
    return stages
  }

  /// What finds owners for new leads; `nil` where nobody has set rules for that.
  func router(in snapshot: Snapshot) throws -> LeadRouter? {
    if let router = loadedRouter {
      // An import that is only tried reads each batch on a connection of its own.
      if !router.asks(snapshot.database) {
        loadedRouter = try router.continued(on: snapshot.database)
      }
    } else if let routingRules {
      loadedRouter = try LeadRouter(
        routingRules(), in: snapshot.database,
        QueryContext(catalog, reader: reader, readText: readText))
    }
    return loadedRouter?.isIdle == true ? nil : loadedRouter
  }

  private func fill(
    _ draft: inout EditDraft, with assignments: [Assignment], in snapshot: Snapshot
  ) throws {
    // Which stages there are to choose from depends on the process.
    let ordered =
      assignments.filter { $0.path.field.name == "process" }
      + assignments.filter { $0.path.field.name != "process" }
    for assignment in ordered {
      let field = assignment.path.field
      if field.mark == .counted {
        try count(assignment, in: &draft)
        continue
      }
      let listedCount = draft.listed.count
      let values = try assignment.operands.map {
        try value($0, of: assignment.path, draft: &draft, in: snapshot)
      }
      if field.isSet, assignment.operation == .remove {
        // A word that is in no list is in no set either, and is not put into the list for that.
        draft.listed.removeSubrange(listedCount...)
        for (operand, value) in zip(assignment.operands, values)
        where !value.isNull && !draft.holds(value, in: field) {
          draft.absent.append(AbsentElement(field: field.name, operand: operand))
        }
      }
      if field.isSet {
        draft.change(
          field, assignment.operation, elements: values.filter { !$0.isNull },
          addsAgain: mode == .person)
      } else if let part = assignment.path.part {
        try setPart(part, to: values.first ?? .null, assignment, in: &draft)
      } else {
        try set(values.first ?? .null, assignment, in: &draft)
      }
    }
  }

  private func count(_ assignment: Assignment, in draft: inout EditDraft) throws {
    let field = assignment.path.field
    let number = number(of: assignment)
    // A person gives a new record's counter what it starts with. A file does not: imported on two
    // nodes it would count twice.
    let isStart = draft.state == nil && mode == .person && number != nil
    guard assignment.operation != .set || isStart else {
      var present: Int64 = 0
      if case .integer(let sum)? = draft.state?[field.name] { present = sum }
      throw EditError.counterSet(field: field.name, present: present, wanted: number)
    }
    let present = Int128(draft.increments[field.name] ?? 0)
    let change = Int128(number ?? 0)
    guard number != nil,
      let sum = Int64(
        exactly: assignment.operation == .remove ? present - change : present + change)
    else {
      throw EditError.unreadableValue(
        text: assignment.operands.first?.text ?? "", field: field.name, example: "5")
    }
    draft.increments[field.name] = sum
  }

  /// The whole number that an assignment gives; `nil` if it gives none.
  private func number(of assignment: Assignment) -> Int64? {
    switch assignment.operands.first {
    case .value(.integer(let number)): number
    case .text(let text):
      if case .integer(let number)? = reader.value(of: text.trimmed, as: .integer) {
        number
      } else {
        nil
      }
    case .value, nil: nil
    }
  }

  private func set(_ value: Value, _ assignment: Assignment, in draft: inout EditDraft) throws {
    let field = assignment.path.field
    guard assignment.operation == .set else {
      guard assignment.operation == .add, field.format == .longText, case .text(let more) = value
      else {
        throw EditError.noSuchOperation(
          field: field.name, operation: assignment.operation.rawValue)
      }
      var whole = more
      if case .text(let present) = draft.presentValue(of: field.name) {
        whole = present + "\n" + more
      }
      draft.values[field.name] = .text(whole)
      return
    }
    if case .status(let machine) = field.format, mode == .person,
      case .text(let from) = draft.state?[field.name] ?? .null, case .text(let to) = value,
      from != to, !machine.moves(from: from).contains(to),
      // A write that settles a conflict may choose any state.
      draft.state?.basis.heads[field.name]?.count == 1
    {
      throw EditError.impossibleMove(
        field: field.name, from: from, to: to, allowed: machine.moves(from: from))
    }
    draft.values[field.name] = value
  }

  private func setPart(
    _ part: String, to value: Value, _ assignment: Assignment, in draft: inout EditDraft
  ) throws {
    let field = assignment.path.field
    guard assignment.operation == .set, case .structure(let format) = field.format else {
      throw EditError.noSuchOperation(
        field: assignment.path.text, operation: assignment.operation.rawValue)
    }
    var texts = StructureFormat.texts(of: draft.presentValue(of: field.name))
    texts[part] = if case .text(let text) = value { text } else { nil }
    draft.values[field.name] = format.value(of: texts)
  }

  private func finish(
    _ draft: inout EditDraft, id: RecordID?, in snapshot: Snapshot
  ) throws -> EditPlan {
    let entity = draft.entity
    let consequences = try consequences(of: &draft, in: snapshot)
    try checkPresence(in: draft)
    var changes: [FieldChange] = []
    var unchanged: [String] = []
    for field in draft.fieldsSpokenOf {
      if let increment = draft.increments[field.name] {
        changes.append(FieldChange(field.name, .increment(increment)))
      }
      for (value, isIn) in draft.elements[field.name] ?? [] {
        if isIn { try check(value, of: field, in: draft, id: id) }
        changes.append(FieldChange(field.name, isIn ? .insert(value) : .remove(value)))
      }
      if draft.elements[field.name]?.isEmpty == true,
        !draft.absent.contains(where: { $0.field == field.name })
      {
        unchanged.append(field.name)
      }
      guard let value = draft.values[field.name] else { continue }
      // What shows of several values is confirmed by whoever types it again.
      let settles = mode == .person && (draft.state?.basis.heads[field.name]?.count ?? 0) > 1
      guard settles || value != draft.state?[field.name] ?? .null else {
        if draft.state != nil { unchanged.append(field.name) }
        continue
      }
      try check(value, of: field, in: draft, id: id)
      try checkFixed(field, in: draft)
      if field.isUnique { try checkUnique(value, field, entity, id: id, in: snapshot) }
      let rank = try rank(of: value, field, in: snapshot)
      changes.append(FieldChange(field.name, .set(value, rank: rank)))
    }
    return EditPlan(
      kind: entity.name, id: id, basis: draft.state?.basis, present: draft.present,
      changes: changes, unchanged: unchanged, absent: draft.absent, listed: draft.listed,
      consequences: consequences)
  }

  /// What a write carries so that every node ranks concurrent ones alike.
  private func rank(of value: Value, _ field: Field, in snapshot: Snapshot) throws -> UInt32? {
    switch (field.format, value) {
    case (.status(let machine), .text(let state)): machine.rank(of: state)
    case (.reference(to: "stage"), .reference(let stage)) where field.mark == .rankedHeld:
      try stages(in: snapshot).rank(of: stage)
    case (_, _): nil
    }
  }
}
