import CRDTCore
import ReplicaStore
import SimulationKit
import TestSupport

/// A node with a key in the roster that writes by hand what no program would write.
final class Forger {
  private static let start = HybridTimestamp(wallMilliseconds: 1_800_000_000_000, counter: 0)

  private let key: SimulatedKey
  private let origin: LogOrigin
  private var sequence: UInt64 = 0
  private var hash = EntryHash.none
  private var time = Forger.start
  private var wall = WallTime(milliseconds: Forger.start.wallMilliseconds)
  /// The nodes in the order in which it tries them.
  private var home: [Int]
  private var past: [ReplicaID: UInt64] = [:]
  /// What it wrote to last, and its entries there.
  private var target: (deal: RecordID, field: String, dots: Set<Dot>)?

  init(key: SimulatedKey, member: MemberID, nodes: Int) {
    self.key = key
    home = Array(0..<nodes)
    origin = LogOrigin(
      key: key.publicKey, nonce: Array(repeating: 3, count: 16), member: member)
  }

  /// Writes a few entries on the first node that will take them, in most cases where it wrote its last.
  func forge(in world: OracleWorld) throws {
    if world.random.chance(30) { home.shuffle(using: &world.random) }
    for node in home where try forge(on: world.nodes[node].replica, in: world) {
      while world.random.chance(30) { _ = try forge(on: world.nodes[node].replica, in: world) }
      return
    }
  }

  /// Writes one entry that rests on all that a node holds, and hands it to the node.
  ///
  /// - Returns: Whether it did; a node that lacks some of what the forger has seen is passed over.
  private func forge(on replica: Replica, in world: OracleWorld) throws -> Bool {
    let held = try replica.read {
      try EntryCollector($0, workspace: replica.workspace).entries.map(\.entry)
    }
    var tips: [ReplicaID: Dependency] = [:]
    for entry in held { tips[entry.dot.replica] = Dependency(dot: entry.dot, hash: entry.hash) }
    let own = tips.removeValue(forKey: origin.replica)?.dot.sequence ?? 0
    guard own == sequence, past.allSatisfy({ (tips[$0]?.dot.sequence ?? 0) >= $1 }) else {
      return false
    }
    let dependencies = tips.values.filter { $0.dot.sequence > past[$0.dot.replica] ?? 0 }
      .sorted { $0.dot < $1.dot }
    for dependency in dependencies { past[dependency.dot.replica] = dependency.dot.sequence }
    let payload = try payload(of: own + 1, on: held, in: world)
    if world.random.chance(90) {
      time = HybridTimestamp(
        wallMilliseconds: time.wallMilliseconds + (world.random.chance(20) ? 900_000 : 1_000),
        counter: 0)
    }
    if world.random.chance(15) { time = Self.start }
    // It never admits that its clock has gone back.
    wall = max(wall, WallTime(milliseconds: time.wallMilliseconds))
    let header = EntryHeader(
      workspace: replica.workspace, dot: Dot(replica: origin.replica, sequence: sequence + 1),
      time: time, wall: wall, member: origin.member,
      dependencies: dependencies, previous: hash, payload: payload,
      origin: sequence == 0 ? origin : nil)
    sequence += 1
    hash = header.hash
    let seal = try key.signature(
      for: Seal.message(workspace: replica.workspace, dot: header.dot, hash: hash))
    let item = EntryBatch.Item(
      log: 0, time: time, header: CompactHeader(header), payload: payload, seal: seal)
    _ = try replica.apply(
      EntryBatch(
        logs: [EntryBatch.Log(replica: header.dot.replica, sequence: header.dot.sequence)],
        items: [item]
      ).encoded(level: nil))
    return true
  }

