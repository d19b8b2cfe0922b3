import CRDTCore
import CRMDomain
import ReplicaStore

/// What programs of different age know: fields and kinds are only ever added.
enum ProgramVersion {
  /// From the oldest to the newest; the one in the middle is the shipped one.
  static let schemas = [older, EntityCatalog.standard.schema, newer]

  static let novelKind = "gadget"
  static let novelField = "gadget_count"

  private static let unknownFields: [String: Set<String>] = [
    "account": ["industry", "website", "support_team"], "deal": ["amount", "products"],
    "product": ["stock"], "task": ["priority"],
  ]

  private static let older = ReplicaSchema(
    kinds: EntityCatalog.standard.schema.kinds.map { kind in
      KindSchema(
        name: kind.name,
        fields: kind.fields.filter { unknownFields[kind.name]?.contains($0.name) != true },
        owner: kind.owner)
    })

  private static let newer = ReplicaSchema(
    kinds: EntityCatalog.standard.schema.kinds.map { kind in
      guard kind.name == "account" else { return kind }
      return KindSchema(
        name: kind.name, fields: kind.fields + [FieldSchema(novelField, .integer, merge: .counter)],
        owner: kind.owner)
    } + [
      KindSchema(
        name: novelKind,
        fields: [
          FieldSchema("name", .text), FieldSchema("colours", .text, merge: .set(.addWins)),
          FieldSchema("account", .reference(to: "account")),
        ])
    ])
}

extension World {
  /// Gives a node the next program, with which it starts again.
  func upgrade(_ node: SimulatedNode) throws {
    guard node.replica != nil, let place = ProgramVersion.schemas.firstIndex(of: node.schema),
      place + 1 < ProgramVersion.schemas.count
    else { return }
    totals.fault("upgrade")
    note(node, "gets the program of version \(place + 2)")
    try kill(node)
    node.schema = ProgramVersion.schemas[place + 1]
  }

  /// Stops a node, and gives it the newest program.
  func upgradeAtOnce(_ node: SimulatedNode) throws {
    guard let newest = ProgramVersion.schemas.last, node.schema != newest else { return }
    try kill(node)
    node.schema = newest
  }
}
