import CRDTCore
import CRMDomain
import ReplicaStore

/// What settling a conflict came to.
struct SettledConflict {
  let id: String
  let shortID: String
  /// What holds now: one sentence.
  let outcome: String
  /// What was kept in history.
  let kept: [String]

  /// Says what was settled, and who will hear of it.
  ///
  /// `verb` is what was done to them, or would be.
  static func tell(
    _ settled: [SettledConflict], verb: String = "Resolved", _ context: CommandContext
  ) {
    for conflict in settled {
      if context.options.format == "json" {
        context.json([
          "schema": "kith.settled/1", "id": .string(conflict.id),
          "outcome": .string(conflict.outcome),
          "kept": .array(conflict.kept.map(JSONValue.string)),
          "dry_run": .bool(context.options.isDryRun),
        ])
        continue
      }
      context.output.data(
        PlainText.oneLine("\(verb) \(conflict.shortID). \(conflict.outcome)"))
      guard !conflict.kept.isEmpty else { continue }
      let kept = conflict.kept.joined(separator: ", ")
      let back = "reverse with: conflict undo \(conflict.shortID)"
      context.output.data(
        PlainText.oneLine("  kept  \(kept), in history\(context.output.style.separator)\(back)"))
    }
    if context.options.format != "json", !context.options.isDryRun {
      context.talk("  goes  to every other node at its next sync")
    }
  }
}

/// Settles one conflict with a write that has seen all of its sides.
struct Settlement {
  /// How much of a kept text is said; all of it is in the history.
  private static let textLengthMax = 40

  private let conflict: ConflictDescription
  private let transaction: Transaction
  private var view: RecordView { conflict.view }

  init(_ conflict: ConflictDescription, _ transaction: Transaction) {
    self.conflict = conflict
    self.transaction = transaction
  }

  /// Takes one side.
  func take(_ side: ConflictSide) throws -> SettledConflict {
    switch conflict.conflict.kind {
    case .field: return try set(side)
    case .lifecycle: return try settle(isDeleted: side.act == .deleted)
    case .unique:
      throw refusal("take", instead: "conflict renumber \(conflict.shortID) B")
    case .constraint, .transition: throw refusal("take", instead: repair)
    case .held, .clock: throw refusal("take", instead: "conflict keep \(conflict.shortID)")
    case .fork: throw needless("take")
    }
  }

  /// Confirms what shows.
  func keep(because reason: String?) throws -> SettledConflict {
    switch conflict.conflict.kind {
    case .field:
      guard let side = conflict.conflict.sides.first(where: \.isShowing) else {
        throw refusal("keep", instead: "conflict take \(conflict.shortID) A")
      }
      return try set(side)
    case .lifecycle: return try settle(isDeleted: state().isDeleted)
    case .unique:
      throw refusal("keep", instead: "conflict renumber \(conflict.shortID) B")
    case .constraint, .transition: throw refusal("keep", instead: repair)
    case .held, .clock:
      try dismiss(because: reason)
      return settled("It is put aside on every node.", kept: [])
    case .fork: throw needless("keep")
    }
  }

  private func dismiss(because reason: String?) throws {
    let id = Dismissal.record(of: conflict.conflict.id)
    let changes = [
      FieldChange("conflict", .set(.bytes(bytes(of: conflict.conflict.id)))),
      FieldChange("reason", .set(.text(reason ?? "kept"))),
    ]
    // One that was put aside before and reopened has its record already.
    if let state = try view.snapshot.record(Dismissal.kind, id), state.isDeleted {
      try transaction.restore(Dismissal.kind, id, basis: state.basis, changes)
    } else {
      try transaction.create(Dismissal.kind, id: id, changes)
    }
  }

  /// Gives a text that somebody, or the words themselves, made of all sides.
  func set(text: String) throws -> SettledConflict {
    guard let key = conflict.record else { throw RecordError.noSuchConflict(conflict.shortID) }
    let value = Value.text(text)
    try transaction.edit(
      key.kind, key.id, basis: try state().basis, [FieldChange(fieldName, .set(value))])
    return settled(
      "\(try name(of: key)) · \(fieldName) is \(PlainText.oneLine(text))",
      kept: try sideTexts { $0.value != value })
  }

  /// Gives a new value, or values, and brings a deleted record back.
  ///
  /// `side` names the record to edit, where the conflict is about several.
  func edit(_ command: Command, side: String?) throws -> SettledConflict {
    switch conflict.conflict.kind {
    case .held, .clock: throw refusal("edit", instead: "conflict keep \(conflict.shortID)")
    case .constraint, .transition: throw refusal("edit", instead: repair)
    case .fork: throw needless("edit")
    case .field, .lifecycle, .unique: break
    }
    let key = try recordToEdit(side)
    let state = try state(of: key)
    guard let entity = view.catalog[key.kind] else {
      throw RecordError.noSuchConflict(conflict.shortID)
    }
    let assignments = try AssignmentWords(view: view, entity: entity).assignments(of: command)
    let plan = try view.editor(for: command).plan(editing: state, assignments, in: view.snapshot)
    for value in plan.listed { try value.ensure(in: transaction) }
    var changes = plan.changes
    // A value that shows already was not changed, but settles the conflict all the same.
    if conflict.conflict.kind == .field, plan.unchanged.contains(fieldName) {
      changes.append(FieldChange(fieldName, .set(state[fieldName])))
    }
    if conflict.conflict.kind == .lifecycle {
      try transaction.restore(key.kind, key.id, basis: state.basis, changes)
    } else {
      try transaction.edit(key.kind, key.id, basis: state.basis, changes)
    }
    let rows = try EditDescription(view: view, entity: entity, state: state).rows(of: plan)
    let said = rows.map { "\($0.label) \($0.value)" }.joined(separator: "; ")
    return settled(
      "\(try name(of: key)): \(said)",
      kept: try sideTexts {
        // Of several records, the others keep their value.
        conflict.conflict.kind != .unique
          || state.basis.heads[fieldName]?.contains($0.stamp.dot) == true
      })
  }

