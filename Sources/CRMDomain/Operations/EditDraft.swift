import CRDTCore
import ReplicaStore

/// What a record is to say, while assignments are being read.
struct EditDraft {
  let entity: Entity
  /// What it says now; `nil` for a new record.
  let state: RecordState?
  /// The registers that were given values, changed or not.
  var values: [String: Value] = [:]
  /// Per set that was spoken of, the elements that come in and go out, in the order spoken of.
  var elements: [String: [(Value, isIn: Bool)]] = [:]
  /// The sums by which counters change.
  var increments: [String: Int64] = [:]
  /// The part of the present basis that the changes were made from, or speak of by name.
  var present = Basis()
  /// What was to leave a set and was not in it.
  var absent: [AbsentElement] = []
  /// The entries of small lists to be made.
  var listed: [ListedValue] = []

  /// What a register is to say, or says.
  subscript(field: String) -> Value { values[field] ?? state?[field] ?? .null }

  /// The fields that were given anything, in the catalogue's order.
  var fieldsSpokenOf: [Field] {
    let names = Set(values.keys).union(elements.keys).union(increments.keys)
    return names.compactMap(entity.index).sorted().map { entity.fields[$0] }
  }

  /// The present value of a register, from which its next one is made.
  mutating func presentValue(of field: String) -> Value {
    if values[field] == nil { present.heads[field] = state?.basis.heads[field] ?? [] }
    return self[field]
  }

  /// Whether an element is in a set, by what was said of it so far.
  func holds(_ value: Value, in field: Field) -> Bool {
    elements[field.name]?.last { $0.0 == value }?.isIn
      ?? (state?.elements(of: field.name).contains(value) == true)
  }

  /// Whether a set is to have any elements.
  func hasElements(in field: Field) -> Bool {
    if elements[field.name]?.contains(where: \.isIn) == true { return true }
    return state?.elements(of: field.name).contains { holds($0, in: field) } == true
  }

  /// Whether a field is to say nothing.
  func isEmpty(_ field: Field) -> Bool {
    field.isSet ? !hasElements(in: field) : self[field.name].isNull
  }

  /// Whether a field was given anything, or cleared.
  func speaks(of field: Field) -> Bool {
    values[field.name] != nil || elements[field.name] != nil
  }

  /// Changes a set.
  ///
  /// Elements that are in already come in again only where `addsAgain`: somebody who adds one by name
  /// wants it in, whoever takes it out meanwhile without having seen that.
  mutating func change(
    _ field: Field, _ operation: Assignment.Operation, elements new: [Value], addsAgain: Bool
  ) {
    let present = state?.elements(of: field.name) ?? []
    var changes = elements[field.name] ?? []
    func isIn(_ value: Value) -> Bool {
      changes.last { $0.0 == value }?.isIn ?? present.contains(value)
    }
    for key in new.map(ElementKey.init(of:)) {
      self.present.elements[field.name, default: [:]][key] = state?.basis.elements[field.name]?[key]
    }
    if operation != .remove {
      let isAgain = addsAgain && operation == .add
      for value in new where !isIn(value) || (isAgain && !changes.contains { $0.0 == value }) {
        changes.append((value, true))
      }
    }
    if operation != .add {
      let leaving = operation == .remove ? new : present.filter { !new.contains($0) }
      for value in leaving where isIn(value) { changes.append((value, false)) }
    }
    elements[field.name] = changes
  }
}
