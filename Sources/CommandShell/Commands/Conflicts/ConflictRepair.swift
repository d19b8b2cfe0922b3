import CRDTCore
import CRMDomain
import ReplicaStore

/// One way to make hold again what a conflict says holds no longer.
struct ConflictRepair {
  /// What is to be done, in order.
  private enum Step {
    case set(ConflictPlace, Value)
    case move(deal: RecordID, to: RecordID)
    case restore(RecordKey)
  }

  /// What holds then: `Ute Brandt · reports_to is emptied`.
  let text: String
  private let steps: [Step]

  /// Writes it; machines and criteria are not asked, for a repair is always allowed.
  func apply(_ view: RecordView, in transaction: Transaction) throws {
    for step in steps {
      switch step {
      case .set(let place, let value):
        let state = try Self.state(of: place.record, view)
        let field = view.catalog[place.record.kind]?.field(named: place.field)
        let rank = field.flatMap { Settlement.rank(of: value, $0, view) }
        try transaction.edit(
          place.record.kind, place.record.id, basis: state.basis,
          [FieldChange(place.field, .set(value, rank: rank))])
      case .move(let deal, let stage):
        let entity = view.catalog.entity("deal")
        let state = try Self.state(of: RecordKey(kind: entity.name, id: deal), view)
        let move = try CRMDomain.Assignment(
          "stage", .set, [.value(.reference(stage))], of: entity, in: view.catalog)
        try view.editor(mode: .file).plan(editing: state, [move], in: view.snapshot)
          .apply(in: transaction)
      case .restore(let key):
        let state = try Self.state(of: key, view)
        try transaction.restore(key.kind, key.id, basis: state.basis)
      }
    }
  }

  private static func state(of key: RecordKey, _ view: RecordView) throws -> RecordState {
    guard let state = try view.snapshot.record(key.kind, key.id) else {
      throw RecordError.noSuchConflict(key.id.description)
    }
    return state
  }
}

// MARK: - The ways of each rule

extension ConflictRepair {
  /// The ways out of a conflict, in the order in which they are numbered from 1.
  static func all(of conflict: ConflictDescription) throws -> [ConflictRepair] {
    guard let rule = conflict.conflict.constraint?.rule else { return [] }
    switch rule {
    case .acyclic: return try emptied(conflict)
    case .single: return try chosen(conflict)
    case .total(let total, _): return try spread(conflict, total)
    case .living: return try restored(conflict)
    case .current: return try replaced(conflict)
    case .backed(let except, _, _, _): return try ended(conflict, except)
    }
  }

  private static func emptied(_ conflict: ConflictDescription) throws -> [ConflictRepair] {
    try conflict.places.map { place in
      ConflictRepair(
        text: "\(try conflict.words(of: place)) is emptied", steps: [.set(place, .null)])
    }
  }

  private static func chosen(_ conflict: ConflictDescription) throws -> [ConflictRepair] {
    let places = conflict.places
    return try places.map { kept in
      ConflictRepair(
        text: "\(try conflict.name(of: kept.record)) alone is \(kept.field)",
        steps: places.filter { $0 != kept }.map { .set($0, .bool(false)) })
    }
  }

  /// Shares in the proportion that they have, which come to the whole to the hundredth.
  private static func spread(
    _ conflict: ConflictDescription, _ total: Int64
  ) throws -> [ConflictRepair] {
    let places = conflict.conflict.sides.compactMap(\.place)
    let numbers = conflict.conflict.sides.compactMap { side -> DecimalNumber? in
      guard case .decimal(let number)? = side.value else { return nil }
      return number
    }
    guard numbers.count == places.count,
      let shares = Apportionment.shares(of: total, in: numbers)
    else { return [] }
    let words = try zip(places, shares).map {
      "\(try conflict.name(of: $0.record)) \($1) %"
    }
    return [
      ConflictRepair(
        text: words.joined(separator: ", "),
        steps: zip(places, shares).map { .set($0, .decimal($1)) })
    ]
  }

  private static func restored(_ conflict: ConflictDescription) throws -> [ConflictRepair] {
    guard let target = conflict.conflict.records.last,
      conflict.conflict.sides.contains(where: { $0.act == .deleted })
    else { return [] }
    return [
      ConflictRepair(
        text: "\(target.kind) \(try conflict.name(of: target)) is restored",
        steps: [.restore(target)])
    ]
  }

  private static func replaced(_ conflict: ConflictDescription) throws -> [ConflictRepair] {
    let places = conflict.conflict.sides.compactMap(\.place)
    guard let record = conflict.conflict.records.first,
      let retired = conflict.conflict.records.last,
      let mark = places.first(where: { $0.record == retired })
    else { return [] }
    var repairs = [
      ConflictRepair(
        text: "\(retired.kind) \(try conflict.name(of: retired)) is in use again",
        steps: [.set(mark, .null)])
    ]
    if record.kind == "deal", let stage = try replacement(of: retired.id, conflict.view) {
      let key = RecordKey(kind: retired.kind, id: stage)
      repairs.insert(
        ConflictRepair(
          text: "\(try conflict.name(of: record)) moves to \(try conflict.name(of: key))",
          steps: [.move(deal: record.id, to: stage)]), at: 0)
    }
    return repairs
  }

  /// The stage that is in use in place of a retired one; `nil` if there is none.
  private static func replacement(of stage: RecordID, _ view: RecordView) throws -> RecordID? {
    let stages = try DealStages(in: view.snapshot.database)
    var seen: Set<RecordID> = []
    var next = stage
    while seen.insert(next).inserted,
      case .reference(let target)? = try view.snapshot.record("stage", next)?["retired_to"]
    {
      if stages.stage(target) != nil { return target }
      next = target
    }
    return nil
  }

  private static func ended(
    _ conflict: ConflictDescription, _ state: String
  ) throws -> [ConflictRepair] {
    guard let record = conflict.record, let field = conflict.conflict.field else { return [] }
    return [
      ConflictRepair(
        text: "\(record.kind) \(try conflict.name(of: record)) is \(state)",
        steps: [.set(ConflictPlace(record: record, field: field), .text(state))])
    ]
  }
}

extension ConflictDescription {
  /// The field of each of its records, in the order of its id: a sync that changes the order of the sides leaves
  /// the numbers of the ways as they were.
  fileprivate var places: [ConflictPlace] {
    conflict.records.map { ConflictPlace(record: $0, field: conflict.field ?? "") }
  }

  /// What a record is called, whichever it is.
  func name(of key: RecordKey) throws -> String { try names.record(key, view) }

  /// `Ute Brandt · reports_to`.
  fileprivate func words(of place: ConflictPlace) throws -> String {
    try name(of: place.record) + view.context.output.style.separator + place.field
  }
}
