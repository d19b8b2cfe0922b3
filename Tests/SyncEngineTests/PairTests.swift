import CRDTCore
import SyncEngine
import TestSupport
import Testing

@Suite("Two sessions back to back")
struct PairTests {
  private let limits = SessionLimits(creditBytes: 8 << 10)

  private func replicas(
    using random: inout SplitMix64, writesMax: Int = 40
  ) -> (TinyReplica, TinyReplica) {
    var alice = TinyReplica(node: TestKeys.alice, id: 1)
    var bob = TinyReplica(node: TestKeys.bob, id: 2)
    for _ in 0..<Int.random(in: 0...writesMax, using: &random) {
      alice.write(padding: Int.random(in: 0...3_000, using: &random))
    }
    for _ in 0..<Int.random(in: 0...writesMax, using: &random) {
      bob.write(padding: Int.random(in: 0...3_000, using: &random))
    }
    return (alice, bob)
  }

  @Test("in any order of events both sides end with the same entries", arguments: Seed.all)
  func converge(_ seed: Seed) {
    var random = seed.generator()
    let (alice, bob) = replicas(using: &random)
    var pair = SessionPair(alice, bob, purpose: .stay, limits: limits)
    pair.open()
    pair.run(writing: 20, using: &random)

    let vector = pair.alice.replica.vector
    #expect(pair.bob.replica.vector == vector)
    #expect(vector.entryCount == UInt64(alice.arrival.count + bob.arrival.count + 20))
    for side in SessionPair.Side.allCases {
      let node = pair[side]
      #expect(node.outcome == nil)
      #expect(node.peerHolds == vector)
      #expect(node.divergences == [])
      #expect(node.replica.duplicateCount == 0, "An entry was echoed.")
      let report = node.inSyncReports.last
      #expect(report?.entriesSent == Int(vector[node.replica.id]))
      #expect(report?.entriesConfirmed == report?.entriesSent)
      #expect(report?.entriesReceived == pair[side.other].inSyncReports.last?.entriesSent)
      // What is not entries is a few messages, and an acknowledgement for each batch.
      let entryBytes = TinyReplica.encode(
        node.replica.arrival.filter { $0.dot.replica == node.replica.id })
      #expect(node.messageBytes < entryBytes.count + 600 + 40 * Int(vector.entryCount))
    }
  }

