import CRDTCore
import ReplicaStore

/// Which record owns which, as what shows has it: a line belongs to the document it refers to.
struct OracleOwnership {
  /// Each owned record's owner; a record that refers to one not held is owned by nobody.
  private let owners: [RecordKey: RecordKey]

  init(_ records: [RecordKey: OracleRecord], schema: ReplicaSchema) {
    var owners: [RecordKey: RecordKey] = [:]
    for record in records.values {
      guard let kind = schema[record.key.kind], let field = kind.owner,
        case .reference(let ownerKind)? = kind[field]?.type,
        case .reference(let id)? = record.registers[field]?.value
      else { continue }
      let owner = RecordKey(kind: ownerKind, id: id)
      if records[owner] != nil { owners[record.key] = owner }
    }
    self.owners = owners
  }

  /// The owner, the owner's owner and so on; each once, should they own each other in a ring.
  private func chain(above key: RecordKey) -> [RecordKey] {
    var chain: [RecordKey] = []
    var seen: Set<RecordKey> = [key]
    var next = owners[key]
    while let owner = next, seen.insert(owner).inserted {
      chain.append(owner)
      next = owners[owner]
    }
    return chain
  }

  /// A write to a record is one to all that own it.
  func addOwnedTouches(to records: inout [RecordKey: OracleRecord]) {
    let own = records.mapValues(\.touches)
    for key in owners.keys {
      for owner in chain(above: key) {
        records[owner]?.touches.merge(own[key] ?? [:]) { $0.latest($1) }
      }
    }
  }

  /// Hides what is deleted, and what it owns with it.
  func hide(_ records: inout [RecordKey: OracleRecord]) {
    let deleted = Set(records.values.lazy.filter(\.isDeletedItself).map(\.key))
    for key in records.keys {
      records[key]?.isDeleted =
        deleted.contains(key) || chain(above: key).contains { deleted.contains($0) }
    }
  }
}
