import CRDTCore

/// Where the schema's kinds and fields live in the file: tables, columns, numbers.
struct Layout: Sendable {
  /// What the program's catalogue asks for.
  let base: ReplicaSchema
  /// What the workspace has added to it.
  let own: OwnFields
  let kinds: [KindLayout]
  let constraints: [Constraint]
  private let byStatic: [Int?]
  private let byName: [String: Int]
  private let owned: [[(child: KindLayout, owner: FieldLayout)]]

  /// Lays a schema out.
  ///
  /// `numbers` has the persistent number of each `KIND.FIELD`, which packed stamps use.
  init(_ base: ReplicaSchema, adding own: OwnFields = OwnFields(), numbers: [String: Int]) {
    self.base = base
    self.own = own
    let schema = base.adding(own)
    let kinds = schema.kinds.enumerated().map { KindLayout($1, index: $0, numbers: numbers) }
    self.kinds = kinds
    constraints = schema.constraints
    owned = kinds.map { kind in
      kinds.compactMap { child in
        child.owner.flatMap { $0.schema.type == .reference(to: kind.name) ? (child, $0) : nil }
      }
    }
    byName = Dictionary(uniqueKeysWithValues: schema.kinds.enumerated().map { ($1.name, $0) })
    byStatic = NameTable.names.map { [byName] in byName[$0] }
  }

  /// The kind that a payload refers to; `nil` if this program does not know it.
  func kind(_ reference: NameReference, in payload: Payload) -> KindLayout? {
    if let index = reference.staticIndex { return byStatic[index].map { kinds[$0] } }
    return payload.name(reference).flatMap { self[$0] }
  }

  /// The kind of that name.
  subscript(name: String) -> KindLayout? { byName[name].map { kinds[$0] } }

  /// The kinds whose records a kind's records own, each with the field that refers to the owner.
  func kindsOwned(by kind: KindLayout) -> [(child: KindLayout, owner: FieldLayout)] {
    owned[kind.index]
  }
}

/// One kind's table.
final class KindLayout: Sendable {
  let schema: KindSchema
  /// The kind's place in the layout.
  let index: Int
  let fields: [FieldLayout]
  /// How entries refer to the kind without spelling it out.
  let reference: NameReference?
  /// Whether records of the kind belong to an owner.
  let isOwned: Bool
  /// Whether records of the kind decide who may act.
  let isRoster: Bool
  /// Whether records of the kind set rules for fields.
  let isPolicy: Bool
  /// Whether records of the kind add fields.
  let definesFields: Bool
  private let byStatic: [Int?]

  init(_ schema: KindSchema, index: Int, numbers: [String: Int]) {
    self.schema = schema
    self.index = index
    fields = schema.fields.enumerated().map {
      FieldLayout(
        $1, index: $0, kind: schema.name, number: numbers["\(schema.name).\($1.name)"] ?? 0)
    }
    isOwned = schema.owner != nil
    isRoster = RosterNames.isRoster(schema.name)
    isPolicy = schema.name == ConflictPolicies.kind
    definesFields = schema.name == OwnFields.kind
    byStatic = NameTable.names.map { schema.index(of: $0) }
    reference = NameTable.indexes[schema.name].map(NameReference.init(staticIndex:))
  }

  var name: String { schema.name }
  var table: String { quoted(schema.name) }

  /// The field that a payload refers to; `nil` if this program does not know it.
  func field(_ reference: NameReference, in payload: Payload) -> FieldLayout? {
    if let index = reference.staticIndex { return byStatic[index].map { fields[$0] } }
    return payload.name(reference).flatMap { self[$0] }
  }

  subscript(name: String) -> FieldLayout? { schema.index(of: name).map { fields[$0] } }

  /// The field of that name; the one behind `previous` is tried first, since callers mostly keep to
  /// the schema's order.
  func field(_ name: String, after previous: FieldLayout?) -> FieldLayout? {
    let next = previous.map { $0.index + 1 } ?? 0
    return next < fields.count && fields[next].name == name ? fields[next] : self[name]
  }

  func field(number: Int) -> FieldLayout? { fields.first { $0.number == number } }

  /// The field that refers to the owner, if records of this kind are owned.
  var owner: FieldLayout? { schema.owner.flatMap { self[$0] } }
}

/// One field's columns, or its table if it is a set.
final class FieldLayout: Sendable {
  let schema: FieldSchema
  /// The field's place in its kind.
  let index: Int
  /// The field's persistent number in packed stamps.
  let number: Int
  /// The columns; none of a set.
  let columns: [String]
  /// The set's table, quoted; `nil` unless the field is a set.
  let setTable: String?
  /// How entries refer to the field without spelling it out.
  let reference: NameReference?

  init(_ schema: FieldSchema, index: Int, kind: String, number: Int) {
    self.schema = schema
    self.index = index
    self.number = number
    reference = NameTable.indexes[schema.name].map(NameReference.init(staticIndex:))
    switch (schema.merge, schema.type) {
    case (.set, _):
      columns = []
      setTable = quoted("\(kind)_\(schema.name)")
    case (_, .money):
      columns = [quoted(schema.name), quoted("\(schema.name)_currency")]
      setTable = nil
    case (_, _):
      columns = [quoted(schema.name)]
      setTable = nil
    }
  }

  var name: String { schema.name }

  /// Whether a write of the field fits its columns or set as it is, with nothing to merge.
  func isFresh(_ write: FieldWrite) -> Bool {
    guard write.replaces.isEmpty else { return false }
    switch (write.change, schema.merge) {
    case (.register(let value), .register):
      return !value.isNull && ColumnCodec.fits(value, schema.type)
    case (.counter, .counter): return true
    case (.element(_, true, let value), .set): return ColumnCodec.fits(value, schema.type)
    case (_, _): return false
    }
  }
}

/// A name as SQL.
func quoted(_ name: String) -> String {
  "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    + "\""
}
