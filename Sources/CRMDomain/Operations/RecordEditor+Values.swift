import CRDTCore
import GRDB
import ReplicaStore

extension RecordEditor {
  /// Reads one operand as a value of the field or of its part.
  func value(
    _ operand: Operand, of path: FieldPath, draft: inout EditDraft,
    in snapshot: Snapshot
  ) throws -> Value {
    let field = path.field
    switch operand {
    case .value(let value):
      guard value.isNull || path.part != nil || field.format.holds(value) else {
        throw EditError.unreadableValue(
          text: operand.text, field: field.name, example: reader.example(of: field.format))
      }
      return value
    case .text(let text):
      let text = text.trimmed
      if text.isEmpty { return .null }
      if path.part != nil { return .text(NameFolding.normalized(text)) }
      if let value = try reference(text, of: field, draft: &draft, in: snapshot) { return value }
      if let form = field.form { return try formed(text, form, field, in: snapshot) }
      if let value = try readText?(text, field) { return value }
      if let value = reader.value(of: text, as: field.format) { return value }
      throw unreadable(text, field)
    }
  }

  /// Reads a text that has to look a certain way, or the value of an address that has a kind as well.
  private func formed(
    _ text: String, _ form: TextForm, _ field: Field, in snapshot: Snapshot
  ) throws -> Value {
    let country =
      form == .phone
      ? try WorkspaceSettings.value(of: .phoneCountry, in: snapshot.database) : nil
    func canonical(_ text: String) throws -> String {
      if let canonical = form.canonical(text, country: country) { return canonical }
      throw EditError.unreadableValue(text: text, field: field.name, example: form.example)
    }
    guard case .structure(let format) = field.format else { return .text(try canonical(text)) }
    guard let value = format.value(of: text) else { throw unreadable(text, field) }
    var parts = StructureFormat.texts(of: value)
    guard let address = parts["value"] else { throw unreadable(text, field) }
    parts["value"] = try canonical(address)
    return format.value(of: parts)
  }

  private func unreadable(_ text: String, _ field: Field) -> EditError {
    let choices: [String]
    switch field.format {
    case .choice(let words): choices = words
    case .status(let machine): choices = machine.states
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .money, .reference, .anyReference, .listed, .structure:
      return .unreadableValue(
        text: text, field: field.name, example: reader.example(of: field.format))
    }
    return .unknownChoice(
      text: text, field: field.name, choices: choices,
      closest: ClosestName.of(FieldName.normalized(text), among: choices))
  }

  /// Finds the record that a text names; `nil` if the field holds no references.
  private func reference(
    _ text: String, of field: Field, draft: inout EditDraft, in snapshot: Snapshot
  ) throws -> Value? {
    switch field.format {
    case .reference(to: "stage") where draft.entity.name == "deal":
      return .reference(try stage(text, of: field, draft: draft, in: snapshot))
    case .reference(let kind):
      return .reference(
        try record(text, in: NameIndex.Scope(kind: kind), field, draft: &draft, snapshot))
    case .listed(let list):
      let scope = NameIndex.Scope(kind: "picklist", list: list)
      let id = try record(text, in: scope, field, draft: &draft, snapshot)
      try checkOffered(id, text, field, draft, in: snapshot)
      return .reference(id)
    case .anyReference:
      let words = text.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
      guard words.count == 2, let kind = catalog.kind(named: words[0])?.entity.name else {
        throw EditError.unreadableValue(
          text: text, field: field.name, example: "account:Müller GmbH")
      }
      return .reference(
        try record(words[1], in: NameIndex.Scope(kind: kind), field, draft: &draft, snapshot))
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .money, .choice, .status, .structure:
      return nil
    }
  }

  private func record(
    _ text: String, in scope: NameIndex.Scope, _ field: Field, draft: inout EditDraft,
    _ snapshot: Snapshot
  ) throws -> RecordID {
    let text = NameFolding.normalized(text)
    switch try names.match(text, in: scope, of: snapshot.database) {
    case .one(let id): return id
    case .several(let candidates):
      throw EditError.ambiguousReference(
        text: text, field: field.name, kind: scope.kind, candidates: candidates)
    case .none(let closest):
      guard catalog.entity(scope.kind).role == .list else {
        throw EditError.noSuchRecord(
          text: text, field: field.name, kind: scope.kind, closest: closest)
      }
      if field.isClosed, let list = scope.list {
        let offered = try Picklist(list, in: snapshot.database).values.filter { !$0.isRetired }
        throw EditError.unknownChoice(
          text: text, field: field.name, choices: offered.map(\.label), closest: closest)
      }
      let value = ListedValue(kind: scope.kind, list: scope.list ?? "", name: text)
      if !draft.listed.contains(where: { $0.id == value.id }) { draft.listed.append(value) }
      return value.id
    }
  }

  /// Refuses a person a list's value that was retired; records that have it keep it, and so do files.
  private func checkOffered(
    _ id: RecordID, _ text: String, _ field: Field, _ draft: EditDraft, in snapshot: Snapshot
  ) throws {
    guard mode == .person, !draft.holds(.reference(id), in: field),
      draft.state?[field.name] != .reference(id),
      try snapshot.record("picklist", id)?["retired"] == .bool(true)
    else { return }
    throw EditError.retiredValue(text: text, field: field.name)
  }

  private func stage(
    _ text: String, of field: Field, draft: EditDraft, in snapshot: Snapshot
  ) throws -> RecordID {
    let all = try stages(in: snapshot)
    var process = newDealPhase == .lead ? all.leadProcess ?? all.defaultProcess : all.defaultProcess
    if case .reference(let id) = draft["process"] { process = id }
    let choices = process.map { all.stages(of: $0) } ?? []
    if let process, let stage = all.stage(named: text, of: process) { return stage.id }
    if let id = RecordID(text), choices.contains(where: { $0.id == id }) { return id }
    throw EditError.unknownChoice(
      text: text, field: field.name, choices: choices.map(\.name),
      closest: ClosestName.of(text, among: choices.map(\.name)))
  }

