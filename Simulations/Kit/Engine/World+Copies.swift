import CRDTCore
import Glibc
import ReplicaStore

/// Copies of stores, and older states put back.
extension World {
  /// Keeps a copy of a node's store as it is now.
  func backUp(_ node: SimulatedNode) throws {
    guard try copy(node, to: node.path + ".backup") else { return }
    node.backup = node.path + ".backup"
    note(node, "is backed up")
  }

  /// Lets a node's store be lost, and its last backup be put back when it starts again.
  func restore(_ node: SimulatedNode) throws {
    guard node.backup != nil, node.replica != nil else { return }
    totals.fault("backup restored")
    note(node, "loses its store")
    node.isToBePutBack = true
    try kill(node)
  }

  /// Puts a lost store's backup in its place; the token beside it stays.
  func putBack(_ node: SimulatedNode) throws {
    guard node.isToBePutBack, let backup = node.backup else { return }
    node.isToBePutBack = false
    unlink(node.path + "-wal")
    try node.disk.copy(backup, to: node.path)
    note(node, "has its backup put back")
    // What it had promised is at its peers, or gone with its disk.
    node.promised = VersionVector()
    hasLostStores = true
  }

  /// Copies a node's store and key to another machine, where somebody works on with it.
  func clone(_ node: SimulatedNode) throws -> SimulatedNode? {
    let name = node.name + "b"
    guard node.replica != nil, !node.peers.isEmpty, self.node(name) == nil else { return nil }
    let file = node.path + ".copy"
    guard try self.copy(node, to: file) else { return nil }
    let copy = try makeNode(name, key: node.key)
    copy.schema = node.schema
    try node.disk.copy(file, to: copy.path)
    totals.fault("store copied")
    note(node, "is copied as \(name)")
    copy.peers = node.peers
    copy.replica = try Replica.open(
      at: copy.path, schema: copy.schema, environment: copy.environment)
    // What the copy has not written by its own clock, it need not answer for.
    copy.checkedTip = try copy.replica?.read { try $0.ownLatest()?.0 }
    return copy
  }

  /// Copies the store's file; says whether there was one.
  private func copy(_ node: SimulatedNode, to path: String) throws -> Bool {
    do {
      guard try run(on: node, { try $0.checkpoint() }) != nil else { return false }
    } catch StoreError.full {
      note(node, "has no space to be copied")
      return false
    }
    try node.disk.copy(node.path, to: path)
    return true
  }
}
