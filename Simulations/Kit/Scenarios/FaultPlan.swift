import CRDTCore
import ReplicaStore
import SyncEngine
import TestSupport

/// Lets a scenario's faults strike, at times and nodes drawn from the seed.
struct FaultPlan {
  unowned let world: World
  let workload: Workload
  let scenario: Scenario
  /// Lets a new node take part.
  let onArrival: (SimulatedNode) -> Void
  private static let year: Int64 = 365 * 86_400_000

  /// Plans every fault; they strike until `end`.
  func lay(until end: VirtualTime) {
    strike(scenario.kills, until: end) { world, node in try world.kill(node) }
    strike(scenario.deathsAtWork, until: end) { world, node in
      guard node.replica != nil else { return }
      node.disk.operationsUntilDeath = Int.random(in: 0...40, using: &world.random)
    }
    strike(scenario.clockFaults, until: end) { world, node in Self.bend(node, in: world) }
    strike(scenario.partitions, until: end) { world, node in Self.part(node, in: world) }
    strike(scenario.fullDisks, until: end) { world, node in
      world.totals.fault("full disk")
      world.note(node, "has a full disk")
      node.disk.isFull = true
      let time = Duration.seconds(Int64.random(in: 60...40_000, using: &world.random))
      world.simulator.schedule(after: time) { node.disk.isFull = false }
    }
    for (count, withToken) in [(scenario.copies, false), (scenario.twins, true)] {
      strike(count, until: end) { world, node in
        guard let copy = try world.clone(node, withToken: withToken) else { return }
        workload.employ(copy, actsPerDay: scenario.actsPerDay)
        onArrival(copy)
      }
    }
    strike(scenario.joiners, until: end) { world, _ in
      // The founder's right to invite rests on no record that anybody changes.
      guard let office = world.nodes.first,
        let node = try world.invite("new\(world.nodes.count)", at: office, role: .representative)
      else { return }
      workload.employ(node, actsPerDay: scenario.actsPerDay)
      onArrival(node)
    }
    strike(scenario.equivocations, until: end) { world, node in try world.equivocate(to: node) }
    strike(scenario.upgrades, until: end) { world, node in try world.upgrade(node) }
    strike(scenario.ruleChanges, until: end) { world, node in
      guard workload.isOpen, node.replica != nil else { return }
      world.totals.fault("change of a rule")
      try workload.setRule(on: node)
    }
    for _ in 0..<scenario.restores { lay(.store, until: end) }
    for _ in 0..<scenario.rollbacks { lay(.machine, until: end) }
    strike(scenario.storms, until: end) { world, _ in
      world.totals.fault("storm")
      world.note(nil, "every line breaks")
      for node in world.nodes { world.network.cutLinks(of: node, audibly: true) }
      for node in world.nodes {
        node.schedule.wake(
          at: MonotonicInstant(
            elapsed: .milliseconds(Int64(world.simulator.now.milliseconds))))
      }
    }
  }

  /// A backup, and some time later a disk that breaks.
  private func lay(_ putBack: PutBack, until end: VirtualTime) {
    let node = world.random.choice(world.nodes)
    let span = Int64(end.milliseconds - world.simulator.now.milliseconds)
    let times = [
      Int64.random(in: 0..<span, using: &world.random),
      Int64.random(in: 0..<span, using: &world.random),
    ].sorted()
    world.simulator.schedule(after: .milliseconds(times[0])) { [unowned world] in
      try world.backUp(node)
    }
    world.simulator.schedule(after: .milliseconds(times[1])) { [unowned world] in
      try world.restore(node, putBack)
    }
  }

  private func strike(
    _ count: Int, until end: VirtualTime, _ fault: @escaping (World, SimulatedNode) throws -> Void
  ) {
    let span = Int64(end.milliseconds - world.simulator.now.milliseconds)
    for _ in 0..<count {
      let wait = Int64.random(in: 0..<span, using: &world.random)
      let node = world.random.choice(world.nodes)
      world.simulator.schedule(after: .milliseconds(wait)) { [unowned world] in
        try fault(world, node)
      }
    }
  }

  private static func bend(_ node: SimulatedNode, in world: World) {
    world.totals.fault("clock")
    let steps: [Int64] = [
      10 * year, -5 * year, 3_600_000, -3_600_000, 400_000, -20_000, 0, 0, 0, 2 * 86_400_000,
    ]
    if world.random.chance(15) {
      node.clock.stop()
      world.note(node, "has a frozen clock")
    } else {
      let lead = world.random.choice(steps)
      node.clock.set(leadMilliseconds: lead)
      world.note(node, "has a clock \(lead) ms ahead")
    }
  }

  private static func part(_ node: SimulatedNode, in world: World) {
    let other = world.random.choice(world.nodes)
    guard other !== node else { return }
    var directions: Set = [SimulatedNetwork.Direction(from: node.name, to: other.name)]
    if world.random.chance(50) {
      directions.insert(SimulatedNetwork.Direction(from: other.name, to: node.name))
    }
    world.totals.fault("partition")
    world.note(node, "is parted from \(other.name)")
    world.network.blocked.formUnion(directions)
    let time = Duration.seconds(Int64.random(in: 1...20_000, using: &world.random))
    world.simulator.schedule(after: time) { [unowned world] in world.network.unblock(directions) }
  }
}
