import CRDTCore
import ReplicaStore

/// Which entries count: docs/security.md, applied to each entry's own causal past.
struct OracleTrust: Sendable {
  /// Per entry of the history why it is set aside; `nil` where it counts.
  private(set) var verdicts: [SetAsideReason?] = []

  private let history: OracleHistory
  private let writes: OracleWrites
  private let founder: NodePublicKey
  /// The node records that any write ever gave a key.
  private var nodesByKey: [[UInt8]: Set<RecordID>] = [:]

  init(_ history: OracleHistory, writes: OracleWrites, founder: NodePublicKey) {
    self.history = history
    self.writes = writes
    self.founder = founder
    for (place, writes) in writes.byPlace
    where place.record.kind == "node" && place.field == "key" {
      for case .bytes(let key) in writes.flatMap({ $0.sides ?? [] }).map(\.value) {
        nodesByKey[key, default: []].insert(place.record.id)
      }
    }
    // Per entry, the latest time on its path up to there.
    var latest: [HybridTimestamp] = []
    for (position, entry) in history.entries.enumerated() {
      let before = history.parent(of: position).map { latest[$0] }
      verdicts.append(verdict(of: entry, at: position, after: before))
      latest.append(max(before ?? entry.time, entry.time))
    }
  }

  /// Whether the write's entry counts.
  func counts(_ write: OracleWrite) -> Bool { verdicts[write.position] == nil }

  /// Whether the write's entry does not count, for another reason than that it is malformed.
  func isSetAside(_ write: OracleWrite) -> Bool {
    verdicts[write.position].map { $0 != .malformed } ?? false
  }

  /// The keys that the roster lists, as all entries together have it.
  var keys: Set<NodePublicKey> {
    let listed = nodesByKey.values.reduce(into: Set<RecordID>()) { $0.formUnion($1) }
    return listed.reduce(into: [founder]) { keys, id in
      if case .bytes(let bytes)? = agreed(.init(kind: "node", id: id), "key", in: { _ in true }),
        let key = NodePublicKey(bytes: bytes)
      {
        keys.insert(key)
      }
    }
  }

  /// Judges an entry, all of whose past has been judged.
  private func verdict(
    of entry: OracleEntry, at position: Int, after last: HybridTimestamp?
  ) -> SetAsideReason? {
    guard let payload = entry.payload, last.map({ $0 < entry.time }) ?? true,
      payload.namedDots.allSatisfy({ history.place(of: $0, asMeantBy: position) != nil })
    else { return .malformed }
    guard let role = role(at: position) else { return .unknownAuthor }
    let kinds = payload.records.map { payload.name($0.kind) }
    let isForAdministrators = !Set(kinds).isDisjoint(with: [
      "member", "node", "conflict_policy", "own_field",
    ])
    return isForAdministrators && role != .text("administrator") ? .notAdministrator : nil
  }

  private static let roles = [
    "representative", "manager", "finance", "marketing", "administrator", "auditor",
  ].map(Value.text)

  /// The role of an entry's author in the roster that the author had seen; `nil` of a stranger.
  private func role(at position: Int) -> Value? {
    guard let origin = history.origins[position] else { return nil }
    if origin.key == founder { return .text("administrator") }
    let member = RecordID(rawValue: origin.member.rawValue)
    let isPast = { (write: OracleWrite) in history.isPast(write.position, of: position) }
    let isListed = (nodesByKey[origin.key.bytes] ?? []).contains { id in
      let node = RecordKey(kind: "node", id: id)
      return agreed(node, "key", in: isPast) == .bytes(origin.key.bytes)
        && agreed(node, "member", in: isPast) == .reference(member)
    }
    let roles = said(RecordKey(kind: "member", id: member), "role", in: isPast)
    let known = roles.allSatisfy { Self.roles.contains($0) }
    // Of several, the rights that each of them grants: the administrator's only if all are his.
    return isListed && known ? roles.first { $0 != .text("administrator") } ?? roles.first : nil
  }

  /// What all heads of a roster's field say, in some past; `nil` if they differ or there are none.
  private func agreed(
    _ record: RecordKey, _ field: String, in isPast: (OracleWrite) -> Bool
  ) -> Value? {
    let values = said(record, field, in: isPast)
    return values.allSatisfy { $0 == values.first } ? values.first : nil
  }

  /// What the heads of a roster's field say, in some past.
  private func said(
    _ record: RecordKey, _ field: String, in isPast: (OracleWrite) -> Bool
  ) -> [Value] {
    // What lies in the past is judged already, and only that is asked for here.
    let heads = writes.heads(at: OraclePlace(record: record, field: field)) { write in
      write.sides != nil && isPast(write) && counts(write)
    } isSetAside: { write in
      isPast(write) && self.isSetAside(write)
    }
    return heads.flatMap { $0.sides ?? [] }.map(\.value)
  }
}
