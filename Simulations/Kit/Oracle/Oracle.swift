package import CRDTCore
package import ReplicaStore

/// The state that a set of entries has by the rules: slow, pure, and with no code of the replica's.
///
/// Everything is computed from the whole set at once, so nothing can depend on an order of arrival.
/// It follows docs/conflicts.md, docs/data-model.md, docs/protocol.md, docs/security.md and decision 0014,
/// and shares with the replica only the plain data types, their codecs and the schema.
package struct Oracle: Sendable {
  /// What each entry is called.
  package let names: [EntryHash: Dot]
  /// Why each entry that does not count is set aside.
  package let setAside: [EntryHash: SetAsideReason]
  /// Every record that an entry that counts has written to.
  package let records: [RecordKey: OracleRecord]
  /// Every conflict, by kind, then id.
  package let conflicts: [OracleConflict]
  /// The entries whose clock was ahead, in order.
  package let ahead: [Dot]
  /// The keys that may connect.
  package let rosterKeys: Set<NodePublicKey>

  /// Computes the state.
  ///
  /// - Parameters:
  ///   - entries: What is held, in any order, each entry once.
  ///   - schema: The kinds and fields that the program knows; writes of others change no value.
  ///   - founder: The key that the workspace is rooted in.
  package init(entries: [OracleEntry], schema: ReplicaSchema, founder: NodePublicKey) {
    let history = OracleHistory(entries)
    names = zip(history.entries, history.names.dots).reduce(into: [:]) { $0[$1.0.hash] = $1.1 }
    let writes = OracleWrites(history)
    let trust = OracleTrust(history, writes: writes, founder: founder)
    setAside = zip(history.entries, trust.verdicts).reduce(into: [:]) { setAside, judged in
      setAside[judged.0.hash] = judged.1
    }
    let all = OracleRecords(writes, trust: trust, history: history, schema: schema)
    records = all.byKey
    let early = history.ahead
    ahead = early.map { history.names.dots[$0] }.sorted()
    conflicts =
      OracleConflicts(
        history: history, trust: trust, records: records, policies: all.policies, ahead: early,
        schema: schema
      ).all
    rosterKeys = trust.keys
  }
}
