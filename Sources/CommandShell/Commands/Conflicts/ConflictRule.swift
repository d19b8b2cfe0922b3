import CRDTCore
import CRMDomain
import ReplicaStore

/// A rule by which many conflicts are settled at once.
enum ConflictRule: Hashable {
  case latest, first, max, min, words
  /// A node by its name, or the members of a role.
  case prefer(String)

  static let names = ["latest", "first", "max", "min", "words", "prefer NODE", "prefer ROLE"]

  init(_ text: ValueText, in command: Command) throws(ParseError) {
    let words = text.text.lowercased().split(separator: " ").map(String.init)
    switch (words.first, words.count) {
    case ("latest", 1): self = .latest
    case ("first", 1): self = .first
    case ("max", 1): self = .max
    case ("min", 1): self = .min
    case ("words", 1): self = .words
    case ("prefer", 2): self = .prefer(words[1])
    case (_, _):
      throw command.rejection(
        "\"\(text.text)\" is no rule", hint: "one of \(Self.names.joined(separator: ", "))",
        at: text.range)
    }
  }
}

/// What a conflict is to become; made from a conflict as it was seen, and written only while it is that.
struct ConflictDecision {
  enum Outcome: Hashable {
    case set(Value, rank: UInt32?)
    case delete
    case restore
  }

  let id: ConflictID
  let shortID: String
  let record: RecordKey
  /// The field; `nil` of a conflict about the record's existence.
  let field: String?
  /// What the conflict stood at; of a record's existence all that was written to it last.
  let heads: Set<Dot>
  let outcome: Outcome
  /// `Pump · amount is €18,000 (Tom's)`.
  let text: String

  /// Writes it, having seen all sides.
  ///
  /// - Returns: Whether it was written; not if somebody has written to the place since.
  func write(in transaction: Transaction) throws -> Bool {
    guard let state = try transaction.snapshot.record(record.kind, record.id) else { return false }
    switch outcome {
    case .set(let value, let rank):
      guard let field, !state.isDeleted, Set(state.basis.heads[field] ?? []) == heads else {
        return false
      }
      try transaction.edit(
        record.kind, record.id, basis: state.basis, [FieldChange(field, .set(value, rank: rank))])
      try SettledStage(record, field, value)?.follow(state, in: transaction)
    case .delete:
      guard existence(in: state) == heads else { return false }
      try transaction.delete(record.kind, record.id, basis: state.basis)
    case .restore:
      guard existence(in: state) == heads else { return false }
      try transaction.restore(record.kind, record.id, basis: state.basis)
    }
    return true
  }
}

/// All writes to a record and its existence, of which a later one is not to be decided on unseen.
private func existence(in state: RecordState) -> Set<Dot> {
  Set(state.basis.touches + state.basis.lifecycle)
}

extension ConflictDescription {
  /// What a rule makes of the conflict; `nil` where it says nothing, and a person has to decide.
  func decision(by rule: ConflictRule, roles: [MemberID: String]) throws -> ConflictDecision? {
    guard conflict.kind == .field || conflict.kind == .lifecycle else { return nil }
    switch rule {
    case .latest: return try decision(taking: conflict.sides.last)
    case .first: return try decision(taking: conflict.sides.first)
    case .prefer(let name):
      let preferred = try conflict.sides.filter { side in
        try NameMatcher.folded(names.node(side.stamp.dot, view)) == NameMatcher.folded(name)
          || roles[side.member] == name
      }
      // Of several the latest: all are of those that are preferred.
      return try decision(taking: preferred.last)
    case .max: return try decision(taking: extreme(.max))
    case .min: return try decision(taking: extreme(.min))
    case .words:
      guard let text = try ConflictAccount(self).mergedText else { return nil }
      return try decision(setting: .text(text), "\(text) (all edits together)")
    }
  }

  /// The side with the greatest or the least value; `nil` where values have no order.
  private func extreme(_ policy: MergePolicy) -> ConflictSide? {
    let values = conflict.sides.compactMap(\.value)
    guard values.count == conflict.sides.count, values.allSatisfy(\.isRankable),
      Set(values.compactMap(\.currency)).count < 2
    else { return nil }
    let heads = conflict.sides.map { side in
      Head(stamp: side.stamp, sides: [Side(value: side.value ?? .null)])
    }
    let winner = RegisterHeads(heads: heads).winner(under: policy)
    return conflict.sides.last { $0.value == winner?.value.value }
  }

  /// What taking a side comes to.
  func decision(taking side: ConflictSide?) throws -> ConflictDecision? {
    guard let side else { return nil }
    let who = try names.author(side.member, view)
    if let act = side.act {
      let outcome: ConflictDecision.Outcome = act == .deleted ? .delete : .restore
      return try decision(outcome, "\(act == .deleted ? "deleted" : "kept") (\(who)'s)")
    }
    guard let value = side.value else { return nil }
    return try decision(setting: value, "\(try text(of: side)) (\(who)'s)")
  }

  /// What a value comes to that somebody typed; `nil` of a conflict that is about no field.
  ///
  /// - Throws: ``ConflictError/unreadableValue(_:why:)``.
  func decision(typed text: String) throws -> ConflictDecision? {
    guard let entity, let field, let record,
      let state = try view.snapshot.record(record.kind, record.id)
    else { return nil }
    do {
      let assignment = try CRMDomain.Assignment(
        field.name, .set, [.text(text)], of: entity, in: view.catalog)
      let plan = try view.editor().plan(editing: state, [assignment], in: view.snapshot)
      guard case .set(let value, _)? = plan.changes.first?.edit else {
        return try decision(setting: state[field.name], text)
      }
      return try decision(setting: value, text)
    } catch let error as any UserFacingError {
      throw ConflictError.unreadableValue(shortID, why: error.summary)
    }
  }

  func decision(setting value: Value, _ said: String) throws -> ConflictDecision? {
    guard conflict.kind == .field, let field else { return nil }
    return try decision(.set(value, rank: Settlement.rank(of: value, field, view)), said)
  }

  private func decision(
    _ outcome: ConflictDecision.Outcome, _ said: String
  ) throws -> ConflictDecision? {
    guard let record else { return nil }
    var dots = Set(heads.map(\.dot))
    if conflict.kind == .lifecycle {
      guard let state = try view.snapshot.record(record.kind, record.id) else { return nil }
      dots = existence(in: state)
    }
    let place = try [recordName(), conflict.field ?? ""].filter { !$0.isEmpty }
    return ConflictDecision(
      id: conflict.id, shortID: shortID, record: record, field: conflict.field,
      heads: dots, outcome: outcome,
      text: PlainText.oneLine("\(place.joined(separator: " · ")) is \(said)"))
  }
}

extension ConflictAccount {
  /// The text that holds all edits; `nil` where they overlap or are not of a text.
  var mergedText: String? {
    if case .merged(let text)? = merging() { text } else { nil }
  }
}

extension Value {
  /// Whether `max` and `min` compare it.
  fileprivate var isRankable: Bool {
    switch self {
    case .bool, .integer, .decimal, .money, .date, .instant, .text: true
    case .null, .bytes, .reference, .structure, .unknown: false
    }
  }

  fileprivate var currency: CurrencyCode? {
    if case .money(let money) = self { money.currency } else { nil }
  }
}
