import CRDTCore
import ReplicaStore
import SimulationKit
import Synchronization
import TestSupport

/// A few real replicas that edit, exchange and forge at random, all drawn from one seed.
final class OracleWorld {
  /// One node: a real store in a folder of its own.
  struct Node {
    let name: String
    let replica: Replica
    let clock: WorldClock
    /// Whether its tables are what its log makes them; a stranger has written itself into its own.
    var isHonest = true
  }

  /// What a node once showed of a record: a form that may be saved much later.
  struct Form {
    let node: Int
    let kind: String
    let id: RecordID
    let basis: Basis
  }

  var random: SplitMix64
  private(set) var nodes: [Node] = []
  var honest: [Node] { nodes.filter(\.isHonest) }
  /// The records made so far.
  var deals: [RecordID] = []
  var lines: [RecordID] = []
  var parts: [RecordID] = []
  /// Records that are to hold together, and seldom do.
  var steps: [RecordID] = []
  var forms: [Form] = []
  /// A node with a key in the roster that writes what no program would; `nil` in a peaceful world.
  private(set) var forger: Forger?
  /// A node that tells each of the others another log; `nil` where there is none.
  private(set) var equivocator: Equivocator?
  private let folder: TemporaryDirectory

  /// Founds a workspace with three more nodes and a stranger; two of the clocks are wrong.
  init(_ seed: Seed, isHostile: Bool = false, forks: Bool = false) throws {
    random = seed.generator()
    folder = try TemporaryDirectory()
    let key = SimulatedKey(from: &random)
    let clock = WorldClock()
    let founder = try Replica.found(
      at: folder.path("founder.sqlite"), schema: Self.schema,
      environment: environment(key, clock), durability: .normal
    ) { transaction, member in
      try transaction.create(
        "member", id: RecordID(rawValue: member.rawValue),
        [FieldChange("role", .set(.text("administrator")))])
    }
    nodes.append(Node(name: "founder", replica: founder, clock: clock))
    if isHostile {
      let key = SimulatedKey(from: &random)
      let member = try add(key.publicKey, "forger", role: "representative")
      forger = Forger(key: key, member: member, nodes: 5)
    }
    if forks {
      let key = SimulatedKey(from: &random)
      let role = random.choice(["representative", "administrator"])
      equivocator = Equivocator(
        key: key, member: try add(key.publicKey, "equivocator", role: role),
        founding: try founder.founding())
    }
    try enrol("chief", role: "administrator", ahead: 0)
    try enrol("early", role: "representative", ahead: random.choice([0, 9 * 60_000, 1 << 40]))
    try enrol("late", role: "auditor", ahead: random.choice([0, -400_000, -1 << 35]))
    try addStranger()
    for _ in 0..<2 { try make(on: 0) }
    for _ in 0..<3 { try makeStep() }
  }

  /// Adds a node's member and key to the roster.
  private func add(
    _ key: NodePublicKey, _ name: String, role: String
  ) throws -> MemberID {
    try nodes[0].replica.write { transaction in
      let member = try transaction.create(
        "member",
        [FieldChange("name", .set(.text(name))), FieldChange("role", .set(.text(role)))])
      try transaction.create(
        "node",
        [
          FieldChange("key", .set(.bytes(key.bytes))),
          FieldChange("member", .set(.reference(member))),
        ])
      return MemberID(rawValue: member.rawValue)
    }
  }

  private func enrol(_ name: String, role: String, ahead: Int64) throws {
    let key = SimulatedKey(from: &random)
    try join(name, key, member: try add(key.publicKey, name, role: role), ahead: ahead)
  }

  /// Adds a node that nobody has enrolled, with a member of its own invention.
  private func addStranger() throws {
    let (key, member) = (SimulatedKey(from: &random), MemberID(rawValue: 42))
    try join("stranger", key, member: member, ahead: 0)
    try ForgedRoster.enter(
      key.publicKey, member: member, inStoreAt: folder.path("stranger.sqlite"))
    nodes[nodes.count - 1].isHonest = false
  }

  private func join(
    _ name: String, _ key: SimulatedKey, member: MemberID, ahead: Int64
  ) throws {
    let clock = WorldClock()
    clock.advance(milliseconds: ahead)
    let identity = NodeIdentity(
      founding: try nodes[0].replica.founding(),
      origin: LogOrigin(key: key.publicKey, nonce: random.bytes(16), member: member))
    let replica = try Replica.joined(
      at: folder.path("\(name).sqlite"), schema: Self.schema,
      environment: environment(key, clock), durability: .normal, identity: identity)
    nodes.append(Node(name: name, replica: replica, clock: clock))
    try pull(to: nodes.count - 1, from: 0, byteLimit: Limits.batchBytesTarget)
  }

  private func environment(_ key: SimulatedKey, _ clock: WorldClock) -> ReplicaEnvironment {
    let bytes = Mutex(SplitMix64(seed: random.next()))
    return ReplicaEnvironment(
      now: { clock.now }, random: { count in bytes.withLock { $0.bytes(count) } }, signer: key)
  }

  /// Takes one batch in.
  func pull(to receiver: Int, from sender: Int, byteLimit: Int) throws {
    let (receiver, sender) = (nodes[receiver].replica, nodes[sender].replica)
    try sender.sealTip()
    // As in a session: each looks for the other's last entries, and tells which logs have parted.
    var (held, _) = try sender.holdings(ofPeerWith: receiver.holdings().tips)
    for log in try receiver.holdings(ofPeerWith: sender.holdings().tips).parted { held.remove(log) }
    let batch = try sender.extract(lackedBy: held, after: 0, byteLimit: byteLimit)
    if let bytes = batch.bytes { _ = try receiver.apply(bytes) }
  }