  private func set(_ side: ConflictSide) throws -> SettledConflict {
    let state = try state()
    guard let value = side.value, let key = conflict.record else {
      throw RecordError.noSuchConflict(conflict.shortID)
    }
    let rank = conflict.field.flatMap { Self.rank(of: value, $0, view) }
    try transaction.edit(
      key.kind, key.id, basis: state.basis, [FieldChange(fieldName, .set(value, rank: rank))])
    try SettledStage(key, fieldName, value)?.follow(state, in: transaction)
    return settled(
      """
      \(try name(of: key)) · \(fieldName) is \(try conflict.text(of: side)) \
      (\(try view.authorName(side.member))'s), chosen by you.
      """, kept: try sideTexts { $0.value != value })
  }

  /// What lets every node rank the choice as it ranks any other write of the field.
  static func rank(of value: Value, _ field: Field, _ view: RecordView) -> UInt32? {
    switch (field.format, value) {
    case (.status(let machine), .text(let state)): machine.rank(of: state)
    case (.reference(to: "stage"), .reference(let stage)):
      try? DealStages(in: view.snapshot.database).rank(of: stage)
    case (_, _): nil
    }
  }

  private func settle(isDeleted: Bool) throws -> SettledConflict {
    let state = try state()
    guard let key = conflict.record else {
      throw RecordError.noSuchConflict(conflict.shortID)
    }
    if isDeleted {
      try transaction.delete(key.kind, key.id, basis: state.basis)
    } else {
      try transaction.restore(key.kind, key.id, basis: state.basis)
    }
    return settled(
      "\(try name(of: key)) is \(isDeleted ? "deleted" : "kept").",
      kept: try sideTexts { ($0.act == .deleted) != isDeleted })
  }

  /// The record that an edit is about: of several, the one named after the conflict.
  private func recordToEdit(_ word: String?) throws -> RecordKey {
    let records = conflict.conflict.records
    if let word {
      guard conflict.conflict.kind == .unique else { throw RecordError.needlessSide(word) }
      let (index, _) = try conflict.side(named: word)
      if let key = conflict.record(ofSideAt: index) { return key }
    }
    let last = conflict.conflict.kind == .unique ? records.last : records.first
    guard let key = last else { throw RecordError.noSuchConflict(conflict.shortID) }
    return key
  }

  private func state() throws -> RecordState {
    guard let key = conflict.record else {
      throw RecordError.noSuchConflict(conflict.shortID)
    }
    return try state(of: key)
  }

  private func state(of key: RecordKey) throws -> RecordState {
    guard let state = try view.snapshot.record(key.kind, key.id) else {
      throw RecordError.noSuchConflict(conflict.shortID)
    }
    return state
  }

  private func name(of key: RecordKey) throws -> String {
    guard let entity = view.catalog[key.kind] else { return key.id.description }
    return try view.lookup.record(key.id, of: entity)?.name ?? key.id.description
  }

  private func sideTexts(_ isKept: (ConflictSide) -> Bool) throws -> [String] {
    try conflict.conflict.sides.filter(isKept).map {
      let what =
        switch $0.act {
        case .deleted: "delete"
        case .edited: "edit"
        case nil: try conflict.text(of: $0)
        }
      return "\(try view.authorName($0.member))'s \(TextWidth.cut(what, to: Self.textLengthMax))"
    }
  }

  private func bytes(of id: ConflictID) -> [UInt8] {
    (0..<16).reversed().map { UInt8(truncatingIfNeeded: id.rawValue >> UInt128(8 * $0)) }
  }

  private var fieldName: String { conflict.conflict.field ?? "" }

  private func refusal(_ verb: String, instead: String) -> RecordError {
    .notForThisConflict(
      command: "conflict \(verb)", kind: conflict.conflict.kind.word, instead: instead)
  }

  private var repair: String { "conflict repair \(conflict.shortID) 1" }

  /// A fork is settled as soon as it is known.
  private func needless(_ verb: String) -> RecordError {
    refusal(verb, instead: "conflict show \(conflict.shortID)")
  }

  private func settled(_ outcome: String, kept: [String]) -> SettledConflict {
    SettledConflict(
      id: conflict.fullID, shortID: conflict.shortID, outcome: outcome, kept: kept)
  }
}
