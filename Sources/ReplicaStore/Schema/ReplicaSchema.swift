package import CRDTCore

/// What the catalogue asks the store for: kinds of records and their fields.
///
/// Schemas only grow between versions of the program: kinds and fields are added, never removed,
/// renamed or given another type.
package struct ReplicaSchema: Hashable, Sendable {
  /// The kinds, in the catalogue's order.
  package let kinds: [KindSchema]
  /// What has to hold between records; of kinds and fields that are not there nothing has to.
  package let constraints: [Constraint]
  private let indexes: [String: Int]

  /// Creates a schema.
  ///
  /// - Precondition: Names are distinct.
  package init(kinds: [KindSchema], constraints: [Constraint] = []) {
    self.kinds = kinds
    self.constraints = constraints
    indexes = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1.name, $0) })
  }

  /// The kind of that name.
  package subscript(name: String) -> KindSchema? { indexes[name].map { kinds[$0] } }

  /// The kind's place in ``kinds``.
  func index(of name: String) -> Int? { indexes[name] }
}

/// One kind of record: one typed table.
package struct KindSchema: Hashable, Sendable {
  /// The stable name, in the log, on the wire and of the table: `deal`.
  package let name: String
  /// The fields, in the catalogue's order.
  package let fields: [FieldSchema]
  /// The field that refers to the record that owns this one, for kinds that are lines of another's
  /// document; such records are hidden with their owner.
  package let owner: String?
  private let indexes: [String: Int]

  /// Creates a kind.
  ///
  /// - Precondition: Names are distinct lower-case words with underscores that do not begin with one.
  package init(name: String, fields: [FieldSchema], owner: String? = nil) {
    self.name = name
    self.fields = fields
    self.owner = owner
    indexes = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) })
  }

  /// The field of that name.
  package subscript(name: String) -> FieldSchema? { indexes[name].map { fields[$0] } }

  /// The field's place in ``fields``.
  func index(of name: String) -> Int? { indexes[name] }
}

/// One field of a kind.
package struct FieldSchema: Hashable, Sendable {
  /// The stable name, in the log, on the wire and of the column: `target_close`.
  package let name: String
  /// What its values are; of a set, its elements; of a counter, ``FieldType/integer``.
  package let type: FieldType
  /// How concurrent writes merge.
  package let merge: FieldMerge
  /// Whether two live records with the same value are a conflict.
  package let isUnique: Bool
  /// Whether the column has an index, for look-ups and sorting.
  ///
  /// Unique fields and owners always have one.
  package let isIndexed: Bool

  /// Creates a field.
  package init(
    _ name: String, _ type: FieldType, merge: FieldMerge = .register(.lastWriter, .review),
    isUnique: Bool = false, isIndexed: Bool = false
  ) {
    self.name = name
    self.type = type
    self.merge = merge
    self.isUnique = isUnique
    self.isIndexed = isIndexed
  }
}

/// The type of a field's values, and so of its columns.
package enum FieldType: Hashable, Sendable {
  /// INTEGER, 0 or 1.
  case bool
  /// INTEGER.
  case integer
  /// TEXT, the exact digits: `12.50`.
  case decimal
  /// TEXT.
  case text
  /// BLOB.
  case bytes
  /// TEXT: `2026-03-13`.
  case date
  /// INTEGER, milliseconds since 1970.
  case instant
  /// BLOB, the id of a record of that kind.
  case reference(to: String)
  /// INTEGER, minor units; a second column `NAME_currency` holds the code.
  case money
  /// TEXT, a JSON object of the parts.
  case structure
}

/// How concurrent writes of a field merge, and whether a person must look at what the rule chose.
package enum FieldMerge: Hashable, Sendable {
  /// A register: which head shows, and whether that settles it.
  case register(MergePolicy, ConflictRule)
  /// A counter.
  case counter
  /// A set.
  case set(SetPolicy)
}

/// What differing heads of a register mean for people.
package enum ConflictRule: Hashable, Sendable {
  /// The policy's choice shows, and a person confirms or changes it.
  case review
  /// As ``review``; besides, actions that use the field wait for the person.
  case hold
  /// The policy's choice stands; the conflict is listed as settled by rule.
  case automatic
}

extension ReplicaSchema {
  /// A digest of every kind and field: equal for programs that know the same ones in the same way.
  package var digest: EntryHash {
    var writer = ByteWriter()
    for kind in kinds.sorted(by: { $0.name < $1.name }) {
      writer.write(text: "\(kind.name) \(kind.owner ?? "")")
      for field in kind.fields.sorted(by: { $0.name < $1.name }) {
        writer.write(
          text: "\(field.name) \(field.type) \(field.merge) \(field.isUnique) \(field.isIndexed)")
      }
    }
    return Digests.digest(tag: "kith/schema/1", [writer.bytes])
  }
}
