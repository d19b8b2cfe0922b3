import ReplicaStore

/// One kind of record, as the catalogue declares it.
package struct Entity: Hashable, Sendable {
  /// Who makes and sees records of a kind.
  package enum Role: Hashable, Sendable {
    /// People's own records.
    case business
    /// Entries of small lists, made on demand when somebody names a new one.
    case list
    /// What the program keeps for itself and shows through commands of their own.
    case system
  }

  /// A word for some records of a kind: a `lead` is a deal in a stage of the phase lead.
  package struct Subtype: Hashable, Sendable {
    /// The word, in the singular.
    package let word: String
    /// The word for several.
    package let plural: String
    /// The field path that tells them apart.
    package let path: [String]
    /// What it equals.
    package let value: String
  }

  /// The stable name, in the log, on the wire and of the table: `deal`.
  package let name: String
  /// What short ids of this kind begin with; `nil` where they are written `kind:id`.
  package let letter: Character?
  /// The word for several.
  package let plural: String
  /// Other words that people may type for it, singular and plural.
  package let aliases: [String]
  /// Words for some of its records.
  package let subtypes: [Subtype]
  /// One sentence on what its records are.
  package let help: String
  /// Who makes and sees its records.
  package let role: Role
  /// The fields, the common ones last.
  package let fields: [Field]
  /// The fields that name a record to people; the first that is not empty does.
  package let nameFields: [String]
  /// Whether a new record has to have a name.
  let needsName: Bool
  /// The fields by whose values a person may refer to a record.
  package let lookupFields: [String]
  /// What a list shows unless told otherwise.
  package let columns: [String]
  /// The field whose values are the columns of a board.
  package let boardField: String?
  /// The field by which lists order records of this kind, in place of their names.
  package let orderField: String?
  /// Whether its records are never deleted: what was said and promised is corrected, not taken away.
  package let isKept: Bool
  /// Words for parts of structured fields: `city` is `billing_address.city`.
  package let shortcuts: [String: [String]]
  /// The field that refers to the record that each of its records is a part of; `nil` for records that stand
  /// alone.
  package let ownedBy: String?
  private let indexes: [String: Int]

  init(
    _ name: String, letter: Character? = nil, plural: String, aliases: [String] = [],
    subtypes: [Subtype] = [], role: Role = .business, _ help: String,
    names nameFields: [String] = ["name"], needsName: Bool = true,
    alsoFoundBy lookupFields: [String] = [],
    columns: [String], board boardField: String? = nil, order orderField: String? = nil,
    isKept: Bool = false, shortcuts: [String: [String]] = [:], ownedBy: String? = nil,
    fields: [Field]
  ) {
    self.name = name
    self.letter = letter
    self.plural = plural
    self.aliases = aliases
    self.subtypes = subtypes
    self.role = role
    self.help = help
    self.nameFields = nameFields
    self.needsName = needsName
    self.lookupFields = nameFields + lookupFields
    self.columns = columns
    self.boardField = boardField
    self.orderField = orderField
    self.isKept = isKept
    self.shortcuts = shortcuts
    self.ownedBy = ownedBy
    self.fields = fields
    // A field's own name comes before another's alias, and the earlier field before the later one.
    var indexes: [String: Int] = [:]
    for (index, field) in fields.enumerated() { indexes[field.name] = index }
    for (index, field) in fields.enumerated() {
      for alias in field.aliases where indexes[alias] == nil { indexes[alias] = index }
    }
    self.indexes = indexes
  }

  /// The kind with further fields, which come after its own in every question of names.
  func adding(_ further: [Field]) -> Entity {
    Entity(
      name, letter: letter, plural: plural, aliases: aliases, subtypes: subtypes, role: role, help,
      names: nameFields, needsName: needsName,
      alsoFoundBy: Array(lookupFields.dropFirst(nameFields.count)), columns: columns,
      board: boardField, order: orderField, isKept: isKept, shortcuts: shortcuts,
      ownedBy: ownedBy, fields: fields + further)
  }

  /// The field that a word names: by name, label or alias, whatever its case.
  package func field(named word: some StringProtocol) -> Field? {
    if let index = indexes[String(word)] { return fields[index] }
    return indexes[FieldName.normalized(word)].map { fields[$0] }
  }

  /// What people type for a field: its name, or an own field's key if that leads to it.
  package func word(for field: Field) -> String {
    guard field.isOwn, let key = field.aliases.first, self.field(named: key) == field else {
      return field.name
    }
    return key
  }

  /// The place of a field among ``fields``, by its name.
  func index(of name: String) -> Int? { indexes[name] }

  /// The name nearest to a word that names no field.
  package func closestField(to word: String) -> String? {
    ClosestName.of(
      FieldName.normalized(word),
      among: fields.map(\.name) + fields.flatMap(\.aliases) + shortcuts.keys.sorted())
  }

  /// What the store makes of it.
  var schema: KindSchema {
    KindSchema(name: name, fields: fields.map(\.schema), owner: ownedBy)
  }
}

extension Entity {
  /// The fields that every business record of a kind has.
  ///
  /// Some kinds have words of their own for the owner.
  static func commonFields(of kind: String, ownerAliases: [String] = []) -> [Field] {
    [
      Field(
        "owner", .reference(to: "user"), .held, "Who answers for the record.",
        aliases: ["responsible"] + ownerAliases),
      Field(
        "teams", .reference(to: "team"), .elements, "The teams that work with it.",
        aliases: ["team"]),
      Field("region", .reference(to: "region"), .latest, "The region it belongs to."),
      Field(
        "labels", .reference(to: "label"), .elements, "Labels put on it.",
        aliases: ["label", "tags", "tag"]),
      Field(
        "external_ids", .text, .elements, "Its ids in other systems, each as `system:id`.",
        aliases: ["external_id"]),
      Field(
        "links", .anyReference, .elements, "Other records it has to do with.", aliases: ["link"]),
      Field("archived", .bool, .latest, "Whether it is out of the default lists."),
      Field(
        "merged_into", .reference(to: kind), .latest,
        "Nothing by now: a record that took another's place says so itself, in `stands_for`."),
    ]
  }

  /// The field of kinds of which two records may turn out to be one.
  static func joinedField(of kind: String) -> Field {
    Field(
      JoinedRecords.field, .reference(to: kind), .elements,
      "The records that were one with it and have been joined into it.")
  }

  /// Whether two of its records may turn out to be one, and be joined.
  package var isJoinable: Bool { field(named: JoinedRecords.field) != nil }
}
