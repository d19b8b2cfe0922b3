import CRDTCore
import SyncEngine
import Testing

@Suite("Joining")
struct EnrolmentTests {
  private let request: JoinRequest
  private let grant: JoinGrant
  private var joiner = SyncSession(peer: TestKeys.alice, purpose: .stay)
  private var office = SyncSession(peer: TestKeys.bob, purpose: .stay)
  private let now = MonotonicInstant(elapsed: .seconds(100))
  private let joinerReplica = TinyReplica(node: TestKeys.bob, id: 2)
  private let officeReplica = TinyReplica(node: TestKeys.alice, id: 1)

  init() throws {
    request = try #require(
      JoinRequest(
        proof: [UInt8](repeating: 9, count: 32), nodeName: "lena-x1", userName: "Lena Vogt"))
    grant = try #require(
      JoinGrant(
        member: MemberID(rawValue: 5), founder: TestKeys.alice,
        workspaceNonce: [UInt8](repeating: 1, count: 16), extra: [1, 2, 3]))
  }

  private func received(_ message: SyncMessage) -> SyncSession.Input { .received(message.encoded) }

  @Test("a node that joins goes on as a known one, in the same session")
  mutating func join() {
    let asked = joiner.handle(.opened(.joining(request)), at: now)
    #expect(asked.messages == [.join(request)])
    #expect(office.handle(.opened(.awaitingJoin), at: now).messages == [])

    #expect(office.handle(received(.join(request)), at: now) == [.judgeJoin(request)])
    let granted = office.handle(.joinGranted(grant, officeReplica.localState()), at: now)
    #expect(granted.messages.map(\.kind) == [.joined, .hello])

    let messages = granted.messages
    let told = joiner.handle(received(messages[0]), at: now)
    #expect(told == [.enrol(grant)])
    // The office's hello comes while the joining node still makes its replica.
    #expect(joiner.handle(received(messages[1]), at: now) == [])
    let enrolled = joiner.handle(.enrolled(joinerReplica.localState()), at: now)
    #expect(enrolled.messages.map(\.kind) == [.hello])
    #expect(enrolled.hasInSync)
    #expect(office.handle(received(enrolled.messages[0]), at: now).hasInSync)
  }

  @Test("a node whose grant got lost asks again, and is answered as a known one")
  mutating func joinAgain() {
    let greeting = office.handle(.opened(.known(officeReplica.localState())), at: now)
    #expect(greeting.messages.map(\.kind) == [.hello])
    _ = joiner.handle(.opened(.joining(request)), at: now)
    #expect(joiner.handle(received(greeting.messages[0]), at: now).outcome == nil)

    #expect(office.handle(received(.join(request)), at: now) == [.judgeJoin(request)])
    let granted = office.handle(.joinGranted(grant, officeReplica.localState()), at: now)
    #expect(granted.messages == [.joined(grant)])
    #expect(joiner.handle(received(granted.messages[0]), at: now) == [.enrol(grant)])
    let enrolled = joiner.handle(.enrolled(joinerReplica.localState()), at: now)
    #expect(enrolled.hasInSync)
    #expect(office.handle(received(enrolled.messages[0]), at: now).hasInSync)
  }

  @Test("a request that is turned down ends both sessions with the reason")
  mutating func refusal() {
    _ = joiner.handle(.opened(.joining(request)), at: now)
    _ = office.handle(.opened(.awaitingJoin), at: now)
    _ = office.handle(received(.join(request)), at: now)
    let refused = office.handle(.joinRefused(reason: "the code has expired"), at: now)
    #expect(refused.outcome == .joinRefused(reason: "the code has expired"))
    let bye = Bye(.joinRefused, "The request to join was refused: the code has expired")
    #expect(refused.messages == [.bye(bye)])
    #expect(joiner.handle(received(.bye(bye)), at: now).outcome == .peerLeft(bye))
  }

  @Test(
    "an unknown peer may send nothing but a request to join",
    arguments: SyncMessage.examples.filter { ![.join, .bye].contains($0.kind) })
  mutating func onlyJoin(message: SyncMessage) {
    _ = office.handle(.opened(.awaitingJoin), at: now)
    let outputs = office.handle(received(message), at: now)
    #expect(outputs.outcome == .outOfPlace(message.kind))
    #expect(outputs.messages.map(\.kind) == [.bye])
  }

  @Test("an unknown peer may not send a second request")
  mutating func secondRequest() {
    _ = office.handle(.opened(.awaitingJoin), at: now)
    _ = office.handle(received(.join(request)), at: now)
    #expect(office.handle(received(.join(request)), at: now).outcome == .outOfPlace(.join))
  }

  @Test("an unknown peer may send 4 KiB, whatever they are")
  mutating func size() {
    _ = office.handle(.opened(.awaitingJoin), at: now)
    let bytes = [UInt8](repeating: 9, count: SessionLimits.joinBytesMax + 1)
    #expect(office.handle(.received(bytes), at: now).outcome == .overLimit(.joinBytes))
  }

  @Test("the limit of an unknown peer holds, and is named, until it has been let in")
  mutating func sizeWhileJudged() {
    _ = office.handle(.opened(.awaitingJoin), at: now)
    _ = office.handle(received(.join(request)), at: now)
    #expect(office.handle(.receivedTooLong, at: now).outcome == .overLimit(.joinBytes))
  }

  @Test("an unknown peer has 10 s, and gains no time by sending bytes")
  mutating func time() {
    let opened = office.handle(.opened(.awaitingJoin), at: now)
    #expect(opened == [.setDeadline(now + .seconds(10))])
    _ = office.handle(.linkActive, at: now + .seconds(9))
    let outputs = office.handle(.deadlineReached, at: now + .seconds(10))
    #expect(outputs.outcome == .silent)
    #expect(outputs.messages.map(\.kind) == [.bye])
  }

  @Test("the time that our side takes to enrol a node counts against nobody")
  mutating func ownTurn() {
    _ = office.handle(.opened(.awaitingJoin), at: now)
    _ = office.handle(received(.join(request)), at: now)
    #expect(office.handle(.deadlineReached, at: now + .seconds(10)) == [])
    let later = now + .seconds(60)
    let granted = office.handle(.joinGranted(grant, officeReplica.localState()), at: later)
    #expect(granted.deadline == later + .seconds(30))
  }

  @Test("a joining node takes nothing but a hello, a grant and a bye")
  func joiningOnly() {
    for message in SyncMessage.examples
    where ![.hello, .joined, .bye].contains(message.kind) {
      var joiner = joiner
      _ = joiner.handle(.opened(.joining(request)), at: now)
      #expect(joiner.handle(received(message), at: now).outcome == .outOfPlace(message.kind))
    }
  }

  @Test("requests and grants have bounds")
  func bounds() {
    let proof = [UInt8](repeating: 0, count: 32)
    let long = String(repeating: "ü", count: 129)
    #expect(JoinRequest(proof: proof + [0], nodeName: "a", userName: "b") == nil)
    #expect(JoinRequest(proof: proof, nodeName: String(long.prefix(33)), userName: "b") == nil)
    #expect(JoinRequest(proof: proof, nodeName: "a", userName: long) == nil)
    let longest = JoinRequest(
      proof: proof, nodeName: String(long.prefix(32)), userName: String(long.prefix(128)))
    #expect(
      longest.map { SyncMessage.join($0).encoded.count <= SessionLimits.joinBytesMax } == true)

    let nonce = [UInt8](repeating: 0, count: 16)
    let member = MemberID(rawValue: 1)
    #expect(
      JoinGrant(member: member, founder: TestKeys.alice, workspaceNonce: nonce + [0]) == nil)
    #expect(
      JoinGrant(
        member: member, founder: TestKeys.alice, workspaceNonce: nonce,
        extra: [UInt8](repeating: 0, count: 2_049)) == nil)
  }

  @Test("the workspace follows from the founder's key and the nonce")
  func workspace() {
    #expect(
      grant.workspace
        == WorkspaceID(founder: TestKeys.alice, nonce: [UInt8](repeating: 1, count: 16)))
  }
}
