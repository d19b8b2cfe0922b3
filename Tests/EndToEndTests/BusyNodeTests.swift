import CRDTCore
import Foundation
import NodeRuntime
import ReplicaStore
import SyncEngine
import TestSupport
import Testing

extension HostilePeerTests {
  /// What peers hear of a node whose store keeps it waiting, or that is told to stop.
  @Suite("A busy node", .timeLimit(.minutes(5)))
  struct BusyNodeTests {
    @Test("it pings while the store is in use elsewhere, and says goodbye when it is told to stop")
    func busyStore() async throws {
      let site = try await HostileSite()
      _ = try await site.stop()
      let path = site.folder.path("office.sqlite")
      let node = KithNode(
        storePath: path,
        limits: SessionLimits(keepAlive: .milliseconds(200)))
      try await withServing(node) { address, stop in
        try await HostilePeer.withLink(to: address, key: site.crook.key) { peer in
          try await peer.meet(as: site.crook)
          try await withWriteLock(of: path) {
            try await peer.say(.entries(number: 1, batch: site.crook.batch.encoded(level: nil)))
            for _ in 0..<6 {
              let message = try await peer.next()
              #expect([.caughtUp, .ping].contains(message?.kind), "\(String(describing: message))")
              try await peer.say(.ping)
            }
          }
          #expect(try await peer.next(.ack) != nil)
          try await withWriteLock(of: path) {
            try await peer.say(.entries(number: 2, batch: site.crook.batch.encoded(level: nil)))
            #expect(try await peer.next(.ping) == .ping)
            stop()
            #expect(try await peer.bye() == Bye(.stopped, "The node was stopped."))
          }
        }
      }
    }

    @Test("told to stop by a signal, it tells every peer why it leaves")
    func signal() async throws {
      let site = try await HostileSite()
      let rep = try await site.withCrook { peer in
        try await peer.meet(as: site.crook)
        _ = try #require(try await peer.next(.caughtUp))
        let rep = try await site.serveRep(afterWriting: "Lively")
        // What the representative wrote comes round, so its link is up.
        _ = try #require(try await peer.next(.entries))
        site.office.send(.terminate)
        #expect(try await peer.bye() == Bye(.stopped, "The node was stopped."))
        return rep
      }
      let office = try await onOwnThread { try site.office.result() }
      #expect(office.code == 0)
      let lines = office.errors.split(separator: "\n")
      #expect(lines.count { $0.hasSuffix("The node was stopped.") } == 2, "\(office.errors)")
      rep.send(.terminate)
      #expect(
        try await onOwnThread { try rep.result() }.errors.contains(
          "The peer left: The node was stopped."))
    }

    /// Serves a node in this process while `body` runs, which may stop it earlier.
    private func withServing(
      _ node: KithNode, _ body: (_ address: String, _ stop: () -> Void) async throws -> Void
    ) async throws {
      let (addresses, listening) = AsyncStream.makeStream(of: String.self)
      let serving = Task {
        defer { listening.finish() }
        try await node.serve(at: "127.0.0.1:0") { listening.yield($0) }
      }
      var iterator = addresses.makeAsyncIterator()
      let address = try #require(await iterator.next())
      let result = await Result { try await body(address) { serving.cancel() } }
      serving.cancel()
      _ = await serving.result
      try result.get()
    }

    /// Holds a store's write lock over a connection of its own while `body` runs, as a long command in
    /// another process does.
    private func withWriteLock(of path: String, _ body: () async throws -> Void) async throws {
      let replica = try KithNode(storePath: path).replica()
      let release = DispatchSemaphore(value: 0)
      let (locks, lock) = AsyncStream.makeStream(of: Void.self)
      let holding = Task.detached {
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
          Thread.detachNewThread {
            done.resume(
              with: Result {
                defer { lock.finish() }
                try replica.writeGroup { _ in
                  lock.yield()
                  release.wait()
                }
              })
          }
        }
      }
      let isHeld: Void? = await locks.first { _ in true }
      #expect(isHeld != nil)
      let result = await Result { try await body() }
      release.signal()
      try await holding.value
      try result.get()
    }
  }
}

extension Result where Failure == any Error {
  /// What `body` has returned or thrown.
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
