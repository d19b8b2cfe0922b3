import CRDTCore
import CRMDomain
import Glibc
package import ReplicaStore
import SyncEngine
package import TestSupport

/// A workspace of many nodes, run from one seed: the nodes, what lies between them, and what is known
/// to be true of them.
package final class World {
  package let simulator: Simulator
  package let trace: Trace
  package private(set) var nodes: [SimulatedNode] = []
  package var totals = Totals()
  /// What decides everything that no node decides.
  package var random: SplitMix64
  let network: SimulatedNetwork
  /// What the nodes' programs know when they are made: one of these.
  private let schemas: [ReplicaSchema]
  /// Whether some store was lost with what only it held.
  var hasLostStores = false
  /// Whether logs may get branches, so that what a node holds has other names later.
  var mayFork = false
  /// Who tells every node something else; `nil` where nobody does.
  var equivocator: Equivocator?
  private let folder: String
  /// 2026-01-05, a Monday.
  private static let start = VirtualTime(milliseconds: 1_767_600_000_000)

  /// Makes a world without nodes, whose files lie in `folder`.
  package init(seed: Seed, folder: String, schemas: [ReplicaSchema], trace: Trace) {
    random = seed.generator()
    simulator = Simulator(start: Self.start)
    network = SimulatedNetwork(simulator, random: SplitMix64(seed: random.next()))
    self.folder = folder
    self.schemas = schemas
    self.trace = trace
    network.onFault = { [unowned self] in totals.fault($0) }
  }

  package func node(_ name: String) -> SimulatedNode? { nodes.first { $0.name == name } }

  /// Notes that something has happened.
  func note(_ node: SimulatedNode? = nil, _ text: String) {
    trace.note(Trace.Event(time: simulator.now, node: node?.name ?? "", text: text))
  }

  /// How long a piece of work on a replica takes.
  func workTime() -> Duration { .milliseconds(Int64(random.next() % 20)) }

  // MARK: - Nodes

  func makeNode(_ name: String, key: SimulatedKey? = nil) throws -> SimulatedNode {
    let node = SimulatedNode(
      name: name, schema: random.choice(schemas),
      disk: try SimulatedDisk(folder: "\(folder)/\(name)"),
      time: simulator.time, key: key, random: &random)
    nodes.append(node)
    totals.nodes += 1
    return node
  }

  /// Lets go of a node that nobody lets in.
  func forget(_ node: SimulatedNode) {
    note(node, "gives up")
    node.invitation = nil
    node.replica = nil
    network.cutLinks(of: node, audibly: true)
    nodes.removeAll { $0 === node }
  }

  /// Founds the workspace.
  @discardableResult
  package func found(_ name: String) throws -> SimulatedNode {
    let node = try makeNode(name)
    let seed = FoundWorkspace(currency: .euro, userName: "Founder")
    node.replica = try Replica.found(
      at: node.path, schema: node.schema, environment: node.environment
    ) { transaction, member in
      try seed.seed(in: transaction)
      try EnrolNode(
        key: node.key.publicKey, nodeName: name, userName: "Founder", role: .administrator
      ).write(in: transaction, member: member, user: seed.user)
    }
    try confirm(node)
    note(node, "founds the workspace")
    return node
  }

  /// Enrols a node at another, and makes its empty store.
  @discardableResult
  package func enrol(_ name: String, at office: SimulatedNode, role: MemberRole) throws
    -> SimulatedNode
  {
    let node = try makeNode(name)
    guard
      let member = try run(
        on: office,
        { replica in
          try replica.write(command: "peer invite") {
            try EnrolNode(
              key: node.key.publicKey, nodeName: name, userName: "User of \(name)", role: role
            ).write(in: $0)
          }
        })
    else { throw Finding(.failure, "\(office.name) was down when \(name) was enrolled") }
    try confirm(office)
    guard let founding = try office.replica?.founding() else { return node }
    let origin = LogOrigin(
      key: node.key.publicKey, nonce: node.randomBytes(LogOrigin.nonceByteCount), member: member)
    node.replica = try Replica.joined(
      at: node.path, schema: node.schema, environment: node.environment,
      identity: NodeIdentity(founding: founding, origin: origin))
    note(node, "joins")
    return node
  }

  // MARK: - Work

  /// Runs `body`, which may write, on a node's replica; `nil` if the node is down, or dies meanwhile.
  package func run<Result>(
    on node: SimulatedNode, _ body: (Replica) throws -> Result
  ) throws -> Result? {
    defer {
      node.knowledge = ReplicaKnowledge()
      for reason in node.renewals.take() {
        totals.fault("replica id renewed (\(reason))")
        note(node, "goes on under another replica id (\(reason))")
      }
    }
    return try look(at: node, body)
  }

  /// As ``run(on:_:)``, of a `body` that writes no entry.
  func look<Result>(
    at node: SimulatedNode, _ body: (Replica) throws -> Result
  ) throws -> Result? {
    guard let replica = node.replica else { return nil }
    do {
      let result = try body(replica)
      // A death that struck after the last operation that mattered.
      guard node.disk.isDead else { return result }
    } catch {
      guard node.disk.isDead else { throw error }
    }
    try died(node)
    return nil
  }

  /// Notes what a command of a node has promised by returning, and tells the node's peers.
  func confirm(_ node: SimulatedNode) throws {
    guard let held = try holdings(of: node) else { return }
    node.promised.merge(held.vector)
    node.promisedTips.formUnion(held.tips.map(\.hash))
    try announce(node)
  }

  /// Tells the sessions of a node that its replica holds more.
  func announce(_ node: SimulatedNode) throws {
    guard !node.sessions.isEmpty else { return }
    do {
      guard let held = try sealedHoldings(of: node) else { return }
      for session in node.sessions { try session.localChanged(held) }
    } catch StoreError.full {
      note(node, "has no space for a seal")
    }
  }

  /// A node has told what it holds.
  func heard(from peer: SimulatedNode, _ vector: VersionVector) {
    if !mayBeLiedTo(by: peer), !mayFork { peer.promised.merge(vector) }
  }

  /// Whether what comes from a node may be a lie: its own, or an enemy's on the line.
  func mayBeLiedTo(by node: SimulatedNode) -> Bool {
    network.weather.bentPerMille > 0 || node.hostility != nil
  }
}