  /// Brings every node to what all hold together.
  func converge() throws {
    for _ in 0..<(equivocator == nil ? 2 : 3) {
      for receiver in nodes.indices {
        for sender in nodes.indices where sender != receiver {
          try pull(to: receiver, from: sender, byteLimit: Limits.batchBytesTarget)
        }
      }
    }
  }

  /// Lets something happen somewhere.
  func step() throws {
    let node = Int.random(in: nodes.indices, using: &random)
    nodes[node].clock.advance(milliseconds: Int64.random(in: 0...900, using: &random))
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<9: try retrying(on: node) { try act(on: node) }
    case 9..<16:
      let other = Int.random(in: nodes.indices, using: &random)
      let limit = Int.random(in: 200...6_000, using: &random)
      if other != node { try pull(to: node, from: other, byteLimit: limit) }
    case 16, 17, 18:
      try forger?.forge(in: self)
      try equivocator?.tell(random.choice(nodes).replica, using: &random) {
        known, names, random in
        let writer = PayloadWriter(
          deals: deals.map { RecordKey(kind: "deal", id: $0) },
          lines: lines.map { RecordKey(kind: "line", id: $0) }, known: known, names: names)
        return writer.payload(naming: nil, using: &random)
      }
    default: try retrying(on: node) { try actOnRoster(on: node) }
    }
  }

  /// Lets somebody open all forms anew if what they had shown bears other names now; who has no rights
  /// any more does nothing.
  private func retrying(on node: Int, _ act: () throws -> Void) throws {
    do {
      try act()
    } catch ReplicaError.renamedBasis {
      forms.removeAll { $0.node == node }
    } catch ReplicaError.notEnrolled {
      return
    }
  }
}

/// A clock that a test moves by hand.
final class WorldClock: Sendable {
  private let milliseconds = Mutex<Int64>(1_800_000_000_000)

  var now: WallTime { WallTime(milliseconds: milliseconds.withLock { $0 }) }

  func advance(milliseconds step: Int64) { milliseconds.withLock { $0 += step } }
}

extension OracleWorld {
  /// Every policy and rule, in as few kinds as will do.
  static let schema = ReplicaSchema(kinds: kinds, constraints: constraints)

  /// Every rule, of records that refer to each other.
  private static let constraints = [
    Constraint("step", "next", .acyclic), Constraint("step", "only", .single),
    Constraint("step", "weight", .total(100, per: "next")), Constraint("step", "next", .living),
    Constraint("step", "next", .current(unless: "done_on")),
    Constraint(
      "step", "state",
      .backed(except: "off", path: ["next", "next"], field: "state", value: "on")),
    Constraint("planet", "name", .single),
  ]

  private static let kinds = [
    KindSchema(
      name: "member",
      fields: [FieldSchema("name", .text), FieldSchema("role", .text)]),
    KindSchema(
      name: "node",
      fields: [
        FieldSchema("key", .bytes), FieldSchema("member", .reference(to: "member")),
      ]),
    KindSchema(
      name: "deal",
      fields: [
        FieldSchema("name", .text), FieldSchema("number", .text, isUnique: true),
        FieldSchema("amount", .money, merge: .register(.max, .automatic)),
        FieldSchema("budget", .integer, merge: .register(.lastWriter, .hold)),
        FieldSchema("hours", .decimal, merge: .register(.max, .review)),
        FieldSchema("first_contact", .text, merge: .register(.first, .review)),
        FieldSchema("stage", .text, merge: .register(.precedence, .review)),
        FieldSchema("engaged_on", .date, merge: .register(.min, .automatic)),
        FieldSchema("verified_at", .instant, merge: .register(.max, .automatic)),
        FieldSchema("active", .bool), FieldSchema("billing_address", .structure),
        FieldSchema("stock", .integer, merge: .counter),
        FieldSchema("visits", .integer, merge: .counter),
        FieldSchema("labels", .text, merge: .set(.addWins)),
        FieldSchema("opted_out", .text, merge: .set(.removeWins)),
        FieldSchema("links", .reference(to: "deal"), merge: .set(.addWins)),
      ]),
    KindSchema(
      name: "line",
      fields: [
        FieldSchema("parent", .reference(to: "deal")), FieldSchema("name", .text, isUnique: true),
      ], owner: "parent"),
    KindSchema(
      name: "part",
      fields: [FieldSchema("of", .reference(to: "line")), FieldSchema("name", .text)],
      owner: "of"),
    KindSchema(
      name: "step",
      fields: [
        FieldSchema("name", .text), FieldSchema("next", .reference(to: "step")),
        FieldSchema("only", .bool), FieldSchema("weight", .decimal),
        FieldSchema("state", .text), FieldSchema("done_on", .date),
      ]),
    KindSchema(
      name: "dismissal", fields: [FieldSchema("conflict", .bytes), FieldSchema("reason", .text)]),
    KindSchema(
      name: ConflictPolicies.kind,
      fields: [
        FieldSchema(ConflictPolicies.field, .text, merge: .register(.first, .review)),
        FieldSchema(ConflictPolicies.rule, .text),
      ]),
  ]
}
