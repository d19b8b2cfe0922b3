import CRDTCore
import CRMDomain
import ReplicaStore

/// Turns `field=value` as typed into assignments of the domain.
struct AssignmentWords {
  let view: RecordView
  let entity: Entity

  func assignments(of command: Command) throws -> [CRMDomain.Assignment] {
    try command.assignments.map(read)
  }

  private func read(_ assignment: Assignment) throws -> CRMDomain.Assignment {
    let operation: CRMDomain.Assignment.Operation =
      switch assignment.operation {
      case .set: .set
      case .add: .add
      case .remove: .remove
      }
    let path = try CRMDomain.Assignment(
      assignment.field.description, operation, [], of: entity, in: view.catalog
    ).path
    let texts: [ValueText]
    if path.field.isSet {
      texts = assignment.elements
    } else {
      switch assignment.value {
      case .empty: texts = []
      case .one(let value): texts = [value]
      case .list(let values):
        texts = [ValueText(values.map(\.text).joined(separator: ", "))]
      }
    }
    return CRMDomain.Assignment(path, operation, try texts.map { try operand($0, path) })
  }

  /// A value; where the field refers to records, the record that it names.
  private func operand(_ value: ValueText, _ path: CRMDomain.FieldPath) throws -> Operand {
    guard let kind = path.field.target.flatMap({ view.catalog[$0] }) else {
      return .text(value.text)
    }
    if let chosen = view.context.choices[value.text, kind.name] {
      return .value(.reference(chosen.id))
    }
    guard kind.role == .business, kind.name != "stage", !value.text.isEmpty,
      let record = try RecordFinder(view).recordIfAny(value, kind: kind)
    else { return .text(value.text) }
    return .value(.reference(record.id))
  }
}

/// What an edit changes, in lines for people.
struct EditDescription {
  let view: RecordView
  let entity: Entity
  /// What the record says before the edit; `nil` for a new one.
  let state: RecordState?

  /// `value   €18,400 → €17,900`, one line for each field.
  func rows(of plan: EditPlan) throws -> [CardView.Row] {
    var rows: [CardView.Row] = []
    for change in plan.changes {
      guard let field = entity.field(named: change.field) else { continue }
      rows.append(CardView.Row(field.label, try text(change, field, plan)))
    }
    for element in plan.absent {
      guard let field = entity.field(named: element.field) else { continue }
      rows.append(CardView.Row(field.label, "\(try text(element.operand, field)) was not set"))
    }
    for name in plan.unchanged {
      guard let field = entity.field(named: name), let state else { continue }
      rows.append(CardView.Row(field.label, try unchanged(field, state)))
    }
    return rows
  }

  private func text(_ operand: Operand, _ field: Field) throws -> String {
    switch operand {
    case .text(let text): text
    case .value(let value): try view.text(value, of: field)
    }
  }

  private func unchanged(_ field: Field, _ state: RecordState) throws -> String {
    let value = try view.fields.reading(of: field, in: state)
    let text = value == .empty ? "(empty)" : view.text(value, of: field)
    return "was already \(text)\(try author(of: field, state))"
  }

  private func text(_ change: FieldChange, _ field: Field, _ plan: EditPlan) throws -> String {
    switch change.edit {
    case .set(let value, _):
      let new = try text(value, field, plan)
      guard let state else { return new }
      if state[field.name] == value { return try unchanged(field, state) }
      return "\(try view.text(state[field.name], of: field)) → \(new)"
    case .insert(let value):
      let isIn = state?.elements(of: field.name).contains(value) == true
      return isIn
        ? "\(try text(value, field, plan)) was already there" : "+ \(try text(value, field, plan))"
    case .remove(let value): return "− \(try text(value, field, plan))"
    case .increment(let number):
      guard state != nil else { return PeopleFormat.number(number) }
      var present: Int64 = 0
      if case .integer(let sum)? = state?[field.name] { present = sum }
      let sign = number < 0 ? "−" : "+"
      return """
        \(present) \(sign) \(number.magnitude) = \(present &+ number) here \
        (other nodes' changes are added at the next sync)
        """
    case .reopen(let sides):
      return try sides.map { try text($0.value, field, plan) }.joined(separator: " | ")
    }
  }

  /// A new value; an entry of a list that the edit itself makes has a name already.
  private func text(_ value: Value, _ field: Field, _ plan: EditPlan) throws -> String {
    if case .reference(let id) = value, let listed = plan.listed.first(where: { $0.id == id }) {
      return listed.name
    }
    return try view.text(value, of: field)
  }

  private func author(of field: Field, _ state: RecordState) throws -> String {
    let history = try view.snapshot.history(entity.name, state.id, field: field.name)
    guard let entry = history.first else { return "" }
    let time = Instant(milliseconds: Int64(clamping: entry.stamp.time.wallMilliseconds))
    return " (\(try view.authorName(entry.member)), \(view.people.moment(time)))"
  }
}