  private func payload(
    of sequence: UInt64, on held: [OracleEntry], in world: OracleWorld
  ) throws -> PayloadBytes {
    if world.random.chance(10) { return try PayloadBytes(bytes: [3, 9, 9, 9, 0]) }
    var unseen: Dot?
    if target == nil || world.random.chance(40) {
      let places = try unseenPlaces(in: world)
      if places.isEmpty || world.random.chance(40) {
        let field = world.random.choice(["name", "number", "stage", "labels", "stock", "planet"])
        target = (world.random.choice(world.deals), field, [])
      } else {
        let place = world.random.choice(places)
        target = (place.deal, place.field, [])
        unseen = place.dot
      }
    }
    guard let (deal, field, dots) = target else { return try PayloadBytes(bytes: [0]) }
    var replaced = dots
    if let unseen { replaced.insert(unseen) }
    if world.random.chance(50) {
      let there = places(in: held).filter { $0.deal == deal && $0.field == field }
      replaced.insert(world.random.choice(there.map(\.dot) + [world.random.choice(held).dot]))
    }
    var payload = Payload()
    payload.writes = [
      write(to: field, replacing: replaced.sorted(), in: world, names: &payload.names)
    ]
    if world.random.chance(20) {
      payload.writes.append(
        FieldWrite(
          field: reference(to: "owner", names: &payload.names), change: .register(.bool(true))))
      payload.writes.sort { $0.field < $1.field }
      if payload.writes[0].field == payload.writes[1].field { payload.writes.removeLast() }
    }
    let kind = world.random.chance(95) ? "deal" : "planet"
    payload.records = [
      RecordEdit(
        kind: reference(to: kind, names: &payload.names), id: deal,
        writes: 0..<payload.writes.count)
    ]
    target?.dots.insert(Dot(replica: origin.replica, sequence: sequence))
    if world.random.chance(25) {
      // With a write to the roster, none of it counts.
      let name = reference(to: "name", names: &payload.names)
      payload.records.append(
        RecordEdit(
          kind: reference(to: "member", names: &payload.names),
          id: RecordID(rawValue: origin.member.rawValue),
          writes: payload.writes.count..<payload.writes.count + 1))
      payload.writes.append(FieldWrite(field: name, change: .register(.text("Chief"))))
    }
    return payload.encoded(author: origin.replica, salt: world.random.bytes(16))
  }

  /// The fields of deals that entries on some node write to, of which the forger's entry knows nothing.
  private func unseenPlaces(
    in world: OracleWorld
  ) throws -> [(deal: RecordID, field: String, dot: Dot)] {
    let replica = world.random.choice(world.nodes).replica
    let entries = try replica.read {
      try EntryCollector($0, workspace: replica.workspace).entries.map(\.entry)
    }
    return places(
      in: entries.filter {
        $0.dot.replica != origin.replica && $0.dot.sequence > past[$0.dot.replica] ?? 0
      })
  }

  /// The fields of deals that entries write to.
  private func places(
    in entries: [OracleEntry]
  ) -> [(deal: RecordID, field: String, dot: Dot)] {
    entries.flatMap { entry in
      guard let payload = entry.payload else {
        return [(deal: RecordID, field: String, dot: Dot)]()
      }
      return payload.records.filter { payload.name($0.kind) == "deal" }.flatMap { record in
        payload.writes[record.writes].filter { $0.field != NameTable.record }.map {
          (record.id, payload.name($0.field) ?? "", entry.dot)
        }
      }
    }
  }

  private func write(
    to field: String, replacing dots: [Dot], in world: OracleWorld, names: inout [String]
  ) -> FieldWrite {
    let text = Value.text(world.random.choice(["a", "b", "forged"]))
    let change: FieldWrite.Change =
      switch Int.random(in: 0..<10, using: &world.random) {
      case 0..<4: .register(text)
      case 4: .register(.integer(7))
      case 5: .sides([Side(value: text, rank: 2)])
      case 6: .counter(5)
      case 7: .element(ElementKey(of: text), isPresent: world.random.chance(50), text)
      case 8: .delete(seen: dots)
      default:
        .unknown(FieldWrite.UnknownChange(kind: 9, touches: [], body: [1], value: nil))
      }
    if case .delete = change {
      return FieldWrite(field: NameTable.record, replaces: dots, change: change)
    }
    return FieldWrite(
      field: reference(to: field, names: &names), replaces: dots, change: change)
  }

  private func reference(to name: String, names: inout [String]) -> NameReference {
    if let index = NameTable.indexes[name] { return NameReference(staticIndex: index) }
    if let index = names.firstIndex(of: name) { return NameReference(localIndex: index) }
    names.append(name)
    return NameReference(localIndex: names.count - 1)
  }
}
