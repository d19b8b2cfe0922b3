package import CRDTCore
import GRDB

/// The fields that the workspace has added to the catalogue's.
///
/// Each is a record whose id is derived from its kind and key, so which fields there are is a function of
/// the entries that count. A deleted definition keeps its column: whoever restores it finds what was said.
package struct OwnFields: Hashable, Sendable {
  /// The kind of the records; schemas without it have no fields but their own.
  package static let kind = "own_field"
  /// Its field that says which kind of record has the field.
  package static let subject = "kind"
  /// Its field that names the field within its kind: `renewal_risk`.
  package static let key = "key"
  /// Its field that says what the values are: the word of an ``OwnFieldType``.
  package static let type = "type"
  /// What the stable name of every own field begins with, and no other's does, now or later.
  package static let prefix = "own_"
  /// How many one kind can have; of more, those with the least ids count.
  package static let countMax = 200

  private static let keyLengthMax = 40

  /// By kind and key.
  private var types: [String: [String: OwnFieldType]] = [:]

  /// No field was added.
  init() {}

  /// The fields of the records that are held.
  init(in database: Database, layout: Layout) throws {
    guard let kind = layout[Self.kind], let subject = kind[Self.subject], let key = kind[Self.key],
      let type = kind[Self.type]
    else { return }
    let columns = [subject, key, type].map { $0.columns[0] }
    let selection = try Statement(
      cached: "SELECT id, \(columns.joined(separator: ", ")) FROM \(kind.table) ORDER BY id",
      in: database)
    defer { selection.reset() }
    while try selection.step() {
      let (subject, key) = (selection.text(1), selection.text(2))
      // A record under another id adds nothing, or nodes would differ in which of two counts.
      guard selection.number(0) == Self.record(of: subject, key: key).rawValue,
        let type = OwnFieldType(selection.text(3)), Self.isKey(key),
        let schema = layout.base[subject], Self.allows(schema),
        schema[Self.name(of: key)] == nil, types[subject, default: [:]].count < Self.countMax
      else { continue }
      types[subject, default: [:]][key] = type
    }
  }

  /// The record that defines a field.
  package static func record(of kind: String, key: String) -> RecordID {
    RecordID(derivedFrom: Self.kind, [Array(kind.utf8), Array(key.utf8)])
  }

  /// The stable name of a field, in the log, on the wire and of the column.
  package static func name(of key: String) -> String { prefix + key }

  /// Whether a word can be a key: lower case, digits and single underscores, as names of fields are.
  ///
  /// None ends like the second column of an amount, whose column it would share.
  package static func isKey(_ word: String) -> Bool {
    guard let first = word.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first,
      word.utf8.count <= keyLengthMax, !word.hasSuffix("_"), !word.hasSuffix("_currency"),
      word != "currency", !word.contains("__")
    else { return false }
    return word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"):
        true
      case _: false
      }
    }
  }

  /// Whether fields can be added to a kind: not to those that decide who may act and what holds.
  package static func allows(_ kind: KindSchema) -> Bool {
    !RosterNames.isForAdministrators(kind.name)
  }

  /// What the values of a kind's field are; `nil` if it has none of that key.
  package func type(of key: String, in kind: String) -> OwnFieldType? { types[kind]?[key] }

  /// How many fields a kind has.
  package func count(in kind: String) -> Int { types[kind]?.count ?? 0 }

  /// The fields of a kind, in alphabetical order.
  func fields(of kind: String) -> [FieldSchema] {
    (types[kind] ?? [:]).sorted { $0.key < $1.key }.map { $1.schema(named: Self.name(of: $0)) }
  }

  /// A field and the kind that has it.
  struct Place: Hashable {
    let kind: String
    let field: FieldSchema
  }

  /// Every field with its kind.
  var places: Set<Place> {
    Set(types.keys.flatMap { kind in fields(of: kind).map { Place(kind: kind, field: $0) } })
  }
}

// MARK: - What the tables were made for

extension OwnFields {
  /// One field a line, in order: kind, key, type.
  var encoded: [UInt8] {
    let lines = types.sorted { $0.key < $1.key }.flatMap { kind, fields in
      fields.sorted { $0.key < $1.key }.map { "\(kind)\t\($0)\t\($1.word)\n" }
    }
    return Array(lines.joined().utf8)
  }

  /// Restores what ``encoded`` made, but for fields of types that only a later program knows.
  init(decoding bytes: [UInt8]) {
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "\t").map(String.init)
      guard parts.count == 3, let type = OwnFieldType(parts[2]) else { continue }
      types[parts[0], default: [:]][parts[1]] = type
    }
  }
}

extension ReplicaSchema {
  /// The schema with the fields that a workspace has added.
  func adding(_ own: OwnFields) -> ReplicaSchema {
    ReplicaSchema(
      kinds: kinds.map { kind in
        let fields = own.fields(of: kind.name)
        return fields.isEmpty
          ? kind : KindSchema(name: kind.name, fields: kind.fields + fields, owner: kind.owner)
      }, constraints: constraints)
  }
}

extension Snapshot {
  /// The fields that the workspace has added, as the tables have them.
  package var ownFields: OwnFields { layout.own }
}
