import CRDTCore
import Foundation
import PeerTransport
import SyncEngine
import TestSupport
import Testing

extension HostilePeerTests {
  /// Batches that somebody has tampered with: refused as a whole, with a reason, by a node that goes on.
  @Suite("A hostile member's batches", .timeLimit(.minutes(5)))
  struct HostileBatchTests {
    /// Sends one batch as an honest node would, and gives the answer to it: an ack or a bye.
    private func answer(to batch: [UInt8], at site: HostileSite) async throws -> SyncMessage? {
      try await site.withCrook { peer in
        try await peer.meet(as: site.crook)
        try await peer.say(.entries(number: 1, batch: batch))
        while let message = try await peer.next() {
          switch message {
          case .ack: return message
          case .bye:
            #expect(try await peer.next() == nil)
            return message
          case .hello, .vector, .parted, .entries, .caughtUp, .verify, .ping, .join, .joined:
            continue
          }
        }
        return nil
      }
    }

    /// Sends batches of which none may be taken.
    private func expectRefusal(_ batches: [[UInt8]], at site: HostileSite) async throws {
      for (index, batch) in batches.enumerated() {
        let answer = try await answer(to: batch, at: site)
        guard case .bye(let bye)? = answer else {
          Issue.record(
            "Batch \(index) was answered with \(answer.map { "\($0.kind)" } ?? "nothing").")
          continue
        }
        #expect([.batchRefused, .malformed].contains(bye.reason), "\(index): \(bye.text)")
      }
      let log = try await site.expectUnharmed()
      let refusals = log.split(separator: "\n").count {
        $0.contains("A batch was refused: ") || $0.contains("A message could not be read: ")
      }
      #expect(refusals == batches.count, "\(log)")
    }

    @Test("the lawful one is taken, so that the others are refused for what was done to them")
    func lawful() async throws {
      let site = try await HostileSite()
      let answer = try await answer(to: site.crook.batch.encoded(level: nil), at: site)
      #expect(answer?.kind == .ack)
      try await site.expectHonestSync(writing: "Honest")
      #expect(try await site.stop().contains("received 3 entries"))
    }

    @Test("cut short, plain or compressed", arguments: [nil, 3] as [Int32?])
    func truncated(level: Int32?) async throws {
      let site = try await HostileSite()
      let batch = site.crook.batch.encoded(level: level)
      try await expectRefusal(
        stride(from: 0, to: batch.count, by: 73).map { Array(batch.prefix($0)) }, at: site)
    }

    @Test("of noise")
    func noise() async throws {
      var random = SplitMix64(seed: 11)
      let batches = (0..<16).map { index in
        [UInt8(index % 2)]
          + (0..<(1 << index)).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
      try await expectRefusal(batches, at: try await HostileSite())
    }

    @Test("with seals of another key, of another entry, or none")
    func forgedSeals() async throws {
      let site = try await HostileSite()
      let batch = site.crook.batch
      let stranger = NodeKey.generate()
      let seals = [
        stranger.signature(for: [1, 2, 3]), site.crook.key.signature(for: [1, 2, 3]),
        [UInt8](repeating: 0, count: Seal.byteCount), nil,
      ]
      try await expectRefusal(
        seals.map { batch.sealed(with: $0).encoded(level: nil) }
          + [
            batch.without(first: 1).encoded(level: nil), batch.reversed.encoded(level: nil),
            batch.moved(to: ReplicaID(rawValue: 7)).encoded(level: nil),
          ], at: site)
    }

    @Test("with one to three bits flipped, plain and compressed")
    func bitFlips() async throws {
      let site = try await HostileSite()
      let encodings = [site.crook.batch.encoded(level: nil), site.crook.batch.encoded(level: 3)]
      for seed in (1...120).map(UInt64.init) {
        var random = SplitMix64(seed: seed)
        var batch = encodings[Int(seed % 2)]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let index = Int.random(in: batch.indices, using: &random)
          batch[index] ^= 1 << Int.random(in: 0..<8, using: &random)
        }
        let answer = try await answer(to: batch, at: site)
        #expect(answer?.kind == .bye, "SEED=\(seed)")
      }
      _ = try await site.expectUnharmed()
    }
  }
}

extension EntryBatch {
  /// The same entries, sealed by nobody or somebody else.
  fileprivate func sealed(with seal: [UInt8]?) -> Self {
    EntryBatch(
      logs: logs,
      items: items.map {
        Item(
          log: $0.log, time: $0.time, header: $0.header, payload: $0.payload,
          seal: $0.seal == nil ? nil : seal)
      })
  }

  /// The same with the first entries left out, so that there is a gap.
  fileprivate func without(first count: Int) -> Self {
    EntryBatch(
      logs: logs.map { Log(replica: $0.replica, sequence: $0.sequence + UInt64(count)) },
      items: Array(items.dropFirst(count)))
  }

  /// The same entries the other way round.
  fileprivate var reversed: Self { EntryBatch(logs: logs, items: items.reversed()) }

  /// The same entries in somebody else's log.
  fileprivate func moved(to replica: ReplicaID) -> Self {
    EntryBatch(
      logs: logs.map { Log(replica: replica, sequence: $0.sequence) }, items: items)
  }
}
