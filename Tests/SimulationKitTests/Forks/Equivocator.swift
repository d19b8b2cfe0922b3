import CRDTCore
import ReplicaStore
import SimulationKit
import TestSupport

/// An author with a key in the roster who tells different nodes different continuations of one log.
final class Equivocator {
  /// The last entry of a log that a node holds.
  private struct Tip: LogEnd {
    let dot: Dot
    let hash: EntryHash
    let path: Set<EntryHash>
  }

  private let scribe: Scribe
  private var own: [HandEntry] = []

  init(key: SimulatedKey, member: MemberID, founding: Founding) {
    scribe = Scribe(key: key, nonce: 7, member: member, founding: founding)
  }

  /// Goes on from anywhere in its log, with all that some node holds, and tells that node.
  func tell(in world: OracleWorld) throws {
    let replica = world.random.choice(world.nodes).replica
    let held = try replica.read {
      try EntryCollector($0, workspace: replica.workspace).entries.map(\.entry)
    }
    let hashes = Set(held.map(\.hash))
    let there = own.filter { hashes.contains($0.hash) }
    var previous = there.last
    if world.random.chance(40), !there.isEmpty { previous = world.random.choice(there) }
    if world.random.chance(10) { previous = nil }
    let known = (previous?.past ?? []).union(previous?.path ?? [])
    let seen = tips(of: held).filter { !known.contains($0.hash) }
    let past = seen.reduce(into: known) { $0.formUnion($1.path) }
    let names = Oracle(
      entries: held.filter { past.contains($0.hash) }, schema: replica.schema,
      founder: try replica.founding().key
    ).names
    let writer = PayloadWriter(
      deals: world.deals.map { RecordKey(kind: "deal", id: $0) },
      lines: world.lines.map { RecordKey(kind: "line", id: $0) },
      known: held.filter { past.contains($0.hash) }, names: names)
    let entry = try scribe.entry(
      after: previous, seeing: seen, writer.payload(naming: nil, using: &world.random))
    guard !own.contains(where: { $0.hash == entry.hash }) else { return }
    own.append(entry)
    _ = try replica.apply(entry.batch())
  }

  /// The last entries of the others' logs.
  private func tips(of held: [OracleEntry]) -> [Tip] {
    let others = held.filter { $0.dot.replica != scribe.origin.replica }
    let followed = Set(others.map(\.previous))
    var paths: [EntryHash: Set<EntryHash>] = [:]
    for entry in others { paths[entry.hash] = (paths[entry.previous] ?? []).union([entry.hash]) }
    return others.filter { !followed.contains($0.hash) }.map {
      Tip(dot: $0.dot, hash: $0.hash, path: paths[$0.hash] ?? [])
    }
  }
}
