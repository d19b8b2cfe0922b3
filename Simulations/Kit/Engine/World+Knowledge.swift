import CRDTCore
import Foundation
import GRDB
import ReplicaStore
import SyncEngine

/// What a replica has said of itself, which stays true for as long as nobody writes to it.
struct ReplicaKnowledge {
  var holdings: Holdings?
  var rosterKeys: Set<NodePublicKey>?
  var stateDigest: EntryHash?
}

/// Questions that a driver asks of a replica again and again; each costs a look at the file once
/// between two writes, as it does in the shipped driver.
extension World {
  /// What a node holds; `nil` if it is down.
  func holdings(of node: SimulatedNode) throws -> Holdings? {
    try look(at: node) { replica in
      if let known = node.knowledge.holdings { return known }
      let held = try replica.holdings()
      node.knowledge.holdings = held
      return held
    }
  }

  /// What a node holds, with its own latest entry sealed so that it may leave.
  ///
  /// A seal is no entry: what is known of the replica stays true.
  func sealedHoldings(of node: SimulatedNode) throws -> Holdings? {
    guard try look(at: node, { try $0.sealTip() }) != nil else { return nil }
    return try holdings(of: node)
  }

  /// Whom a node would let in; `nil` if it is down.
  func rosterKeys(of node: SimulatedNode) throws -> Set<NodePublicKey>? {
    try look(at: node) { replica in
      if let known = node.knowledge.rosterKeys { return known }
      let keys = try replica.rosterKeys()
      node.knowledge.rosterKeys = keys
      return keys
    }
  }

  /// What a session compares; `nil` if the node is down.
  func digests(of node: SimulatedNode, includingState: Bool) throws -> ComputedDigests? {
    guard let held = try holdings(of: node) else { return nil }
    var state: EntryHash?
    if includingState {
      state = try look(at: node) { replica in
        if let known = node.knowledge.stateDigest { return known }
        let digest = try replica.read { try $0.digest() }
        node.knowledge.stateDigest = digest
        return digest
      }
      guard state != nil else { return nil }
    }
    return ComputedDigests(vector: held.vector, logDigest: held.digest, stateDigest: state)
  }

  /// What a session says of its node; `nil` if the node is down.
  func localState(of node: SimulatedNode) throws -> LocalState? {
    guard let held = try sealedHoldings(of: node), let workspace = node.replica?.workspace else {
      return nil
    }
    return LocalState(
      workspace: workspace, node: node.key.publicKey, replica: held.own, log: held.log,
      tips: held.tips, logDigest: held.digest, schemaDigest: node.schemaDigest,
      wall: node.clock.now)
  }
}

extension Snapshot {
  /// The hashes of all entries.
  func entryHashes() throws -> Set<EntryHash> {
    let rows = try Row.fetchAll(database, sql: "SELECT hash FROM _log ORDER BY arrival")
    return Set(rows.compactMap { EntryHash(bytes: $0[0] as Data) })
  }
}

extension Holdings {
  var log: LogSnapshot {
    LogSnapshot(
      vector: vector, end: LogCursor(rawValue: UInt64(lastArrival)), branchCount: branchCount,
      forked: forked)
  }
}
