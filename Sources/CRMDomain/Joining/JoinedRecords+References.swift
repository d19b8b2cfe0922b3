package import CRDTCore
package import GRDB
package import ReplicaStore

extension JoinedRecords {
  /// How many live records of each kind refer to a record, or to what it stands for; kinds without any
  /// are left out.
  package static func referenceCounts(
    to id: RecordID, _ entity: Entity, in database: Database, _ context: QueryContext
  ) throws -> [(entity: Entity, count: Int)] {
    let operand = Operand.value(.reference(id))
    return try context.catalog.entities.filter { $0.role == .business }.compactMap { kind in
      let fields = kind.fields.filter {
        $0.name != field && ($0.target == entity.name || $0.format == .anyReference)
      }
      guard !fields.isEmpty else { return nil }
      let refers = fields.map { field in
        field.isSet
          ? Filter.has([field.name], all: false, [operand])
          : Filter.compare([field.name], .equal, operand)
      }
      let count = try GroupedCount(kind, filter: .or(refers)).total(in: database, context).count
      return count > 0 ? (kind, count) : nil
    }
  }

  /// The records that have another in their sets, whether that is deleted or not: those not deleted
  /// first, then by id.
  package static func holders(
    of id: RecordID, _ entity: Entity, in database: Database
  ) throws -> [RecordID] {
    guard entity.isJoinable else { return [] }
    return try DatabaseValue.fetchAll(
      database,
      sql: """
        SELECT t.id FROM \(SQL.name("\(entity.name)_\(field)")) e
        JOIN \(SQL.name(entity.name)) t ON t._rec = e._rec
        WHERE e.value = ? AND e.present = 1 ORDER BY t._hidden IS NOT NULL, t.id
        """, arguments: [id.databaseValue]
    ).compactMap { RecordID($0) }
  }

  /// Says of a record that is brought back that no other one stands for it any more.
  package static func release(
    _ id: RecordID, _ entity: Entity, in transaction: Transaction
  ) throws {
    for holder in try holders(of: id, entity, in: transaction.snapshot.database) {
      guard let state = try transaction.snapshot.record(entity.name, holder), !state.isDeleted
      else { continue }
      try transaction.edit(
        entity.name, holder, basis: state.basis, [FieldChange(field, .remove(.reference(id)))])
    }
  }
}