  /// Refuses a value that its field never takes, whoever gives it.
  func check(_ value: Value, of field: Field, in draft: EditDraft, id: RecordID?) throws {
    if field.isRetired, mode == .person, !value.isNull {
      throw EditError.retiredField(field: field.name)
    }
    if let bounds = field.bounds, !bounds.contain(value) {
      throw EditError.outOfBounds(
        field: field.name, value: value.text(of: field), bounds: bounds)
    }
    if case .reference(let target) = value, target == id {
      throw EditError.selfReference(field: field.name, kind: draft.entity.name)
    }
  }

  /// Refuses another value for what is never changed; a write that settles a conflict may choose.
  func checkFixed(_ field: Field, in draft: EditDraft) throws {
    guard field.isFixed, let state = draft.state, !state[field.name].isNull,
      state.basis.heads[field.name]?.count == 1
    else { return }
    throw EditError.fixedField(field: field.name, kind: draft.entity.name)
  }

  /// Fills in what goes without saying of a new record.
  func addDefaults(to draft: inout EditDraft, in snapshot: Snapshot) throws {
    let entity = draft.entity
    for field in entity.fields {
      if case .status(let machine) = field.format, draft.values[field.name] == nil {
        draft.values[field.name] = .text(machine.initial)
      }
    }
    if entity.name == "user", draft.values["active"] == nil { draft.values["active"] = .bool(true) }
    if entity.name == "deal" {
      let stages = try stages(in: snapshot)
      addStart(of: newDealPhase, to: &draft, stages)
      if draft["process"].isNull, let process = stages.defaultProcess {
        draft.values["process"] = .reference(process)
      }
      if draft["stage"].isNull { try addFirstStage(to: &draft, in: snapshot) }
      if mode == .person { try addNumber(to: &draft, in: snapshot) }
      nameByWhoAsks(&draft)
      try route(&draft, in: snapshot)
    }
    if mode == .person, Self.ownedByCreator.contains(entity.name), draft["owner"].isNull,
      draft["routed_by"].isNull, let actingUser
    {
      draft.values["owner"] = .reference(actingUser)
    }
  }

  /// The kinds whose records belong to whoever makes them, unless told otherwise.
  private static let ownedByCreator: Set<String> = [
    "account", "contact", "deal", "engagement", "task", "event", "case", "question", "commitment",
  ]

  /// Puts the deal into its process's first stage.
  private func addFirstStage(to draft: inout EditDraft, in snapshot: Snapshot) throws {
    guard case .reference(let process) = draft["process"],
      let first = try stages(in: snapshot).stages(of: process).first
    else { return }
    draft.values["stage"] = .reference(first.id)
  }

  /// Refuses a record that would have no name, or lack what its kind must have.
  func checkPresence(in draft: EditDraft) throws {
    let entity = draft.entity
    let isNew = draft.state == nil
    var missing = entity.fields.filter {
      $0.isRequired && (mode == .person || !$0.isOwn) && draft.isEmpty($0)
        && (isNew || draft.speaks(of: $0))
    }.map(\.name)
    let namesSpokenOf = entity.nameFields.contains { draft.values[$0] != nil }
    if entity.role != .system, entity.needsName, isNew || namesSpokenOf,
      entity.nameFields.allSatisfy({ draft[$0].isNull })
    {
      missing.insert(entity.nameFields[0], at: 0)
    }
    guard missing.isEmpty else { throw EditError.missingFields(missing, entity: entity.name) }
  }

  /// Refuses a value that another live record has here; after a merge it would be a conflict.
  func checkUnique(
    _ value: Value, _ field: Field, _ entity: Entity, id: RecordID?, in snapshot: Snapshot
  ) throws {
    guard case .text(let text) = value else { return }
    let statement = try snapshot.database.cachedStatement(
      sql: """
        SELECT id FROM \(SQL.name(entity.name))
        WHERE \(SQL.name(field.name)) = ? AND _hidden IS NULL ORDER BY id
        """)
    let holders = try DatabaseValue.fetchAll(statement, arguments: [text]).compactMap {
      RecordID($0)
    }
    guard let holder = holders.first(where: { $0 != id }) else { return }
    let names = RecordNames(catalog, in: snapshot.database)
    let reference = try names.reference(
      holder, of: Field(entity.name, .reference(to: entity.name), .latest, ""))
    throw EditError.notUnique(field: field.name, value: text, holder: reference.text)
  }
}

extension FieldFormat {
  /// Whether a ready value is one of the format.
  func holds(_ value: Value) -> Bool {
    switch self {
    case .choice(let choices):
      if case .text(let text) = value { choices.contains(text) } else { false }
    case .status(let machine):
      if case .text(let text) = value { machine.states.contains(text) } else { false }
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .money, .reference, .anyReference, .listed, .structure:
      type.holds(value)
    }
  }
}

extension FieldType {
  /// Whether a column of the type takes the value.
  fileprivate func holds(_ value: Value) -> Bool {
    switch value {
    case .bool: self == .bool
    case .integer: self == .integer
    case .decimal: self == .decimal
    case .text: self == .text
    case .bytes: self == .bytes
    case .date: self == .date
    case .instant: self == .instant
    case .reference: if case .reference = self { true } else { false }
    case .money: self == .money
    case .structure: self == .structure
    case .null, .unknown: false
    }
  }
}
