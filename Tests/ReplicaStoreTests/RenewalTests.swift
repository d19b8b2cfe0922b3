import CRDTCore
import Foundation
import ReplicaStore
import Synchronization
import Testing

/// A token that lies in memory.
private final class TestToken: GenerationToken {
  private let bytes: Mutex<[UInt8]?>

  init(_ bytes: [UInt8]? = nil) { self.bytes = Mutex(bytes) }

  func read() -> [UInt8]? { bytes.withLock { $0 } }

  func write(_ bytes: [UInt8]) { self.bytes.withLock { $0 = bytes } }
}

@Suite("A store that is a copy, or was restored")
struct RenewalTests {
  private let folder: URL
  private let signer = TestSigner()
  private let clock = TestClock()
  private let token = TestToken()
  private let renewals = Renewals()
  private let replica: Replica

  private final class Renewals: Sendable {
    let reasons = Mutex<[RenewalReason]>([])
    var all: [RenewalReason] { reasons.withLock { $0 } }
  }

  private struct Refused: Error {}

  init() throws {
    folder = try TestNode.newFolder()
    let (signer, clock) = (signer, clock)
    replica = try Replica.found(
      at: folder.appendingPathComponent("node.sqlite").path, schema: TestSchema.schema,
      environment: Self.environment(signer, clock, token, renewals)
    ) { transaction, member in
      let id = RecordID(rawValue: member.rawValue)
      try transaction.create("member", id: id, [FieldChange("role", .set(.text("administrator")))])
      try transaction.create(
        "node",
        [
          FieldChange("key", .set(.bytes(signer.publicKey.bytes))),
          FieldChange("member", .set(.reference(id))),
        ])
    }
    try write("first", on: replica)
  }

  private static func environment(
    _ signer: TestSigner, _ clock: TestClock, _ token: TestToken, _ renewals: Renewals
  ) -> ReplicaEnvironment {
    let plain = TestNode.environment(signer, clock)
    return ReplicaEnvironment(
      now: plain.now, random: plain.random, signer: signer, token: token,
      onRenewal: { reason in renewals.reasons.withLock { $0.append(reason) } })
  }

  private func write(_ name: String, on replica: Replica) throws {
    try replica.write { try $0.create("deal", [FieldChange("name", .set(.text(name)))]) }
  }

  /// A copy of the file as it is now.
  private func copy() throws -> String {
    try replica.checkpoint()
    let path = folder.appendingPathComponent("\(UUID().uuidString).sqlite").path
    try FileManager.default.copyItem(atPath: replica.path, toPath: path)
    return path
  }

  private func open(_ path: String, _ token: TestToken) throws -> Replica {
    try Replica.open(
      at: path, schema: TestSchema.schema,
      environment: Self.environment(signer, clock, token, renewals))
  }

  private func exchange(_ one: Replica, _ two: Replica) throws {
    for (sender, receiver) in [(one, two), (two, one), (one, two)] {
      try sender.sealTip()
      let batch = try sender.extract(lackedBy: receiver.holdings().vector, after: 0)
      if let bytes = batch.bytes { _ = try receiver.apply(bytes) }
    }
  }

  @Test("writes on under its own id as long as nobody has copied it")
  func ordinary() throws {
    let own = try replica.holdings().own
    let again = try open(replica.path, token)
    try write("second", on: again)
    try write("third", on: replica)
    #expect(try again.holdings().own == own)
    #expect(renewals.all == [])
  }

  @Test("a copy without the token gets an id of its own, and both converge")
  func copied() throws {
    let other = try open(copy(), TestToken())
    try write("here", on: replica)
    try write("there", on: other)
    #expect(renewals.all == [.copied])
    #expect(try other.holdings().own != replica.holdings().own)
    try exchange(replica, other)
    #expect(try replica.digest() == other.digest())
    #expect(try replica.holdings().vector.entryCount == 4)
  }

  @Test("an older state beside the token of a newer one gets a new id and its own entries back")
  func restored() throws {
    let path = try copy()
    try write("lost", on: replica)
    let restored = try open(path, token)
    try write("after", on: restored)
    #expect(renewals.all == [.copied])
    try exchange(replica, restored)
    #expect(try replica.digest() == restored.digest())
    #expect(try restored.holdings().vector.entryCount == 4)
  }

  @Test("an older state with its older token learns from a peer what it lacks, before it writes")
  func behind() throws {
    let path = try copy()
    let older = TestToken(token.read())
    try write("lost", on: replica)
    let restored = try open(path, older)
    let own = try restored.holdings().own
    try exchange(replica, restored)
    #expect(renewals.all == [.behind])
    try write("after", on: restored)
    #expect(try restored.holdings().own != own)
    try exchange(replica, restored)
    #expect(try replica.digest() == restored.digest())
  }

  @Test("a peer's word that it holds more is enough")
  func told() throws {
    let held = try replica.holdings()
    let tip = held.vector[held.own]
    try replica.renew(ifBehind: Dot(replica: held.own, sequence: tip))
    #expect(renewals.all == [])
    try replica.renew(ifBehind: Dot(replica: held.own, sequence: tip + 1))
    #expect(renewals.all == [.behind])
  }

  @Test("a transaction that fails leaves the token where another process has moved it")
  func failedBesideAnother() throws {
    let other = try open(replica.path, token)
    try write("second", on: other)
    #expect(throws: Refused.self) {
      try replica.writeGroup { group in
        try group.write { try $0.create("deal", [FieldChange("name", .set(.text("x")))]) }
        throw Refused()
      }
    }
    try write("third", on: open(replica.path, token))
    #expect(renewals.all == [])
  }

  @Test("a transaction that fails leaves the token where it was")
  func failed() throws {
    #expect(throws: Refused.self) {
      try replica.writeGroup { group in
        try group.write { try $0.create("deal", [FieldChange("name", .set(.text("x")))]) }
        throw Refused()
      }
    }
    let again = try open(replica.path, token)
    try write("second", on: again)
    #expect(renewals.all == [])
  }
}
