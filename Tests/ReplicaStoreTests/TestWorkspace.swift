import CRDTCore
import Crypto
import Foundation
import ReplicaStore
import Synchronization
import TestSupport

/// A schema with every kind of field, small enough to hold in the head.
enum TestSchema {
  static let schema = ReplicaSchema(kinds: [
    KindSchema(
      name: "member",
      fields: [FieldSchema("name", .text), FieldSchema("role", .text)]),
    KindSchema(
      name: "node",
      fields: [
        FieldSchema("name", .text), FieldSchema("key", .bytes),
        FieldSchema("member", .reference(to: "member")),
      ]),
    KindSchema(
      name: "deal",
      fields: [
        FieldSchema("name", .text), FieldSchema("amount", .money),
        FieldSchema("stage", .text, merge: .register(.precedence, .review)),
        FieldSchema("engaged_on", .date, merge: .register(.min, .automatic)),
        FieldSchema("stock", .integer, merge: .counter),
        FieldSchema("labels", .text, merge: .set(.addWins)),
        FieldSchema("opted_out", .text, merge: .set(.removeWins)),
        FieldSchema("number", .text, isUnique: true),
        FieldSchema("billing_address", .structure), FieldSchema("owner", .reference(to: "deal")),
      ]),
    KindSchema(
      name: "line",
      fields: [FieldSchema("parent", .reference(to: "deal")), FieldSchema("name", .text)],
      owner: "parent"),
  ])
}

/// A node key that lives in memory.
struct TestSigner: EntrySigner {
  let key = P256.Signing.PrivateKey()

  var publicKey: NodePublicKey {
    guard let key = NodePublicKey(bytes: key.publicKey.compressedRepresentation) else {
      preconditionFailure("A key made by the library is a point of its curve.")
    }
    return key
  }

  func signature(for message: [UInt8]) throws -> [UInt8] {
    Array(try key.signature(for: message).rawRepresentation)
  }
}

/// A clock that a test moves by hand.
final class TestClock: Sendable {
  private let milliseconds: Mutex<UInt64>

  init(_ start: UInt64 = 1_800_000_000_000) { milliseconds = Mutex(start) }

  var now: WallTime { WallTime(milliseconds: milliseconds.withLock { $0 }) }

  func advance(milliseconds step: Int64) {
    milliseconds.withLock { $0 = UInt64(Int64($0) + step) }
  }
}

/// One node of a test: a real store in a temporary folder.
final class TestNode {
  let replica: Replica
  let signer: TestSigner
  let clock: TestClock
  let folder: URL

