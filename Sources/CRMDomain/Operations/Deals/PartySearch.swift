import CRDTCore
import GRDB
import ReplicaStore

/// Finds the account and the contact that a lead speaks of, or says what is to be made of it.
struct PartySearch {
  let lead: RecordState
  let catalog: EntityCatalog
  let snapshot: Snapshot

  private func text(_ field: String) -> String? {
    guard case .text(let text) = lead[field], !text.trimmed.isEmpty else { return nil }
    return NameFolding.normalized(text.trimmed)
  }

  private func linked(_ field: String) -> LeadConversion.Party? {
    if case .reference(let id) = lead[field] { .linked(id) } else { nil }
  }

  // MARK: - Accounts

  func account() throws -> LeadConversion.Party {
    if let linked = linked("account") { return linked }
    guard let name = text("company_text") else { return .none }
    let scope = NameIndex.Scope(kind: "account")
    switch try NameIndex(catalog).match(name, in: scope, of: snapshot.database) {
    case .one(let id): return .matched(id)
    case .several(let candidates):
      throw EditError.ambiguousReference(
        text: name, field: "account", kind: "account", candidates: candidates)
    case .none: break
    }
    let alike = try accounts(alike: name)
    guard alike.count < 2 else {
      let names = RecordNames(catalog, in: snapshot.database)
      let field = Field("account", .reference(to: "account"), .latest, "")
      throw EditError.ambiguousReference(
        text: name, field: "account", kind: "account",
        candidates: try alike.map { try names.reference($0, of: field) })
    }
    if let id = alike.first { return .matched(id) }
    let id = DerivedRecord.id(kind: "account", field: "name", key: name)
    return try standing(id, "account")
  }

  /// Accounts whose names differ from one in legal form, punctuation, case and accents alone.
  private func accounts(alike name: String) throws -> [RecordID] {
    let key = LikenessText.company(name)
    guard let word = LikenessText.words(name).first, !key.isEmpty else { return [] }
    QueryFunctions.add(to: snapshot.database)
    let rows = try Row.fetchAll(
      snapshot.database,
      sql: """
        SELECT id, name FROM account
        WHERE _hidden IS NULL AND instr(kith_fold(name), ?) > 0 ORDER BY id
        """, arguments: [word])
    return rows.filter { LikenessText.company($0[1] ?? "") == key }
      .compactMap { RecordID($0[0] as DatabaseValue) }
  }

  var accountChanges: [FieldChange] {
    let rank = StatusMachine.account.rank(of: "prospect")
    var changes = [
      FieldChange("name", .set(.text(text("company_text") ?? ""))),
      FieldChange("status", .set(.text("prospect"), rank: rank)),
    ]
    for field in ["owner", "region", "territory"] where !lead[field].isNull {
      changes.append(FieldChange(field, .set(lead[field])))
    }
    return changes
  }

  /// A record of a derived id: there already, perhaps under another name, or to be made.
  private func standing(_ id: RecordID, _ kind: String) throws -> LeadConversion.Party {
    guard let state = try snapshot.record(kind, id) else { return .made(id) }
    guard state.isDeleted else { return .matched(id) }
    let joined = try JoinedRecords(catalog, in: snapshot.database)
    if let survivor = joined.survivor(of: id),
      try snapshot.record(kind, survivor)?.isDeleted == false
    {
      return .matched(survivor)
    }
    return .made(id)
  }

  // MARK: - Contacts

  func contact(at account: LeadConversion.Party) throws -> LeadConversion.Party {
    if let linked = linked("primary_contact") { return linked }
    guard let name = personName else { return .none }
    if let email {
      let found = try contacts(with: email)
      guard found.count < 2 else { throw try ambiguous(found, email) }
      if let id = found.first { return .matched(id) }
      return try standing(
        DerivedRecord.id(kind: "contact", field: "primary_email", key: email), "contact")
    }
    guard let account = account.id else {
      return try standing(derived([lead.id.rawValue.bigEndianBytes]), "contact")
    }
    let found = try contacts(of: account, named: name)
    guard found.count < 2 else { throw try ambiguous(found, name) }
    if let id = found.first { return .matched(id) }
    return try standing(
      derived([account.rawValue.bigEndianBytes, NameFolding.derivationKey(name)]), "contact")
  }

  private func derived(_ parts: [[UInt8]]) -> RecordID { RecordID(derivedFrom: "contact", parts) }

  /// The address that the lead gives, alone or behind the person's name: `Ute Lang <ute@acme.example>`.
  private var email: String? {
    let inText = text("contact_text").flatMap { text in
      text.split { " <>,;()".contains($0) }.map(String.init).first { $0.contains("@") }
    }
    return (text("contact_email") ?? inText).flatMap { TextForm.email.canonical($0) }
  }

  /// What the person is called; the beginning of the address where nothing else is known.
  private var personName: String? {
    let words = (text("contact_text") ?? "").split(separator: " ").filter { !$0.contains("@") }
    if !words.isEmpty { return words.joined(separator: " ") }
    return email.map { String($0.prefix { $0 != "@" }) }
  }

  private func contacts(with email: String) throws -> [RecordID] {
    try DatabaseValue.fetchAll(
      snapshot.database,
      sql: """
        SELECT id FROM contact WHERE _hidden IS NULL AND lower(primary_email) = lower(?1)
        UNION
        SELECT c.id FROM contact_emails e JOIN contact c ON c._rec = e._rec
        WHERE e.present = 1 AND c._hidden IS NULL
          AND lower(json_extract(e.value, '$.value')) = lower(?1)
        ORDER BY 1
        """, arguments: [email]
    ).compactMap { RecordID($0) }
  }

  private func contacts(of account: RecordID, named name: String) throws -> [RecordID] {
    let parts = StructureFormat.texts(of: StructureFormat.personName.value(of: name) ?? .null)
    let key = LikenessText.person(parts["given"] ?? "", parts["family"] ?? "")
    let rows = try Row.fetchAll(
      snapshot.database,
      sql: """
        SELECT id, json_extract(name, '$.given'), json_extract(name, '$.family') FROM contact
        WHERE account = ? AND _hidden IS NULL ORDER BY id
        """, arguments: [account.databaseValue])
    return rows.filter { LikenessText.person($0[1] ?? "", $0[2] ?? "") == key }
      .compactMap { RecordID($0[0] as DatabaseValue) }
  }

  private func ambiguous(_ found: [RecordID], _ text: String) throws -> EditError {
    let names = RecordNames(catalog, in: snapshot.database)
    let field = Field("contact", .reference(to: "contact"), .latest, "")
    return EditError.ambiguousReference(
      text: text, field: "contact", kind: "contact",
      candidates: try found.map { try names.reference($0, of: field) })
  }

  func contactChanges(at account: RecordID?) -> [FieldChange] {
    var changes = [
      FieldChange(
        "name", .set(StructureFormat.personName.value(of: personName ?? "") ?? .null))
    ]
    if let account { changes.append(FieldChange("account", .set(.reference(account)))) }
    if let email { changes.append(FieldChange("primary_email", .set(.text(email)))) }
    if let phone = text("contact_phone") {
      changes.append(FieldChange("primary_phone", .set(.text(phone))))
    }
    if !lead["owner"].isNull { changes.append(FieldChange("owner", .set(lead["owner"]))) }
    return changes
  }
}
