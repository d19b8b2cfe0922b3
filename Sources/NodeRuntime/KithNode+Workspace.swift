import CRDTCore
import CRMDomain
package import CommandShell
import Foundation
import PeerTransport
package import ReplicaStore
import SyncEngine
import Synchronization

/// How a node comes by its store: it founds a workspace, or is let into one.
extension KithNode {
  package func found(_ request: FoundRequest) throws -> Replica {
    if try StorePath(storePath).hasStore() { return try finishFounding(request) }
    let key = try ownKey().key
    let replica = try Replica.found(
      at: storePath, schema: schema, environment: environment(of: key)
    ) { try request.write(in: $0, member: $1, key: key.publicKey) }
    try hideStore()
    opened.withLock { $0 = Opened(replica: replica, key: key) }
    return replica
  }

  /// Writes the first entry of a store whose founding was interrupted before it.
  private func finishFounding(_ request: FoundRequest) throws -> Replica {
    guard let opened = try? open(), try opened.replica.founding().key == opened.key.publicKey,
      try opened.replica.holdings().vector.isEmpty
    else { throw NodeFailure.notEmpty(path: storePath) }
    let member = try opened.replica.ownMember()
    try opened.replica.write(command: "init") {
      try request.write(in: $0, member: member, key: opened.key.publicKey)
    }
    return opened.replica
  }

  /// Keeps customers' data from the machine's other users; SQLite's own files take over the mode.
  private func hideStore() throws {
    for path in [storePath, storePath + "-wal", storePath + "-shm"]
    where FileManager.default.fileExists(atPath: path) {
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
  }

  /// The key beside the store: that of an attempt that did not get as far as a store, or a new one.
  ///
  /// `isNew` tells whether it was made now.
  func ownKey() throws -> (key: NodeKey, isNew: Bool) {
    if let key = try? NodeKey.load(from: keyPath) { return (key, false) }
    let folder = URL(fileURLWithPath: storePath).deletingLastPathComponent()
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let key = NodeKey.generate()
    try key.save(to: keyPath)
    return (key, true)
  }

  /// Checks that nothing would be lost if this store made way for that of another workspace.
  ///
  /// Its own founding is nothing, and neither is what came of a joining that was interrupted before this
  /// node's own enrolment came. A founding is known by what it holds: only that entry makes the
  /// founder's node.
  ///
  /// - Returns: The store's mark when it was looked at; `nil` if there is none.
  @discardableResult
  func checkUntouched() throws -> ReplicaChange? {
    guard try StorePath(storePath).hasStore() else { return nil }
    guard let opened = try? open() else { throw NodeFailure.notEmpty(path: storePath) }
    let (replica, key) = (opened.replica, opened.key.publicKey)
    let change = try replica.lastChange()
    let holdings = try replica.holdings()
    let entryCount = holdings.vector.entryCount
    let isListed = try replica.read { try RosterListing.nodes(in: $0.database) }
      .contains { $0.key == key }
    let isUnfinished = entryCount == 0 || !isListed && holdings.vector[holdings.own] == 0
    guard try isUnfinished || replica.founding().key == key else {
      throw NodeFailure.joinedAlready(path: storePath)
    }
    let isFounding = entryCount == 1 && isListed
    guard isUnfinished || isFounding, try replica.openInvites().isEmpty
    else { throw NodeFailure.notEmpty(path: storePath) }
    return change
  }

  /// Removes the store, unless somebody has it open or has changed it since it was looked at.
  ///
  /// Whoever had it open would go on to write into files that nobody finds again.
  private func removeStore(lookedAt change: ReplicaChange) throws {
    opened.withLock { $0 = nil }
    do {
      try Replica.alone(at: storePath) { latest in
        guard latest == change else { throw NodeFailure.notEmpty(path: storePath) }
        for path in [storePath, storePath + "-wal", storePath + "-shm"]
        where FileManager.default.fileExists(atPath: path) {
          try FileManager.default.removeItem(atPath: path)
        }
      }
    } catch StoreError.locked {
      throw NodeFailure.inUse(path: storePath)
    }
  }

  /// Makes the replica of a node that a peer has let in, in place of one that was never used.
  func joined(_ grant: JoinGrant, key: NodeKey) throws -> Replica {
    if let change = try checkUntouched() { try removeStore(lookedAt: change) }
    let origin = LogOrigin(
      key: key.publicKey, nonce: SystemEnvironment.random(LogOrigin.nonceByteCount),
      member: grant.member)
    let replica = try Replica.joined(
      at: storePath, schema: schema, environment: environment(of: key),
      identity: NodeIdentity(
        founding: Founding(key: grant.founder, nonce: grant.workspaceNonce), origin: origin))
    try hideStore()
    opened.withLock { $0 = Opened(replica: replica, key: key) }
    return replica
  }
}

extension FoundRequest {
  /// Writes what a workspace begins with: settings, lists, the founder and the founder's node.
  fileprivate func write(
    in transaction: Transaction, member: MemberID, key: NodePublicKey
  ) throws {
    let seed = FoundWorkspace(currency: currency, userName: user)
    try seed.seed(in: transaction)
    try WorkspaceSettings.set(.workspace, to: workspace, in: transaction)
    try EnrolNode(key: key, nodeName: node, userName: user, role: .administrator)
      .write(in: transaction, member: member, user: seed.user)
  }
}
