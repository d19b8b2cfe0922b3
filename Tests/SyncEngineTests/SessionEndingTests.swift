import CRDTCore
import SyncEngine
import Testing

@Suite("How sessions end")
struct SessionEndingTests {
  private func expectEnding(
    _ outputs: [SyncSession.Output], _ outcome: SyncOutcome, _ reason: ByeReason?,
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(outputs.outcome == outcome, sourceLocation: location)
    let byes = outputs.messages.compactMap { message -> Bye? in
      if case .bye(let bye) = message { bye } else { nil }
    }
    #expect(byes.map(\.reason) == (reason.map { [$0] } ?? []), sourceLocation: location)
    #expect(byes.allSatisfy { $0.text == outcome.description }, sourceLocation: location)
  }

  @Test("a hello of another version, workspace or key ends the session")
  func hellos() {
    let script = ScriptedPeer()
    func answer(to hello: Hello) -> [SyncSession.Output] {
      var script = script
      script.open()
      return script.receive(.hello(hello))
    }
    expectEnding(
      answer(to: script.hello(versions: 2...3)), .noCommonVersion(theirs: 2...3), .noCommonVersion)
    expectEnding(
      answer(to: script.hello(workspace: 8)),
      .wrongWorkspace(theirs: WorkspaceID(rawValue: 8)), .wrongWorkspace)
    expectEnding(
      answer(to: script.hello(node: TestKeys.alice)), .wrongKey(claimed: TestKeys.alice),
      .wrongKey)
    #expect(answer(to: script.hello(versions: 1...9)).outcome == nil)
  }

  @Test("a node that reaches itself, or a copy of itself, leaves")
  func ownKey() {
    var script = ScriptedPeer()
    script.session = SyncSession(peer: TestKeys.alice, purpose: .stay)
    script.open()
    expectEnding(script.receive(.hello(script.hello(node: TestKeys.alice))), .ownKey, .wrongKey)
  }

  @Test(
    "before hello nothing but hello, a request to join or a bye may come",
    arguments: SyncMessage.examples.filter { ![.hello, .join, .bye].contains($0.kind) })
  func beforeHello(message: SyncMessage) {
    var script = ScriptedPeer()
    script.open()
    expectEnding(script.receive(message), .outOfPlace(message.kind), .outOfPlace)
  }

  @Test(
    "before the peer's vector nothing but it, a ping or a bye may come",
    arguments: SyncMessage.examples.filter { ![.vector, .ping, .bye].contains($0.kind) })
  func beforeVector(message: SyncMessage) {
    var script = ScriptedPeer(aliceWrites: 1)
    script.meet()
    expectEnding(script.receive(message), .outOfPlace(message.kind), .outOfPlace)
  }

  @Test(
    "in a live session of equal logs some messages have no place",
    arguments: SyncMessage.examples.filter { ![.entries, .ping, .bye].contains($0.kind) })
  func live(message: SyncMessage) {
    var script = ScriptedPeer()
    script.meet()
    expectEnding(script.receive(message), .outOfPlace(message.kind), .outOfPlace)
  }

  @Test(
    "a second hello, vector or caught-up, a verification too early, or a wrong number ends it",
    arguments: [
      .caughtUp, .vector([]), .entries(number: 0, batch: [1]),
      .entries(number: 3, batch: [1]), .entries(number: .max, batch: [1]),
      .ack(upTo: 0, holds: VersionVector()), .ack(upTo: 1, holds: VersionVector()),
    ] as [SyncMessage])
  func outOfPlace(message: SyncMessage) {
    var script = ScriptedPeer(bobWrites: 1)
    script.exchange()
    script.receive(.entries(number: 1, batch: [1]))
    script.receive(.caughtUp)
    expectEnding(script.receive(message), .outOfPlace(message.kind), .outOfPlace)
  }

  @Test("only one verification may come, and none before the peer has caught up")
  func verifications() {
    let verification = SyncMessage.verify(
      Verification(vector: VersionVector(), logDigest: .none, stateDigest: nil))
    var early = ScriptedPeer(bobWrites: 1)
    early.exchange()
    expectEnding(early.receive(verification), .outOfPlace(.verify), .outOfPlace)

    var twice = ScriptedPeer(bobWrites: 1)
    twice.exchange()
    twice.receive(.caughtUp)
    #expect(twice.receive(verification).outcome == nil)
    expectEnding(twice.receive(verification), .outOfPlace(.verify), .outOfPlace)
  }

