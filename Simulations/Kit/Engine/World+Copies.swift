import CRDTCore
import CRMDomain
import Glibc
import ReplicaStore

/// Copies of stores, and older states put back.
extension World {
  /// Keeps a copy of a node's store as it is now, and of the token beside it.
  func backUp(_ node: SimulatedNode) throws {
    guard try copy(node, to: node.path + ".backup") else { return }
    node.backup = node.path + ".backup"
    node.backedUpToken = node.token.contents
    note(node, "is backed up")
  }

  /// Lets a node's store be lost, and what was last kept of it be put back when it starts again.
  func restore(_ node: SimulatedNode, _ putBack: PutBack) throws {
    guard node.backup != nil, node.replica != nil else { return }
    switch putBack {
    case .store: totals.fault("backup restored")
    case .machine: totals.fault("machine rolled back")
    }
    note(node, "loses its store")
    node.toBePutBack = putBack
    try kill(node)
  }

  /// Puts a lost store's backup in its place.
  func putBack(_ node: SimulatedNode) throws {
    guard let putBack = node.toBePutBack, let backup = node.backup else { return }
    node.toBePutBack = nil
    unlink(node.path + "-wal")
    try node.disk.copy(backup, to: node.path)
    if putBack == .machine { node.token.contents = node.backedUpToken }
    note(node, "has its backup put back")
    // What it had promised is at its peers, or gone with its disk.
    node.promised = VersionVector()
    node.promisedTips = []
    hasLostStores = true
  }

  /// Copies a node's store and key to another machine, where somebody works on with it.
  ///
  /// With the token, nothing tells the two apart, and both go on under one name.
  func clone(_ node: SimulatedNode, withToken: Bool) throws -> SimulatedNode? {
    let name = node.name + "b"
    guard node.replica != nil, !node.peers.isEmpty, self.node(name) == nil else { return nil }
    let file = node.path + ".copy"
    guard try self.copy(node, to: file) else { return nil }
    let copy = try makeNode(name, key: node.key)
    copy.schema = node.schema
    try node.disk.copy(file, to: copy.path)
    if withToken { copy.token.contents = node.token.contents }
    totals.fault(withToken ? "machine copied" : "store copied")
    note(node, "is copied as \(name)")
    copy.peers = node.peers
    copy.replica = try Replica.open(
      at: copy.path, schema: copy.schema, environment: copy.environment)
    // What the copy has not written by its own clock, it need not answer for.
    copy.checkedTip = try copy.replica?.read { try $0.ownLatest()?.0 }
    return copy
  }

  /// Enrols a key whose owner will tell everybody something else.
  func enrolEquivocator(at office: SimulatedNode) throws {
    let key = SimulatedKey(from: &random)
    let enrolment = EnrolNode(
      key: key.publicKey, nodeName: "equivocator", userName: "Equivocator", role: .representative)
    let founding = try office.replica?.founding()
    guard
      let member = try run(
        on: office, { try $0.write(command: "peer invite") { try enrolment.write(in: $0) } }),
      let founding
    else { return }
    try confirm(office)
    equivocator = Equivocator(key: key, member: member, founding: founding)
  }

  /// Lets the equivocator tell a node another continuation of its log.
  func equivocate(to node: SimulatedNode) throws {
    guard let equivocator, node.replica != nil else { return }
    do {
      let time = UInt64(simulator.now.milliseconds)
      try run(on: node) { replica in
        try equivocator.tell(replica, using: &random, at: time) { known, names, random in
          Equivocator.edit(of: known, by: names, using: &random)
        }
      }
    } catch StoreError.full {
      return note(node, "has no space for what the equivocator tells")
    }
    totals.fault("log told in several ways")
    note(node, "hears from the equivocator")
    try confirm(node)
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
