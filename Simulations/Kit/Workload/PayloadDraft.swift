package import CRDTCore
package import ReplicaStore

/// Puts a payload together in its one canonical form.
package struct PayloadDraft {
  private struct Write {
    let record: RecordKey
    let field: String
    let replaces: [Dot]
    let change: FieldWrite.Change
  }

  private var writes: [Write] = []

  package init() {}

  /// Adds a write; `field` is empty for a deletion or restoration.
  package mutating func write(
    _ record: RecordKey, _ field: String, _ change: FieldWrite.Change, replacing dots: [Dot] = []
  ) {
    writes.append(
      Write(record: record, field: field, replaces: Set(dots).sorted(), change: change))
  }

  /// The payload; of several writes at one place the first.
  package var payload: Payload {
    var payload = Payload()
    let records = Dictionary(grouping: writes) { $0.record }.map { record, writes in
      (kind: payload.reference(to: record.kind), id: record.id, writes: writes)
    }
    for (kind, id, writes) in records.sorted(by: { ($0.kind, $0.id) < ($1.kind, $1.id) }) {
      let start = payload.writes.count
      let drafted = writes.map {
        FieldWrite(
          field: payload.reference(to: $0.field), replaces: $0.replaces, change: $0.change)
      }
      for write in drafted.sorted(by: Self.precedes) {
        if start < payload.writes.count, let last = payload.writes.last, last.field == write.field,
          last.element == write.element || last.element == nil || write.element == nil
        {
          continue
        }
        payload.writes.append(write)
      }
      payload.records.append(
        RecordEdit(kind: kind, id: id, writes: start..<payload.writes.count))
    }
    return payload
  }

  private static func precedes(_ one: FieldWrite, _ other: FieldWrite) -> Bool {
    guard one.field == other.field else { return one.field < other.field }
    return (one.element?.rawValue ?? 0) < (other.element?.rawValue ?? 0)
  }
}

extension Payload {
  /// A payload of one write.
  package static func one(
    _ record: RecordKey, _ field: String, _ change: FieldWrite.Change, replacing dots: [Dot] = []
  ) -> Self {
    var draft = PayloadDraft()
    draft.write(record, field, change, replacing: dots)
    return draft.payload
  }

  fileprivate mutating func reference(to name: String) -> NameReference {
    if let index = NameTable.indexes[name] { return NameReference(staticIndex: index) }
    if let index = names.firstIndex(of: name) { return NameReference(localIndex: index) }
    names.append(name)
    return NameReference(localIndex: names.count - 1)
  }
}