  private init(replica: Replica, signer: TestSigner, clock: TestClock, folder: URL) {
    self.replica = replica
    self.signer = signer
    self.clock = clock
    self.folder = folder
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static func environment(_ signer: TestSigner, _ clock: TestClock) -> ReplicaEnvironment {
    ReplicaEnvironment(
      now: { clock.now },
      random: { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      }, signer: signer)
  }

  static func newFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// The founder of a new workspace.
  static func founder(
    clock: TestClock = TestClock(), schema: ReplicaSchema = TestSchema.schema
  ) throws -> TestNode {
    let signer = TestSigner()
    let folder = try newFolder()
    let replica = try Replica.found(
      at: folder.appendingPathComponent("node.sqlite").path, schema: schema,
      environment: environment(signer, clock)
    ) { transaction, member in
      let id = RecordID(rawValue: member.rawValue)
      try transaction.create(
        "member", id: id,
        [
          FieldChange("name", .set(.text("founder"))),
          FieldChange("role", .set(.text("administrator"))),
        ])
      try transaction.create(
        "node",
        [
          FieldChange("key", .set(.bytes(signer.publicKey.bytes))),
          FieldChange("member", .set(.reference(id))),
        ])
    }
    return TestNode(replica: replica, signer: signer, clock: clock, folder: folder)
  }

  /// A node that this one enrols, with what this one holds.
  func enrol(
    _ name: String, role: String = "representative", clock: TestClock? = nil,
    schema: ReplicaSchema = TestSchema.schema
  ) throws -> TestNode {
    let node = try letIn(name, role: role, clock: clock, schema: schema)
    try node.pull(from: self)
    return node
  }

  /// A node that this one enrols; empty until it syncs.
  func letIn(
    _ name: String, role: String = "representative", clock: TestClock? = nil,
    schema: ReplicaSchema = TestSchema.schema
  ) throws -> TestNode {
    let signer = TestSigner()
    let clock = clock ?? self.clock
    let member = try replica.write { transaction in
      let member = try transaction.create(
        "member", [FieldChange("name", .set(.text(name))), FieldChange("role", .set(.text(role)))])
      try transaction.create(
        "node",
        [
          FieldChange("name", .set(.text(name))),
          FieldChange("key", .set(.bytes(signer.publicKey.bytes))),
          FieldChange("member", .set(.reference(member))),
        ])
      return member
    }
    let folder = try Self.newFolder()
    let identity = NodeIdentity(
      founding: try replica.founding(),
      origin: LogOrigin(
        key: signer.publicKey, nonce: Array(UUID().uuidString.utf8.prefix(16)),
        member: MemberID(rawValue: member.rawValue)))
    let replica = try Replica.joined(
      at: folder.appendingPathComponent("node.sqlite").path, schema: schema,
      environment: Self.environment(signer, clock), identity: identity)
    return TestNode(replica: replica, signer: signer, clock: clock, folder: folder)
  }

  /// A node of the same workspace that nobody has enrolled, with what this one holds.
  ///
  /// It has entered itself in the tables of its own store; else it could not even write.
  func stranger() throws -> TestNode {
    let signer = TestSigner()
    let folder = try Self.newFolder()
    let member = MemberID(rawValue: 42)
    let identity = NodeIdentity(
      founding: try replica.founding(),
      origin: LogOrigin(
        key: signer.publicKey, nonce: Array(repeating: 7, count: 16), member: member))
    let path = folder.appendingPathComponent("node.sqlite").path
    let replica = try Replica.joined(
      at: path, schema: TestSchema.schema, environment: Self.environment(signer, clock),
      identity: identity)
    let node = TestNode(replica: replica, signer: signer, clock: clock, folder: folder)
    try node.pull(from: self)
    try ForgedRoster.enter(signer.publicKey, member: member, inStoreAt: path)
    return node
  }

  /// The same node once more, as when its machine is put back to an older state: nothing tells the
  /// two apart.
  func copy() throws -> TestNode {
    try replica.checkpoint()
    let folder = try Self.newFolder()
    let path = folder.appendingPathComponent("node.sqlite").path
    try FileManager.default.copyItem(atPath: replica.path, toPath: path)
    let copy = try Replica.open(
      at: path, schema: replica.schema, environment: Self.environment(signer, clock))
    return TestNode(replica: copy, signer: signer, clock: clock, folder: folder)
  }

  /// Takes in everything that `other` holds and this node does not.
  @discardableResult
  func pull(from other: TestNode, byteLimit: Int = Limits.batchBytesTarget) throws -> Int {
    try other.replica.sealTip()
    var cursor: Int64 = 0
    var entries = 0
    while true {
      let batch = try other.replica.extract(
        lackedBy: try replica.holdings().vector, after: cursor, byteLimit: byteLimit)
      if let bytes = batch.bytes { entries += try replica.apply(bytes).entries }
      cursor = batch.cursor
      if batch.isLast { return entries }
    }
  }

  func state(_ kind: String, _ id: RecordID) throws -> RecordState {
    guard let state = try replica.read({ try $0.record(kind, id) }) else {
      throw StoreError.missing(path: "\(kind) \(id)")
    }
    return state
  }

  /// Edits fields of a deal on what this node shows now, or on an earlier basis.
  func edit(_ id: RecordID, basis: Basis? = nil, _ changes: FieldChange...) throws {
    let basis = try basis ?? state("deal", id).basis
    try replica.write { try $0.edit("deal", id, basis: basis, changes) }
  }
}

/// Brings every node to what all hold together.
func syncAll(_ nodes: [TestNode]) throws {
  for _ in 0..<2 {
    for receiver in nodes {
      for sender in nodes where sender !== receiver { try receiver.pull(from: sender) }
    }
  }
}