  @Test("bytes that are no message end the session")
  func malformed() {
    var script = ScriptedPeer()
    script.meet()
    expectEnding(
      script.feed(.received([])), .malformed(MalformedBytes("a byte", at: 0)), .malformed)
  }

  @Test("a message over the limit ends the session")
  func tooLong() {
    var script = ScriptedPeer()
    script.meet()
    let bytes = [UInt8](repeating: 3, count: SessionLimits.messageBytesMax + 1)
    expectEnding(script.feed(.received(bytes)), .overLimit(.messageBytes), .overLimit)
    var announced = ScriptedPeer()
    announced.meet()
    expectEnding(announced.feed(.receivedTooLong), .overLimit(.messageBytes), .overLimit)
  }

  @Test("entries beyond the credit granted end the session")
  func beyondCredit() {
    var script = ScriptedPeer(limits: SessionLimits(creditBytes: 2_048), bobWrites: 1)
    script.exchange()
    // A larger batch is taken alone, and no other beside it.
    let large = [UInt8](repeating: 0, count: 5_000)
    #expect(script.receive(.entries(number: 1, batch: large)).applied == [large])
    expectEnding(
      script.receive(.entries(number: 2, batch: [0])), .overLimit(.credit), .overLimit)
  }

  @Test("tiny batches count as a kilobyte each")
  func tinyBatches() {
    var script = ScriptedPeer(limits: SessionLimits(creditBytes: 3 << 10), bobWrites: 1)
    script.exchange()
    for number in 1...3 as ClosedRange<UInt64> {
      #expect(script.receive(.entries(number: number, batch: [0])).outcome == nil)
    }
    expectEnding(
      script.receive(.entries(number: 4, batch: [0])), .overLimit(.credit), .overLimit)
  }

  @Test("a refused batch ends the session with the replica's reason")
  func refusedBatch() {
    var script = ScriptedPeer(bobWrites: 1)
    script.exchange()
    script.receive(.entries(number: 1, batch: [0]))
    expectEnding(
      script.feed(.batchRefused(reason: "the seal is not the author's")),
      .batchRefused(reason: "the seal is not the author's"), .batchRefused)
  }

  @Test("a batch that rests on another branch of a log ends the session, to meet again")
  func partedBatch() {
    var script = ScriptedPeer(bobWrites: 1)
    script.exchange()
    script.receive(.entries(number: 1, batch: [0]))
    let outputs = script.feed(.batchParted)
    expectEnding(outputs, .renamed, .renamed)
    #expect(outputs.outcome?.asksToMeetAgain == true)
  }

  @Test("a peer that sends nothing for the silence limit is left")
  func silence() {
    var script = ScriptedPeer()
    var deadline = script.meet().deadline ?? script.open().deadline
    let lastHeard = script.now
    var pings = 0
    while let due = deadline, due < lastHeard + .seconds(30) {
      script.now = due
      let outputs = script.feed(.deadlineReached)
      #expect(outputs.outcome == nil)
      pings += outputs.messages.count { $0 == .ping }
      deadline = outputs.deadline
    }
    #expect(pings == 2)
    #expect(deadline == lastHeard + .seconds(30))
    script.now = lastHeard + .seconds(30)
    expectEnding(script.feed(.deadlineReached), .silent, .silent)
  }

  @Test("a peer that never says hello is left")
  func silenceBeforeHello() {
    var script = ScriptedPeer()
    let deadline = script.open().deadline
    #expect(deadline == script.now + .seconds(30))
    script.pass(.seconds(30))
    expectEnding(script.feed(.deadlineReached), .silent, .silent)
  }

  @Test("pings keep an idle session alive for as long as they come")
  func idle() {
    var script = ScriptedPeer()
    script.meet()
    var pingCount = 0
    for _ in 0..<60 {
      script.pass(.seconds(9))
      #expect(script.receive(.ping).outcome == nil)
      script.pass(.seconds(1))
      let outputs = script.feed(.deadlineReached)
      #expect(outputs.outcome == nil)
      pingCount += outputs.messages.count
    }
    #expect(pingCount == 60)
  }

