import CRDTCore
import ReplicaStore
import SimulationKit
import TestSupport

/// A node with a key in the roster that writes by hand what no program would write.
final class Forger {
  private let key: SimulatedKey
  private let origin: LogOrigin
  private var sequence: UInt64 = 0
  private var hash = EntryHash.none
  private var time = HybridTimestamp(wallMilliseconds: 1_800_000_000_000, counter: 0)
  private var past: [ReplicaID: UInt64] = [:]

  init(key: SimulatedKey, member: MemberID) {
    self.key = key
    origin = LogOrigin(
      key: key.publicKey, nonce: Array(repeating: 3, count: 16), member: member)
  }

  /// Writes one entry that rests on all that a node holds, and hands it to the node.
  ///
  /// A node that lacks some of what the forger has seen is passed over.
  func forge(on replica: Replica, in world: OracleWorld) throws {
    let held = try replica.read {
      try EntryCollector($0, workspace: replica.workspace).entries.map(\.entry)
    }
    var tips: [ReplicaID: Dependency] = [:]
    for entry in held { tips[entry.dot.replica] = Dependency(dot: entry.dot, hash: entry.hash) }
    let own = tips.removeValue(forKey: origin.replica)?.dot.sequence ?? 0
    guard own == sequence, past.allSatisfy({ (tips[$0]?.dot.sequence ?? 0) >= $1 }) else { return }
    let dependencies = tips.values.filter { $0.dot.sequence > past[$0.dot.replica] ?? 0 }
      .sorted { $0.dot < $1.dot }
    for dependency in dependencies { past[dependency.dot.replica] = dependency.dot.sequence }
    let payload = try payload(on: held, in: world)
    if world.random.chance(90) {
      time = HybridTimestamp(
        wallMilliseconds: time.wallMilliseconds + (world.random.chance(20) ? 900_000 : 1_000),
        counter: 0)
    }
    let header = EntryHeader(
      workspace: replica.workspace, dot: Dot(replica: origin.replica, sequence: sequence + 1),
      time: time, wall: WallTime(milliseconds: time.wallMilliseconds), member: origin.member,
      dependencies: dependencies, previous: hash, payload: payload,
      origin: sequence == 0 ? origin : nil)
    sequence += 1
    hash = header.hash
    let seal = try key.signature(
      for: Seal.message(workspace: replica.workspace, dot: header.dot, hash: hash))
    let item = EntryBatch.Item(
      log: 0, time: time, header: CompactHeader(header), payload: payload, seal: seal)
    _ = try replica.apply(EntryBatch(logs: [header.dot], items: [item]).encoded(level: nil))
  }

  private func payload(
    on held: [OracleEntry], in world: OracleWorld
  ) throws -> PayloadBytes {
    if world.random.chance(10) { return try PayloadBytes(bytes: [3, 9, 9, 9, 0]) }
    var payload = Payload()
    let deal = world.random.choice(world.deals)
    let kind = world.random.choice(["deal", "deal", "deal", "deal", "planet"])
    let count = Int.random(in: 1...3, using: &world.random)
    payload.writes = (0..<count).map { _ in write(on: held, in: world, names: &payload.names) }
      .reduce(into: []) { writes, write in
        if !writes.contains(where: { $0.field == write.field }) { writes.append(write) }
      }
      .sorted { $0.field < $1.field }
    payload.records = [
      RecordEdit(
        kind: reference(to: kind, names: &payload.names), id: deal,
        writes: 0..<payload.writes.count)
    ]
    return payload.encoded(author: origin.replica, salt: world.random.bytes(16))
  }

  private func write(
    on held: [OracleEntry], in world: OracleWorld, names: inout [String]
  ) -> FieldWrite {
    var replaced = Set((0..<3).map { _ in world.random.choice(held).dot })
    if world.random.chance(15) {
      // Of an entry that the author had not seen.
      let unseen = world.random.choice(held).dot
      replaced.insert(
        Dot(replica: unseen.replica, sequence: (past[unseen.replica] ?? sequence) + 2))
    }
    let dots = replaced.sorted()
    let text = Value.text(world.random.choice(["a", "b", "forged"]))
    let field = world.random.choice(["name", "number", "stage", "labels", "stock", "planet"])
    let change: FieldWrite.Change =
      switch Int.random(in: 0..<8, using: &world.random) {
      case 0, 1: .register(text)
      case 2: .register(.integer(7))
      case 3: .sides([Side(value: text, rank: 2)])
      case 4: .counter(5)
      case 5: .element(ElementKey(of: text), isPresent: world.random.chance(50), text)
      case 6: .delete(seen: dots)
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