  @Test("a one-shot session ends when both sides are in sync", arguments: Seed.all)
  func oneShot(_ seed: Seed) {
    var random = seed.generator()
    let (alice, bob) = replicas(using: &random)
    var pair = SessionPair(alice, bob, limits: limits)
    pair.open()
    pair.run(writing: 0, using: &random)

    #expect(pair.alice.replica.vector == pair.bob.replica.vector)
    #expect(pair.alice.outcome == .completed)
    #expect(
      pair.bob.outcome == .peerLeft(Bye(.done, SyncOutcome.completed.description)))
    #expect(pair.bob.inSyncReports.count == 1)
    #expect(pair.alice.lastReport.entriesToReceive == UInt64(bob.arrival.count))
    #expect(pair.alice.lastReport.entriesToSend == UInt64(alice.arrival.count))
  }

  @Test("an idle sync of equal nodes takes less than 600 bytes both ways")
  func idle() {
    var random = SplitMix64(seed: 1)
    let (alice, _) = replicas(using: &random)
    var bob = TinyReplica(node: TestKeys.bob, id: 2)
    _ = bob.apply(TinyReplica.encode(alice.arrival))
    var pair = SessionPair(alice, bob)
    pair.open()
    pair.run()

    #expect(pair.alice.outcome == .completed)
    // Four bytes of length and 22 of TLS go with each message: two hellos and a bye.
    #expect(pair.deliveredCount == 3)
    #expect(pair.alice.messageBytes + pair.bob.messageBytes + 3 * 26 < 600)
  }

  @Test("after a cut at any message the next session goes on from what was acknowledged")
  func cuts() {
    var random = SplitMix64(seed: 5)
    let (alice, bob) = replicas(using: &random, writesMax: 24)
    var whole = SessionPair(alice, bob, limits: limits)
    whole.open()
    whole.run()
    #expect(whole.deliveredCount > 15)

    for cut in 0..<whole.deliveredCount {
      var pair = SessionPair(alice, bob, limits: limits)
      pair.open()
      pair.run(untilDelivered: cut)
      let confirmed = pair.alice.lastReport.entriesConfirmed
      pair.reconnect()
      pair.run()
      #expect(pair.alice.outcome == .completed, "cut at \(cut)")
      #expect(pair.alice.replica.vector == whole.alice.replica.vector, "cut at \(cut)")
      #expect(pair.bob.replica.vector == whole.alice.replica.vector, "cut at \(cut)")
      #expect(
        pair.alice.lastReport.entriesSent <= alice.arrival.count - confirmed, "cut at \(cut)")
      #expect(pair.bob.replica.duplicateCount == 0, "cut at \(cut)")
    }
  }

  @Test("cuts at random moments, again and again, never hold up the exchange", arguments: Seed.all)
  func randomCuts(_ seed: Seed) {
    var random = seed.generator()
    let (alice, bob) = replicas(using: &random)
    var pair = SessionPair(alice, bob, limits: limits)
    pair.open()
    for _ in 0..<10 {
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        guard let event = pair.events.randomElement(using: &random) else { break }
        pair.happen(event)
      }
      pair.reconnect()
    }
    pair.run(writing: 0, using: &random)
    #expect(pair.alice.outcome == .completed)
    #expect(pair.alice.replica.vector == pair.bob.replica.vector)
    #expect(pair.alice.replica.vector.entryCount == UInt64(alice.arrival.count + bob.arrival.count))
  }

  @Test("an entry larger than the credit goes alone")
  func largerThanCredit() {
    var alice = TinyReplica(node: TestKeys.alice, id: 1)
    for padding in [10, 50_000, 10, 60_000, 70_000, 10] { alice.write(padding: padding) }
    var pair = SessionPair(alice, TinyReplica(node: TestKeys.bob, id: 2), limits: limits)
    pair.open()
    pair.run()
    #expect(pair.alice.outcome == .completed)
    #expect(pair.bob.replica.vector == alice.vector)
  }

  @Test("entries of a third replica are passed on, and not sent back")
  func relay() {
    var carol = TinyReplica(node: TestKeys.bob, id: 3)
    for _ in 0..<5 { carol.write() }
    let alice = TinyReplica(node: TestKeys.alice, id: 1)
    var bob = TinyReplica(node: TestKeys.bob, id: 2)
    _ = bob.apply(TinyReplica.encode(carol.arrival))
    var pair = SessionPair(alice, bob, purpose: .stay)
    pair.open()
    pair.run()
    // Now they reach Alice and Bob at the same time by another way.
    carol.write()
    let news = TinyReplica.encode(carol.arrival.suffix(1))
    for side in SessionPair.Side.allCases {
      _ = pair[side].replica.apply(news)
      pair.feed(.localChanged(pair[side].replica.log), to: side)
    }
    pair.run()
    #expect(pair.alice.replica.vector == carol.vector)
    #expect(pair.bob.replica.vector == carol.vector)
    #expect(pair.alice.lastReport.entriesSent <= 1)
    #expect(pair.bob.lastReport.entriesSent <= 6)
  }

  @Test(
    "both sides find out that they differ",
    arguments: [
      // bias of state, bias of hash, schema of Bob, what is found
      (0, 0, 1, []), (1, 0, 1, [Divergence.state]), (0, 1, 1, [.logs]), (1, 1, 1, [.logs]),
      (1, 0, 2, []), (0, 1, 2, [.logs]),
    ] as [(UInt8, UInt8, UInt8, [Divergence])])
  func divergence(state: UInt8, hash: UInt8, schema: UInt8, found: [Divergence]) {
    var alice = TinyReplica(node: TestKeys.alice, id: 1)
    alice.write()
    var bob = TinyReplica(node: TestKeys.bob, id: 2)
    bob.bias = state
    bob.hashBias = hash
    var pair = SessionPair(alice, bob)
    pair.open(schemaOfBob: schema)
    pair.run()
    #expect(pair.alice.outcome == .completed)
    #expect(pair.alice.divergences == found)
    #expect(pair.bob.divergences == found)
    #expect(pair.alice.notices.contains(.schemasDiffer) == (schema != 1))
  }

  @Test("forked logs are found where the vectors are equal and nothing is sent")
  func fork() {
    var alice = TinyReplica(node: TestKeys.alice, id: 1)
    alice.write()
    var bob = TinyReplica(node: TestKeys.bob, id: 2)
    _ = bob.apply(TinyReplica.encode(alice.arrival))
    bob.hashBias = 1
    var pair = SessionPair(alice, bob)
    pair.open()
    pair.run()
    #expect(pair.alice.outcome == .completed)
    #expect(pair.alice.divergences == [.logs])
    #expect(pair.bob.divergences == [.logs])
    #expect(pair.alice.lastReport.entriesSent == 0)
  }

  @Test("a batch that lacks what it depends on ends the session and applies nothing")
  func missingDependency() {
    var carol = TinyReplica(node: TestKeys.bob, id: 3)
    carol.write()
    carol.write()
    let alice = TinyReplica(node: TestKeys.alice, id: 1)
    var bob = TinyReplica(node: TestKeys.bob, id: 2)
    _ = bob.apply(TinyReplica.encode(carol.arrival))
    var pair = SessionPair(alice, bob, purpose: .stay)
    pair.open()
    pair.run()
    pair.bob.outgoing.append(
      SyncMessage.entries(
        number: 2,
        batch: TinyReplica.encode([
          TinyReplica.TinyEntry(
            dot: Dot(replica: ReplicaID(rawValue: 3), sequence: 4), past: VersionVector(),
            padding: 0)
        ])
      ).encoded)
    let before = pair.alice.replica.vector
    pair.run()
    guard case .batchRefused? = pair.alice.outcome else {
      Issue.record("\(String(describing: pair.alice.outcome))")
      return
    }
    guard case .peerLeft(let bye)? = pair.bob.outcome else {
      Issue.record("\(String(describing: pair.bob.outcome))")
      return
    }
    #expect(bye.reason == .batchRefused)
    #expect(pair.alice.replica.vector == before)
  }
}