  @Test("a peer that pings but never acknowledges is left")
  func stalled() {
    var script = ScriptedPeer(aliceWrites: 1)
    script.exchange()
    script.receive(.caughtUp)
    script.feed(
      .batchRead(BatchRead(bytes: [0], entryCount: 1, cursor: LogCursor(rawValue: 1))))
    var outcome: SyncOutcome?
    let sent = script.now
    while outcome == nil, script.now < sent + .seconds(500) {
      script.pass(.seconds(10))
      script.receive(.ping)
      outcome = script.feed(.deadlineReached).outcome
    }
    #expect(outcome == .stalled)
    #expect(script.now == sent + .seconds(120))
  }

  @Test("while it is our own turn the peer owes nothing")
  func ownTurn() {
    var script = ScriptedPeer(bobWrites: 1)
    script.exchange()
    script.receive(.entries(number: 1, batch: script.batch))
    for _ in 0..<40 {
      script.pass(.seconds(10))
      script.receive(.ping)
      #expect(script.feed(.deadlineReached).outcome == nil)
    }
    #expect(script.apply(script.batch).messages.map(\.kind) == [.ack])
  }

  @Test("bytes of a message still on its way are a sign of life")
  func linkActive() {
    var script = ScriptedPeer()
    script.meet()
    for _ in 0..<12 {
      script.pass(.seconds(20))
      script.feed(.linkActive)
      #expect(script.feed(.deadlineReached).outcome == nil)
    }
  }

  @Test("a bye ends the session with the peer's reason, and is not answered")
  func bye() {
    let bye = Bye(ByeReason(rawValue: 99), "A reason of the year 2040.")
    for stage in 0..<3 {
      var script = ScriptedPeer(aliceWrites: 1)
      script.open()
      if stage > 0 { script.receive(.hello(script.hello)) }
      if stage > 1 { script.receive(.vector(script.bob.tips)) }
      expectEnding(script.receive(.bye(bye)), .peerLeft(bye), nil)
    }
  }

  @Test("whatever ends a session ends it once, and nothing comes after")
  func once() {
    var script = ScriptedPeer()
    script.meet()
    expectEnding(script.feed(.closed), .disconnected, nil)
    #expect(script.feed(.closed) == [])
    #expect(script.receive(.ping) == [])
    #expect(script.feed(.deadlineReached) == [])
  }

  @Test(
    "an answer that nobody asked for ends the session instead of trapping",
    arguments: [
      .batchRead(BatchRead(bytes: [1], entryCount: 1, cursor: LogCursor(rawValue: 1))),
      .batchApplied(BatchApplied(entryCount: 1, covers: VersionVector(), log: LogSnapshot())),
      .digestsComputed(
        ComputedDigests(vector: VersionVector(), logDigest: .none, stateDigest: nil)),
      .opened(.awaitingJoin), .enrolled(TinyReplica(node: TestKeys.alice, id: 1).localState()),
      .failed(reason: "the disk is full"),
    ] as [SyncSession.Input])
  func unasked(input: SyncSession.Input) {
    for isLive in [false, true] {
      var script = ScriptedPeer()
      script.open()
      if isLive { script.receive(.hello(script.hello)) }
      let outputs = script.feed(input)
      guard case .failed? = outputs.outcome else {
        Issue.record("\(String(describing: outputs.outcome))")
        continue
      }
      #expect(outputs.messages.map(\.kind) == [.bye])
    }
  }

  @Test("a batch from nowhere, or a read that goes too far, ends the session")
  func uselessRead() {
    for (cursor, bytes) in [(0, [1]), (2, [])] as [(UInt64, [UInt8])] {
      var script = ScriptedPeer(aliceWrites: 1)
      script.exchange()
      let outputs = script.feed(
        .batchRead(BatchRead(bytes: bytes, entryCount: 1, cursor: LogCursor(rawValue: cursor))))
      guard case .failed? = outputs.outcome else {
        Issue.record("\(String(describing: outputs.outcome))")
        continue
      }
    }
  }

  @Test("limits that make no sense trap")
  func limits() async {
    await #expect(processExitsWith: .failure) {
      _ = SessionLimits(silence: .seconds(5), keepAlive: .seconds(5))
    }
    await #expect(processExitsWith: .failure) { _ = SessionLimits(creditBytes: 0) }
  }
}
