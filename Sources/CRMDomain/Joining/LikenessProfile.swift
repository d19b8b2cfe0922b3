import CRDTCore
package import ReplicaStore

/// What of a record tells whether another one is the same: names, addresses, numbers.
package struct LikenessProfile: Sendable {
  /// What two records may have in common that few others have.
  enum Key: Hashable, Sendable, CaseIterable {
    case host, company, companyInPlace, email, phone, person, personAtAccount
    /// A record that was joined into both.
    case joined
  }

  let entity: Entity
  /// Per key, the values that the record has.
  private(set) var keys: [Key: Set<String>] = [:]
  /// A company's name, and without its legal form.
  private(set) var names: (full: String, company: String) = ("", "")
  /// The pairs of letters of the latter, by which similar names are known.
  private(set) var pairs: [UInt64] = []
  private(set) var place = ""
  /// A person's family name and first given name.
  private(set) var family = ""
  private(set) var given = ""
  private(set) var account: RecordID?
  /// The folded texts of the fields that the kind is looked up by, by field.
  private(set) var texts: [String: String] = [:]

  /// What a record says.
  package init(_ entity: Entity, _ state: RecordState) {
    self.init(entity, value: { state[$0] }, elements: { state.elements(of: $0) })
  }

  /// What a record is to say that is not made yet.
  package init(_ entity: Entity, _ plan: EditPlan) {
    var values: [String: Value] = [:]
    var sets: [String: [Value]] = [:]
    for change in plan.changes {
      switch change.edit {
      case .set(let value, _): values[change.field] = value
      case .insert(let value): sets[change.field, default: []].append(value)
      case .reopen, .increment, .remove: continue
      }
    }
    self.init(entity, value: { values[$0] ?? .null }, elements: { sets[$0] ?? [] })
  }

  private init(
    _ entity: Entity, value: (String) -> Value, elements: (String) -> [Value]
  ) {
    self.entity = entity
    switch entity.name {
    case "account": readAccount(value)
    case "contact": readContact(value, elements)
    case _: readTexts(value)
    }
    for case .reference(let id) in elements(JoinedRecords.field) {
      add(id.description, to: .joined)
    }
  }

  private mutating func readAccount(_ value: (String) -> Value) {
    let name = Self.text(value("name"))
    names = (LikenessText.words(name).joined(separator: " "), LikenessText.company(name))
    pairs = LikenessText.pairs(names.company)
    place = NameFolding.folded(
      StructureFormat.texts(of: value("billing_address"))["city"] ?? "")
    add(LikenessText.host(Self.text(value("website"))), to: .host)
    add(names.company, to: .company)
    if !names.company.isEmpty, !place.isEmpty {
      add(LikenessKeySQL.companyInPlace(names.company, place), to: .companyInPlace)
    }
  }

  private mutating func readContact(
    _ value: (String) -> Value, _ elements: (String) -> [Value]
  ) {
    let parts = StructureFormat.texts(of: value("name"))
    given = LikenessText.words(parts["given"] ?? "").first ?? ""
    family = LikenessText.words(parts["family"] ?? "").joined(separator: " ")
    add(LikenessText.person(parts["given"] ?? "", parts["family"] ?? ""), to: .person)
    if case .reference(let id) = value("account") {
      account = id
      if !family.isEmpty { add(LikenessKeySQL.personAtAccount(family, id), to: .personAtAccount) }
    }
    func points(_ field: String) -> [String] {
      elements(field).compactMap { StructureFormat.texts(of: $0)["value"] }
    }
    for email in [Self.text(value("primary_email"))] + points("emails") {
      add(LikenessText.email(email), to: .email)
    }
    for phone in [Self.text(value("primary_phone"))] + points("phones") {
      add(LikenessText.phone(phone), to: .phone)
    }
  }

  private mutating func readTexts(_ value: (String) -> Value) {
    for name in entity.lookupFields {
      guard let field = entity.field(named: name), !field.isSet else { continue }
      let text = NameFolding.folded(value(name).text(of: field))
      if !text.isEmpty { texts[name] = text }
    }
  }

  private mutating func add(_ text: String, to key: Key) {
    if !text.isEmpty { keys[key, default: []].insert(text) }
  }

  private static func text(_ value: Value) -> String {
    if case .text(let text) = value { text } else { "" }
  }

  func shares(_ key: Key, with other: Self) -> Bool {
    guard let own = keys[key], let theirs = other.keys[key] else { return false }
    return !own.isDisjoint(with: theirs)
  }
}
