import CRDTCore
import SyncEngine
import Testing

@Suite("SyncSession")
struct SyncSessionTests {
  @Test("a known peer is greeted with what we are and hold")
  func greeting() {
    var script = ScriptedPeer(aliceWrites: 2)
    let state = script.alice.localState()
    let hello = Hello(
      workspace: state.workspace, node: state.node, replica: state.replica,
      logDigest: state.logDigest, schemaDigest: state.schemaDigest, wall: state.wall,
      creditBytes: 4 << 20)
    #expect(
      script.open()
        == [.send(SyncMessage.hello(hello).encoded), .setDeadline(script.now + .seconds(30))])
  }

  @Test("equal digests end an idle exchange with the hellos")
  func equalDigests() {
    var script = ScriptedPeer()
    let outputs = script.meet()
    #expect(outputs.messages == [])
    #expect(outputs.hasInSync)
    #expect(outputs.outcome == nil)

    var oneShot = ScriptedPeer(purpose: .leaveWhenInSync)
    let ending = oneShot.meet()
    #expect(ending.messages == [.bye(Bye(.done, "Both sides are in sync."))])
    #expect(ending.outcome == .completed)
  }

  @Test("different digests are followed by vectors, and entries by the peer's vector")
  func vectors() {
    var script = ScriptedPeer(aliceWrites: 2, bobWrites: 1)
    #expect(script.meet().messages == [.vector(script.alice.tips)])
    let outputs = script.tell(script.bob.tips)
    #expect(
      outputs == [
        .send(SyncMessage.parted([]).encoded),
        .peerHolds(VersionVector(script.bob.tips.map(\.dot))),
        .readBatch(
          lackedBy: script.bob.vector, parted: [script.bob.id], after: .start,
          upTo: LogCursor(rawValue: 2), byteLimit: 1 << 20),
      ])
  }

  @Test("what the peer only says to hold is gone on from by hash, until both have it")
  func unfoundEntries() {
    var script = ScriptedPeer(aliceWrites: 1, bobWrites: 1)
    #expect(script.exchange().parted == [script.bob.id])
    func read(_ covers: VersionVector) -> SyncSession.Input {
      .batchRead(
        BatchRead(
          bytes: covers.isEmpty ? [] : [0], entryCount: covers.count, covers: covers,
          cursor: LogCursor(rawValue: UInt64(script.alice.arrival.count))))
    }
    script.feed(read(script.alice.vector))
    script.receive(.entries(number: 1, batch: script.batch))
    #expect(script.apply(script.batch).parted == [])
    script.feed(read(VersionVector()))
    script.receive(.ack(upTo: 1, holds: script.alice.vector))
    script.alice.write()
    #expect(script.feed(.localChanged(script.alice.log)).parted == [])
    script.feed(read(script.alice.vector))
    let carol = Dot(replica: ReplicaID(rawValue: 3), sequence: 4)
    script.receive(.ack(upTo: 2, holds: VersionVector(script.alice.vector.dots + [carol])))
    script.alice.write()
    #expect(script.feed(.localChanged(script.alice.log)).parted == [carol.replica])
  }

  @Test("who has nothing to send says at once that it has caught up")
  func nothingToSend() {
    var script = ScriptedPeer(bobWrites: 1)
    #expect(script.exchange().messages == [.parted([]), .caughtUp])
  }

  @Test("nothing is acknowledged before it is durable")
  func acknowledgement() {
    var script = ScriptedPeer(bobWrites: 2)
    script.exchange()
    let received = script.receive(.entries(number: 1, batch: script.batch))
    #expect(received.messages == [])
    #expect(received.applied == [script.batch])
    #expect(
      script.apply(script.batch).messages == [.ack(upTo: 1, holds: script.bob.vector)])
  }

  @Test("batches are applied one at a time, in order")
  func oneApplyAtATime() {
    var script = ScriptedPeer(bobWrites: 3)
    script.exchange()
    let batches = script.bob.arrival.map { TinyReplica.encode([$0]) }
    #expect(script.receive(.entries(number: 1, batch: batches[0])).applied == [batches[0]])
    #expect(script.receive(.entries(number: 2, batch: batches[1])).applied == [])
    #expect(script.receive(.entries(number: 3, batch: batches[2])).applied == [])
    let first = script.apply(batches[0])
    #expect(first.messages.map(\.kind) == [.ack])
    #expect(first.applied == [batches[1]])
    #expect(script.apply(batches[1]).applied == [batches[2]])
    #expect(script.apply(batches[2]).applied == [])
  }

  @Test("no entries are sent beyond the credit that the peer grants")
  func credit() {
    var script = ScriptedPeer(aliceWrites: 3, bobWrites: 1)
    script.open()
    script.receive(.hello(script.hello(creditBytes: 2_500)))
    #expect(script.tell(script.bob.tips).hasRead)
    func read(_ cursor: UInt64) -> SyncSession.Input {
      .batchRead(
        BatchRead(
          bytes: [UInt8](repeating: 0, count: 2_000), entryCount: 1,
          cursor: LogCursor(rawValue: cursor)))
    }
    let first = script.feed(read(1))
    #expect(first.messages.map(\.kind) == [.entries])
    #expect(!first.hasRead)
    let acknowledged = script.receive(.ack(upTo: 1, holds: VersionVector()))
    #expect(acknowledged.hasRead)
    #expect(script.feed(read(3)).messages.map(\.kind) == [.entries, .caughtUp])
  }

  @Test("a long entry that was read waits until the batches in flight leave it room")
  func longEntry() {
    let mebibyte = 1 << 20
    var script = ScriptedPeer(
      limits: SessionLimits(creditBytes: 3 * mebibyte), aliceWrites: 2, bobWrites: 1)
    script.exchange()
    func read(_ byteCount: Int, _ cursor: UInt64) -> SyncSession.Input {
      .batchRead(
        BatchRead(
          bytes: [UInt8](repeating: 0, count: byteCount), entryCount: 1,
          cursor: LogCursor(rawValue: cursor)))
    }
    #expect(script.feed(read(mebibyte, 1)).messages.map(\.kind) == [.entries])
    #expect(script.feed(read(mebibyte * 5 / 2, 2)).messages == [])
    #expect(
      script.receive(.ack(upTo: 1, holds: VersionVector())).messages.map(\.kind)
        == [.entries, .caughtUp])
  }

  @Test("an acknowledgement tells what came from others meanwhile")
  func newsInAcknowledgement() {
    var script = ScriptedPeer()
    script.meet()
    let carol = Dot(replica: ReplicaID(rawValue: 3), sequence: 1)
    script.bob.write()
    script.receive(.entries(number: 1, batch: script.batch))
    _ = script.alice.apply(script.batch)
    let log = LogSnapshot(
      vector: VersionVector(script.alice.vector.dots + [carol]), end: LogCursor(rawValue: 2))
    let outputs = script.feed(
      .batchApplied(BatchApplied(entryCount: 1, covers: script.bob.vector, log: log)))
    #expect(outputs.messages == [.ack(upTo: 1, holds: log.vector)])
  }

  @Test("both caught up and all acknowledged is in sync, after one comparison of digests")
  func inSync() {
    var script = ScriptedPeer(bobWrites: 1)
    script.exchange()
    script.receive(.entries(number: 1, batch: script.batch))
    script.apply(script.batch)
    let compare = script.receive(.caughtUp)
    #expect(compare == [.computeDigests(includingState: true)])
    let digests = script.alice.digests(includingState: true)
    let verification = Verification(
      vector: digests.vector, logDigest: digests.logDigest, stateDigest: digests.stateDigest)
    #expect(script.feed(.digestsComputed(digests)).messages == [.verify(verification)])
    let outputs = script.receive(.verify(verification))
    #expect(outputs.hasInSync)
  }

  @Test("a peer that has sent its digests gets ours, even while entries are in flight to it")
  func promptVerification() {
    var script = ScriptedPeer(aliceWrites: 1, bobWrites: 1)
    script.exchange()
    script.feed(
      .batchRead(BatchRead(bytes: [0], entryCount: 1, cursor: LogCursor(rawValue: 1))))
    #expect(script.receive(.caughtUp) == [])
    let verification = Verification(
      vector: script.bob.vector, logDigest: script.bob.logDigest, stateDigest: nil)
    #expect(script.receive(.verify(verification)) == [.computeDigests(includingState: true)])
  }

  @Test("a live session sends new entries as they appear, and is in sync again each time")
  func live() {
    var script = ScriptedPeer()
    script.meet()
    script.alice.write()
    #expect(script.feed(.localChanged(script.alice.log)).hasRead)
    let read = script.alice.read(
      lackedBy: VersionVector(), after: .start, upTo: script.alice.log.end, byteLimit: 1 << 20)
    #expect(
      script.feed(.batchRead(read)).messages == [.entries(number: 1, batch: read.bytes)])
    #expect(script.receive(.ack(upTo: 1, holds: script.alice.vector)).hasInSync)
    script.bob = script.alice
    script.alice.write()
    #expect(script.feed(.localChanged(script.alice.log)).hasRead)
  }

  @Test("entries that came from the peer do not go back, even if news of them comes early")
  func noEcho() {
    var script = ScriptedPeer()
    script.meet()
    // Bob writes in the live session, so nothing has told Alice that he holds it.
    script.bob.write()
    script.receive(.entries(number: 1, batch: script.batch))
    // The replica has applied the batch, and tells all sessions before this one has the answer.
    let applied = script.alice.apply(script.batch)
    #expect(!script.feed(.localChanged(script.alice.log)).hasRead)
    #expect(!script.feed(applied).hasRead)
  }

  @Test("news that came while a batch was in work is read once it is applied")
  func newsWhileApplying() {
    var script = ScriptedPeer(bobWrites: 2)
    script.exchange()
    script.receive(.entries(number: 1, batch: script.batch))
    let applied = script.alice.apply(script.batch)
    script.alice.write()
    #expect(!script.feed(.localChanged(script.alice.log)).hasRead)
    #expect(script.feed(applied).hasRead)
  }

  @Test("an entry that is not sealed yet waits for the next change, and holds nothing up")
  func unsealed() {
    var script = ScriptedPeer(aliceWrites: 1, bobWrites: 1)
    script.exchange()
    let nothing = BatchRead(bytes: [], entryCount: 0, cursor: .start)
    let outputs = script.feed(.batchRead(nothing))
    #expect(outputs.messages == [.caughtUp])
    #expect(!outputs.hasRead)
    #expect(script.feed(.localChanged(script.alice.log)).hasRead)
  }

  @Test("a stop ends the session at once, whatever is in work, and says goodbye")
  func stop() {
    var unopened = ScriptedPeer()
    #expect(unopened.feed(.stop) == [.finish(.stopped, SyncReport())])
    var script = ScriptedPeer(bobWrites: 1)
    script.exchange()
    script.receive(.entries(number: 1, batch: script.batch))
    let outputs = script.feed(.stop)
    #expect(outputs.messages == [.bye(Bye(.stopped, "The node was stopped."))])
    #expect(outputs.outcome == .stopped)
    #expect(script.apply(script.batch) == [])
  }

  @Test("the clocks' offset is told, however long the peer took to answer")
  func clockOffset() {
    var script = ScriptedPeer()
    script.open()
    script.pass(.milliseconds(700))
    let outputs = script.receive(.hello(script.hello(wall: 1_000_000 + 540_700)))
    #expect(outputs.notices == [.clockOffset(milliseconds: 540_000)])
  }

  @Test("a peer that holds more of our own log than we do is reported")
  func ownLogBehind() {
    var script = ScriptedPeer(aliceWrites: 1)
    script.meet()
    let own = Dot(replica: script.alice.id, sequence: 3)
    #expect(
      script.tell([LogTip(dot: own, hash: .none)]).notices
        == [.ownLogBehind(peerHolds: own)])
  }

  @Test("a vector that claims every entry there can be does no harm")
  func absurdVector() {
    var script = ScriptedPeer(aliceWrites: 1)
    script.meet()
    let claims = (1...4).map { number in
      LogTip(
        dot: Dot(replica: ReplicaID(rawValue: number), sequence: Limits.sequenceMax), hash: .none)
    }
    let outputs = script.tell(claims)
    #expect(outputs.messages == [.parted([]), .caughtUp])
    #expect(outputs.outcome == nil)
  }
}
