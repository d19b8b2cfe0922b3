package import CRDTCore
import Foundation
package import GRDB

/// Tells what records are called; keeps what it has read for the next question.
///
/// Belongs to one snapshot.
package final class RecordNames {
  private let catalog: EntityCatalog
  private let database: Database
  private var known: [RecordID: RecordReference] = [:]
  private var knownJoins: JoinedRecords?
  /// How many names are kept; a list rarely refers to more records, and each takes some 200 bytes.
  private static let knownMax = 20_000

  package init(_ catalog: EntityCatalog, in database: Database) {
    self.catalog = catalog
    self.database = database
  }

  /// What a reference of a field leads to: of a joined record, the one that stands for it.
  package func reference(_ id: RecordID, of field: Field) throws -> RecordReference {
    let id = try field.leadsToJoined(in: catalog) ? joined().followed(id) : id
    let reference = try known[id] ?? read(id, kinds: field.target.map { [catalog.entity($0)] })
    if known.count >= Self.knownMax { known.removeAll() }
    known[id] = reference
    // Where a record says what it stands for, it goes without saying that those are deleted.
    guard field.name == JoinedRecords.field, case .deleted(let name) = reference.state else {
      return reference
    }
    return RecordReference(id: id, entity: reference.entity, state: .known(name: name))
  }

  /// Which records stand for others.
  package func joined() throws -> JoinedRecords {
    if let knownJoins { return knownJoins }
    let joins = try JoinedRecords(catalog, in: database)
    knownJoins = joins
    return joins
  }

  /// Looks for a record among some kinds, or among all.
  private func read(_ id: RecordID, kinds: [Entity]?) throws -> RecordReference {
    for entity in kinds ?? catalog.entities {
      let statement = try database.cachedStatement(
        sql: """
          SELECT \(RecordNameSQL.expression(of: entity, in: "t")), t._hidden
          FROM \(SQL.name(entity.name)) t WHERE t.id = ?
          """)
      let row = try Row.fetchOne(statement, arguments: [id.databaseValue])
      guard let row else { continue }
      return RecordReference(
        id: id, entity: entity,
        state: RecordReference.State(name: row[0], isHidden: row[1] != nil))
    }
    return RecordReference(
      id: id, entity: kinds?.count == 1 ? kinds?.first : nil, state: .unknownHere)
  }
}

extension RecordReference.State {
  /// The state of a record that is in the tables.
  init(name: String?, isHidden: Bool) {
    let name = name ?? "(no name)"
    self = isHidden ? .deleted(name: name) : .known(name: name)
  }
}

/// The SQL of what a record is called.
enum RecordNameSQL {
  /// An expression of the first of an entity's name fields that is not empty.
  static func expression(of entity: Entity, in alias: String) -> String {
    let parts = entity.nameFields.compactMap { entity.field(named: $0) }.map { field in
      "NULLIF(\(text(of: field, column: "\(alias).\(SQL.name(field.name))")), '')"
    }
    return parts.count == 1 ? parts[0] : "COALESCE(\(parts.joined(separator: ", ")))"
  }

  /// A field's text: that of a structure is put together of its parts as ``StructureFormat`` does.
  static func text(of field: Field, column: String) -> String {
    guard case .structure(let format) = field.format else { return column }
    let separator = format == .contactPoint ? ": " : " "
    let parts = format.parts.map {
      "COALESCE('\(separator)' || json_extract(\(column), '$.\($0)'), '')"
    }
    return "substr(\(parts.joined(separator: " || ")), \(separator.count + 1))"
  }
}

/// Names and values as SQL.
enum SQL {
  /// A quoted name; the catalogue's names hold no quotes.
  static func name(_ name: String) -> String { "\"\(name)\"" }

  /// So many marks of arguments: `?, ?, ?`.
  static func marks(_ count: Int) -> String {
    Array(repeating: "?", count: count).joined(separator: ", ")
  }
}

extension RecordID {
  /// The id as columns hold it.
  package var databaseValue: DatabaseValue {
    Data(rawValue.bigEndianBytes).databaseValue
  }

  /// Reads an id from a column; `nil` if it holds none.
  package init?(_ value: DatabaseValue) {
    guard case .blob(let data) = value.storage, data.count == 16 else { return nil }
    self.init(rawValue: UInt128(bigEndianBytes: data))
  }
}
