package import CRDTCore
package import ReplicaStore
package import TestSupport

/// An author with a key in the roster who tells different nodes different continuations of one log.
package final class Equivocator {
  /// The last entry of a log that a node holds.
  private struct Tip: LogEnd {
    let dot: Dot
    let hash: EntryHash
    let path: Set<EntryHash>
  }

  /// What it writes: on what is known, by the names that it has for the entries of that.
  package typealias Drawing = (
    _ known: [OracleEntry], _ names: [EntryHash: Dot], _ random: inout SplitMix64
  ) -> Payload

  private let scribe: Scribe
  private var own: [HandEntry] = []

  /// Makes an author who has written nothing yet.
  package init(key: SimulatedKey, member: MemberID, founding: Founding) {
    scribe = Scribe(key: key, nonce: 7, member: member, founding: founding)
  }

  /// Goes on from anywhere in its log, with all that some node holds, and tells that node.
  package func tell(
    _ replica: Replica, using random: inout SplitMix64, at time: UInt64? = nil,
    drawing payload: Drawing
  ) throws {
    let held = try replica.read {
      try EntryCollector($0, workspace: replica.workspace).entries.map(\.entry)
    }
    let hashes = Set(held.map(\.hash))
    let there = own.filter { hashes.contains($0.hash) }
    var previous = there.last
    if random.chance(40), !there.isEmpty { previous = random.choice(there) }
    if random.chance(10) { previous = nil }
    // Often it says once more something else in the place where it said its last.
    if random.chance(35), let last = own.last {
      previous = there.first { $0.hash == last.header.previous }
    }
    let before = (previous?.past ?? []).union(previous?.path ?? [])
    let seen = tips(of: held).filter { !before.contains($0.hash) }
    let past = seen.reduce(into: before) { $0.formUnion($1.path) }
    let known = held.filter { past.contains($0.hash) }
    let names = Oracle(
      entries: known, schema: replica.schema, founder: try replica.founding().key
    ).names
    let least = (previous?.header.time.wallMilliseconds ?? Scribe.start) + 1_000
    let entry = try scribe.entry(
      after: previous, seeing: seen, at: time.map { max($0, least) },
      payload(known, names, &random))
    guard !own.contains(where: { $0.hash == entry.hash }) else { return }
    _ = try replica.apply(entry.batch())
    own.append(entry)
  }

  /// The last entries of the others' logs.
  private func tips(of held: [OracleEntry]) -> [Tip] {
    let others = held.filter { $0.dot.replica != scribe.origin.replica }
    let followed = Set(others.map(\.previous))
    let previous = others.reduce(into: [:]) { $0[$1.hash] = $1.previous }
    return others.filter { !followed.contains($0.hash) }.map { last in
      var path: Set<EntryHash> = []
      var next: EntryHash? = last.hash
      while let hash = next, previous[hash] != nil {
        path.insert(hash)
        next = previous[hash]
      }
      return Tip(dot: last.dot, hash: last.hash, path: path)
    }
  }
}

extension Equivocator {
  /// An edit or deletion of something that somebody has written, with all of its writes replaced.
  static func edit(
    of known: [OracleEntry], by names: [EntryHash: Dot], using random: inout SplitMix64
  ) -> Payload {
    var draft = PayloadDraft()
    for _ in 0..<4 {
      guard let payload = random.choice(known).payload, !payload.records.isEmpty else { continue }
      let edit = random.choice(payload.records)
      let write = random.choice(Array(payload.writes[edit.writes]))
      guard let kind = payload.name(edit.kind), kind != "member", kind != "node",
        let field = payload.name(write.field)
      else { continue }
      let record = RecordKey(kind: kind, id: edit.id)
      func writers(of field: String?) -> [Dot] {
        known.filter { $0.writes(to: record, field) }.compactMap { names[$0.hash] }
      }
      if random.chance(20) {
        draft.write(
          record, "", .delete(seen: writers(of: nil).sorted()), replacing: writers(of: ""))
      } else if case .register(.text) = write.change {
        let text = Value.text("told \(random.next() % 100)")
        draft.write(record, field, .register(text), replacing: writers(of: field))
      }
    }
    return draft.payload
  }
}

extension OracleEntry {
  /// Whether it writes to a field of a record; to the record at all, if the field is `nil`.
  fileprivate func writes(to record: RecordKey, _ field: String?) -> Bool {
    guard let payload else { return false }
    return payload.records.contains { edit in
      edit.id == record.id && payload.name(edit.kind) == record.kind
        && (field == nil
          || payload.writes[edit.writes].contains { payload.name($0.field) == field })
    }
  }
}
