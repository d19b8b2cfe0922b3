import CRDTCore
import CommandShell
import ReplicaStore

/// A node without a store, whose answers are given: what the session makes of them is under test.
struct ScriptedNode: NodeControl {
  /// A refusal with a code of its own.
  struct Refusal: NodeError {
    let exitCode: Int32
    let summary: String
    var hint: String? { nil }
  }

  let storePath = "/nowhere/replica.sqlite"

  func replica() throws -> Replica { throw StoreError.missing(path: storePath) }

  func past(
    at moment: WallTime, progress: (_ entries: Int, _ of: Int) -> Void
  ) throws -> PastReplica { throw StoreError.missing(path: storePath) }

  func changes() throws -> AsyncStream<Void> { AsyncStream { $0.finish() } }

  func found(_ request: FoundRequest) throws -> Replica {
    throw StoreError.exists(path: storePath)
  }

  func join(
    _ request: JoinCommandRequest, progress: @escaping @Sendable (SyncProgress) -> Void
  ) async throws -> ExchangeResult {
    throw Refusal(exitCode: 8, summary: "The office presented a different certificate.")
  }

  func invite(node: String, role: MemberRole, address: String?) throws -> InviteCode {
    InviteCode(
      code: "4H7K-\(node)", words: "amber falcon tide", expires: WallTime(milliseconds: 0))
  }

  func sync(
    with peers: [String], progress: @escaping @Sendable (SyncProgress) -> Void
  ) async throws -> [ExchangeResult] {
    progress(
      SyncProgress(peer: "hamburg", entriesSent: 0, entriesReceived: 120, entriesToReceive: 300))
    throw CancellationError()
  }

  func isOffline() async -> Bool { false }

  func serve(
    at address: String, onListening: @escaping @Sendable (String) -> Void
  ) async throws {
    onListening(address)
  }

  func actingMember() throws -> MemberID { throw StoreError.missing(path: storePath) }

  func nodes() throws -> [NodeStatus] { [] }
  func setAddress(_ address: String, of node: String) throws {}
}