// MARK: - Death

extension World {
  /// Kills a node's process, or cuts its power.
  package func kill(_ node: SimulatedNode) throws {
    guard node.replica != nil else { return }
    node.disk.die()
    try died(node)
  }

  /// Tidies up after a node whose disk has gone dead.
  private func died(_ node: SimulatedNode) throws {
    let failure: SimulatedDisk.Failure = random.chance(50) ? .power : .process
    totals.fault(failure == .power ? "power cut" : "process killed")
    note(node, failure == .power ? "loses power" : "is killed")
    node.replica = nil
    for session in node.sessions { try session.abandon() }
    node.sessions = []
    network.cutLinks(of: node, audibly: failure == .process)
    node.failure = failure
    let rest = Duration.seconds(Int64(random.next() % 600))
    simulator.schedule(after: rest) { [self] in try restart(node) }
  }

  /// Opens a node's store again, and checks that it holds what it promised.
  ///
  /// An event of its own: whoever used the replica when it died has let go of it by now.
  func restart(_ node: SimulatedNode) throws {
    guard let failure = node.failure else { return }
    node.failure = nil
    node.disk.revive(after: failure, random: &random)
    try putBack(node)
    do {
      node.replica = try Replica.open(
        at: node.path, schema: node.schema, environment: node.environment)
    } catch StoreError.full {
      note(node, "has no space to start")
      node.failure = .process
      return simulator.schedule(after: .seconds(600)) { [self] in try restart(node) }
    }
    note(node, "starts again")
    let hashes = try node.replica?.read { try $0.entryHashes() } ?? []
    if !hashes.isSuperset(of: node.promisedTips) {
      throw Finding(.durability, "\(node.name) lacks an entry that it promised")
    }
    let held = try holdings(of: node)?.vector ?? VersionVector()
    for dot in node.promised.dots where !mayFork && held[dot.replica] < dot.sequence {
      throw Finding(
        .durability,
        "\(node.name) promised entry \(dot.sequence) of a log and holds \(held[dot.replica])")
    }
  }
}

extension World {
  /// Lets go of every file.
  func close() {
    simulator.clear()
    for node in nodes {
      // Nobody will read what SQLite would tidy up.
      node.disk.die()
      node.replica = nil
      node.sessions = []
    }
    network.forget()
  }
}
