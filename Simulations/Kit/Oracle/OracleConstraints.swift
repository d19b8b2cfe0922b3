import CRDTCore
import ReplicaStore

/// Finds what has to hold between records and does not, as docs/conflicts.md has it.
struct OracleConstraints {
  private let records: [RecordKey: OracleRecord]
  private let live: [String: [OracleRecord]]
  private let schema: ReplicaSchema

  init(records: [RecordKey: OracleRecord], schema: ReplicaSchema) {
    self.records = records
    self.schema = schema
    live = Dictionary(grouping: records.values.filter { !$0.isDeleted }, by: \.key.kind)
      .mapValues { $0.sorted { $0.key.id < $1.key.id } }
  }

  var broken: [OracleConflict] {
    schema.constraints.flatMap { constraint -> [OracleConflict] in
      guard schema[constraint.kind]?[constraint.field] != nil else { return [] }
      switch constraint.rule {
      case .acyclic: return rings(constraint)
      case .single: return several(constraint)
      case .total(let total, let per): return totals(constraint, total, per: per)
      case .living: return dangling(constraint)
      case .current(let unless): return retired(constraint, unless: unless)
      case .backed(let except, let path, let field, let value):
        return unbacked(constraint, except: except, path: path, field, value)
      }
    }
  }

  private func all(_ constraint: Constraint) -> [OracleRecord] { live[constraint.kind] ?? [] }

  private func conflict(
    _ constraint: Constraint, _ keys: [RecordKey], _ sides: [OracleConflict.Side?]
  ) -> OracleConflict {
    OracleConflict(
      constraint.conflict,
      madeOf: [Array(constraint.name.utf8)] + keys.map(\.id.rawValue.bigEndianBytes),
      records: keys, field: constraint.field, sides: sides.compactMap(\.self).inOrder,
      constraint: constraint)
  }

  /// The record that a field refers to, if it is held: live or deleted.
  private func target(_ record: OracleRecord, _ field: String) -> OracleRecord? {
    guard case .reference(let kind)? = schema[record.key.kind]?[field]?.type,
      case .reference(let id)? = record.registers[field]?.value
    else { return nil }
    return records[RecordKey(kind: kind, id: id)]
  }

  /// Walks from every record as far as there are records: who comes back is in a ring.
  private func rings(_ constraint: Constraint) -> [OracleConflict] {
    var rings: [OracleConflict] = []
    for start in all(constraint) {
      var ring = [start]
      while let next = target(ring[ring.count - 1], constraint.field), !next.isDeleted,
        ring.count <= all(constraint).count
      {
        if next.key == start.key {
          // Of a ring that is found from each of its records, the first is the least.
          if ring.allSatisfy({ start.key.id <= $0.key.id }) {
            rings.append(
              conflict(constraint, ring.map(\.key), ring.map { $0.side(of: constraint.field) }))
          }
          break
        }
        ring.append(next)
      }
    }
    return rings
  }

  private func several(_ constraint: Constraint) -> [OracleConflict] {
    let saying = all(constraint).filter { $0.registers[constraint.field]?.value == .bool(true) }
    guard saying.count > 1 else { return [] }
    return [conflict(constraint, saying.map(\.key), saying.map { $0.side(of: constraint.field) })]
  }

  private func totals(
    _ constraint: Constraint, _ total: Int64, per: String
  ) -> [OracleConflict] {
    guard case .reference(let kind)? = schema[constraint.kind]?[per]?.type else { return [] }
    let groups = Dictionary(grouping: all(constraint)) { $0.registers[per]?.value ?? .null }
    return groups.compactMap { owner, shares in
      guard case .reference(let id) = owner else { return nil }
      let sum = shares.reduce(Int128(0)) { $0 + $1.billionths(of: constraint.field) }
      guard sum != Int128(total) * 1_000_000_000 else { return nil }
      return conflict(
        constraint, [RecordKey(kind: kind, id: id)] + shares.map(\.key),
        shares.map { $0.side(of: constraint.field) })
    }
  }

  private func dangling(_ constraint: Constraint) -> [OracleConflict] {
    all(constraint).compactMap { record in
      guard let target = target(record, constraint.field), target.isDeleted else { return nil }
      let deletions = target.deletes.map {
        OracleConflict.Side($0.stamp, $0.member, act: .deleted, isShowing: true)
      }
      return conflict(
        constraint, [record.key, target.key], [record.side(of: constraint.field)] + deletions)
    }
  }

  private func retired(_ constraint: Constraint, unless: String) -> [OracleConflict] {
    all(constraint).compactMap { record in
      guard let target = target(record, constraint.field), !target.isDeleted,
        let value = target.registers[unless]?.value, !value.isNull
      else { return nil }
      return conflict(
        constraint, [record.key, target.key],
        [record.side(of: constraint.field), target.side(of: unless)])
    }
  }

  private func unbacked(
    _ constraint: Constraint, except: String, path: [String], _ field: String, _ value: String
  ) -> [OracleConflict] {
    all(constraint).compactMap { record in
      guard case .text(let state)? = record.registers[constraint.field]?.value, state != except
      else { return nil }
      var way = [record]
      for name in path {
        guard let next = target(way[way.count - 1], name), !next.isDeleted else { return nil }
        way.append(next)
      }
      guard case .text(let said)? = way[path.count].registers[field]?.value, said != value
      else { return nil }
      return conflict(
        constraint, way.map(\.key),
        [record.side(of: constraint.field), way[path.count - 1].side(of: path[path.count - 1])])
    }
  }
}

extension OracleRecord {
  /// What a register shows, and who wrote it.
  func side(of field: String) -> OracleConflict.Side? {
    guard let register = registers[field], let shown = register.shown else { return nil }
    return OracleConflict.Side(
      shown.stamp, shown.member, value: register.value,
      at: ConflictPlace(record: key, field: field), isShowing: true)
  }

  fileprivate func billionths(of field: String) -> Int128 {
    switch registers[field]?.value {
    case .integer(let number): return Int128(number) * 1_000_000_000
    case .decimal(let number):
      var value = Int128(number.mantissa)
      for _ in number.scale..<9 { value *= 10 }
      return value
    case _: return 0
    }
  }
}
