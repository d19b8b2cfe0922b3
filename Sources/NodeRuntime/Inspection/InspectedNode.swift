package import CRDTCore
package import CRMDomain
package import CommandShell
import Foundation
import PeerTransport
package import ReplicaStore
import Synchronization

/// A store that is only looked into; everything that would change it, or reach peers, is refused.
package final class InspectedNode: NodeControl {
  package let storePath: String
  private let schema: ReplicaSchema
  private let opened = Mutex<Opened?>(nil)

  private struct Opened {
    let file: InspectedFile
    var replica: Replica?
  }

  /// Names a file, which is copied when it is first needed.
  package init(storePath: String, catalog: EntityCatalog = .standard) {
    self.storePath = storePath
    schema = catalog.schema
  }

  package func replica() throws -> Replica {
    try opened.withLock { opened in
      let file = try opened?.file ?? InspectedFile(path: storePath)
      if opened == nil { opened = Opened(file: file) }
      if let replica = opened?.replica { return replica }
      // Without a token nobody asks whether the file is a copy: it is. Nothing that a key of the moment
      // signs ever leaves it.
      let environment = ReplicaEnvironment(
        now: SystemEnvironment.now, random: SystemEnvironment.random,
        signer: NodeKey.generate().signer)
      let replica = try Replica.open(
        at: file.copyPath, schema: schema, environment: environment, durability: .normal)
      opened?.replica = replica
      return replica
    }
  }

  package func past(
    at moment: WallTime, progress: (_ entries: Int, _ of: Int) -> Void
  ) throws -> PastReplica {
    try PastReplica(of: replica(), at: moment, progress: progress)
  }

  /// A copy does not change.
  package func changes() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

  /// What can be said of a file that cannot be opened.
  package func findings() throws -> [String] {
    try opened.withLock { opened in
      let file = try opened?.file ?? InspectedFile(path: storePath)
      if opened == nil { opened = Opened(file: file) }
      return FileExamination.findings(at: file.copyPath)
    }
  }

  /// Removes the copy.
  package func close() { opened.withLock { $0?.file.remove() } }

  package func nodes() throws -> [NodeStatus] {
    try replica().read { snapshot in
      let own = try snapshot.ownAuthor()?.key
      return try RosterListing.nodes(in: snapshot.database).map { node in
        NodeStatus(
          name: node.name, user: node.userName, role: node.role, isThisNode: node.key == own,
          words: KeyWords.words(of: node.key.fingerprint), address: nil, lastContact: nil,
          clockOffsetMilliseconds: nil)
      }
    }
  }

  package func actingMember() throws -> MemberID {
    guard let member = try replica().read({ try $0.ownAuthor()?.member }) else {
      throw NodeFailure.unfinished
    }
    return member
  }

  package func found(_ request: FoundRequest) throws -> Replica { throw refusal }

  package func join(
    _ request: JoinCommandRequest, progress: @escaping @Sendable (SyncProgress) -> Void
  ) async throws -> ExchangeResult { throw refusal }

  package func invite(node: String, role: MemberRole, address: String?) throws -> InviteCode {
    throw refusal
  }

  package func sync(
    with peers: [String], progress: @escaping @Sendable (SyncProgress) -> Void
  ) async throws -> [ExchangeResult] { throw refusal }

  /// Whoever looks into a file dials nobody.
  package func isOffline() async -> Bool { false }

  package func serve(
    at address: String, onListening: @escaping @Sendable (String) -> Void
  ) async throws { throw refusal }

  package func setAddress(_ address: String, of node: String) throws { throw refusal }

  private var refusal: InspectionError { InspectionError.readOnly(storePath) }
}
