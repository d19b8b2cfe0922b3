import CRMDomain
import ReplicaStore
import SyncEngine
package import TestSupport

/// One scenario under one seed, from the founding to the last check.
package struct Simulation {
  /// What it came to.
  package struct Outcome: Sendable {
    package let finding: Finding?
    package let totals: Totals
    /// The digest of the trace.
    package let digest: String
    /// The last events, of the nodes that a finding is about.
    package let events: [Trace.Event]
  }

  private let scenario: Scenario
  private let world: World
  private let workload: Workload
  private static let eventsShown = 60

  private init(_ scenario: Scenario, seed: Seed, folder: String, trace: Trace) {
    world = World(
      seed: seed, folder: folder,
      schemas: scenario.upgrades > 0 ? ProgramVersion.schemas : [EntityCatalog.standard.schema],
      trace: trace)
    self.scenario = scenario.drawn(from: &world.random)
    workload = Workload(in: world)
  }

  /// Runs a scenario; its files lie in `folder`, which the caller makes and removes.
  package static func run(
    _ scenario: Scenario, seed: Seed, folder: String, trace: Trace = Trace()
  ) -> Outcome {
    let simulation = Simulation(scenario, seed: seed, folder: folder, trace: trace)
    defer { simulation.world.close() }
    var finding: Finding?
    do {
      try simulation.play()
    } catch let error as Finding {
      finding = error
    } catch {
      finding = Finding(.failure, "\(error)")
    }
    var events: [Trace.Event] = []
    if let finding {
      let named = Set(simulation.world.nodes.map(\.name).filter { finding.text.contains($0) })
      events = trace.latest(eventsShown, of: named)
    }
    return Outcome(
      finding: finding, totals: simulation.world.totals, digest: trace.digest, events: events)
  }

  private func play() throws {
    try makeNodes()
    let start = world.simulator.now
    let end = start + .seconds(Int64(scenario.days) * 86_400)
    world.network.weather = scenario.weather
    FaultPlan(world: world, workload: workload, scenario: scenario, onArrival: visit).lay(
      until: end)
    for (index, node) in world.nodes.enumerated() {
      workload.employ(node, actsPerDay: scenario.actsPerDay)
      if index > 0, index <= scenario.sleepers {
        world.totals.fault("long absence")
        continue
      }
      visit(node)
    }
    for part in 1...4 {
      try world.simulator.run(until: start + .seconds(Int64(scenario.days) * 21_600 * Int64(part)))
      try checkSome()
    }
    workload.isOpen = false
    try stopFaults()
    try outlastHostiles()
    for node in world.nodes.dropFirst().prefix(scenario.sleepers) { try wake(node) }
    try Rounds(world: world).untilEqual(atMost: Rounds.boundAfterFaults)
    world.totals.virtualDays =
      Double(world.simulator.now.milliseconds - start.milliseconds) / 86_400_000
    try FinalCheck(world: world, workload: workload).run()
  }

  /// Founds the workspace, and lets every node take part: offices first, each joining at the first,
  /// then the representatives at theirs.
  private func makeNodes() throws {
    let first = try world.found("office1")
    var offices = [first]
    for number in 1..<max(1, scenario.offices) {
      let office = try world.enrol("office\(number + 1)", at: first, role: .administrator)
      office.peers = [offices[number - 1].name]
      offices.append(office)
    }
    world.mayFork = scenario.twins + scenario.rollbacks + scenario.equivocations > 0
    if scenario.equivocations > 0 { try world.enrolEquivocator(at: first) }
    // Whoever enrols others has to know of its own rights first.
    if offices.count > 1 { try firstSync() }
    for number in 0..<scenario.representatives {
      let office = offices[number % offices.count]
      let node = try world.enrol("rep\(number + 1)", at: office, role: .representative)
      node.peers = [office.name]
    }
    try firstSync()
    for node in world.nodes.suffix(scenario.hostiles) {
      node.hostility = Hostility(random: SplitMix64(seed: world.random.next()))
    }
  }

  /// Everybody exchanges everything, as when people set up their nodes together.
  private func firstSync() throws {
    try Rounds(world: world).untilEqual(atMost: 6)
  }

  /// Lets a node go online now and then.
  private func visit(_ node: SimulatedNode) {
    let pause = Int64(2 * 86_400 / scenario.visitsPerDay)
    let wait = Int64.random(in: 1...pause, using: &world.random)
    world.simulator.schedule(after: .seconds(wait)) { [self] in
      guard workload.isOpen else { return }
      let minutes = Int64.random(in: 1...Int64(scenario.visitMinutesMax), using: &world.random)
      // Offices are there for those who come.
      for name in node.peers {
        if let office = world.node(name), world.random.chance(85) {
          try world.goOnline(office, for: .seconds(minutes * 60))
        }
      }
      try world.goOnline(node, for: .seconds(minutes * 60))
      visit(node)
    }
  }

  /// A look at one node while all goes on.
  private func checkSome() throws {
    let node = world.random.choice(world.nodes)
    guard node.replica != nil, !node.disk.isFull else { return }
    try FinalCheck(world: world, workload: workload).check(node, rebuild: false)
  }

  /// Ends all faults; every node is up, and nobody online.
  private func stopFaults() throws {
    world.network.weather = SimulatedNetwork.Weather()
    world.network.unblock(world.network.blocked)
    for node in world.nodes {
      node.disk.operationsUntilDeath = nil
      node.disk.isFull = false
      if scenario.upgrades > 0 { try world.upgradeAtOnce(node) }
      try world.restart(node)
      try world.goOffline(node)
    }
    try world.forgetUnknown()
  }

  /// The honest nodes find together while the hostile ones go on; then these give up lying.
  private func outlastHostiles() throws {
    guard scenario.hostiles > 0 else { return }
    try Rounds(world: world).untilEqual(atMost: Rounds.boundAfterFaults + 1)
    for node in world.nodes {
      node.hostility = nil
      try world.goOffline(node)
    }
  }

  /// Lets a node that was away come online with its peers alone, and measures how it catches up.
  private func wake(_ node: SimulatedNode) throws {
    let start = world.simulator.now
    let before = world.totals
    for peer in node.peers.compactMap(world.node) { try world.goOnline(peer, for: .seconds(3_600)) }
    try world.goOnline(node, for: .seconds(3_600))
    while node.inSyncSince == nil, world.simulator.now <= start + .seconds(3_600) {
      try world.simulator.run(until: world.simulator.now + .milliseconds(10))
    }
    guard let end = node.inSyncSince else {
      throw Finding(.liveness, "\(node.name) was away, and has not caught up within an hour")
    }
    world.totals.catchUp.add(CatchUp(from: before, to: world.totals, start: start, end: end))
    try FinalCheck(world: world, workload: workload).check(node, rebuild: true)
    for node in world.nodes { try world.goOffline(node) }
  }
}
