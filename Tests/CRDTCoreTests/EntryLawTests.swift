import CRDTCore
import CustomDump
import TestSupport
import Testing

/// Whole entries of every field kind, from their authors' encodings to the folded state.
@Suite("Entries")
struct EntryLawTests {
  private typealias History = CausalHistory<ModelEntry>

  @Test(
    "the same entries in any causal order give the state that defines them", arguments: Seed.all)
  func convergence(_ seed: Seed) {
    var random = seed.generator()
    let history = ModelEntry.history(using: &random)
    #expect(
      CRDTLaws.violation(
        of: history, expected: ReplicaModel(definedBy: history.events), from: ReplicaModel(),
        using: &random,
        apply: { $0.apply($1.write.payload, stamp: $1.stamp) }) == nil)
  }

  @Test("entries arrive as they left, in batches of any size", arguments: Seed.all)
  func batches(_ seed: Seed) throws {
    var random = seed.generator()
    let history = ModelEntry.history(using: &random)
    var receiver = Receiver()
    var rest = history.reordered(using: &random)[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...rest.count, using: &random)
      let bytes = Self.batch(of: Array(rest.prefix(count)))
        .encoded(level: random.chance(50) ? 1 : nil)
      try receiver.take(EntryBatch(decoding: bytes))
      rest = rest.dropFirst(count)
    }
    expectNoDifference(receiver.state, ReplicaModel(definedBy: history.events))
    #expect(Set(receiver.hashes.values) == Set(history.events.map(\.stamp.hash)))
  }

  /// Checking dependencies is what lets a receiver trust no order at all.
  @Test("an entry's dependencies and predecessor name its whole causal past", arguments: Seed.all)
  func dependencies(_ seed: Seed) {
    var random = seed.generator()
    let history = ModelEntry.history(using: &random)
    var named: [Dot: VersionVector] = [:]
    for event in history.events {
      let dot = event.stamp.dot
      var past = VersionVector(event.write.entry.header.dependencies.map(\.dot))
      let own = Dot(replica: dot.replica, sequence: dot.sequence - 1)
      if own.sequence > 0 { past.include(own) }
      for dependency in past.dots { past.merge(named[dependency] ?? VersionVector()) }
      named[dot] = past
      #expect(past == event.past)
      #expect(event.write.payload.namedDots.allSatisfy { past.covers($0) })
    }
  }

  /// What a peer knows when a batch comes: its own copy of each log, and nothing else.
  private struct Receiver {
    var state = ReplicaModel()
    var hashes: [Dot: EntryHash] = [:]
    var vector = VersionVector()

    mutating func take(_ batch: EntryBatch) throws {
      var next = batch.logs.map(\.sequence)
      for item in batch.items {
        let replica = batch.logs[item.log].replica
        let dot = Dot(replica: replica, sequence: next[item.log])
        next[item.log] += 1
        #expect(dot.sequence == vector[replica] + 1)
        let previous = hashes[Dot(replica: replica, sequence: dot.sequence - 1)] ?? .none
        let context = HeaderContext(
          workspace: ModelEntry.workspace, dot: dot, time: item.time, member: ModelEntry.member,
          previous: previous)
        let header = item.header.header(in: context, payload: item.payload)
        #expect(header.dependencies.allSatisfy { hashes[$0.dot] == $0.hash })
        let payload = try Payload(decoding: item.payload, author: replica)
        state.apply(payload, stamp: Stamp(dot: dot, time: item.time, hash: header.hash))
        hashes[dot] = header.hash
        vector.include(dot)
      }
    }
  }

  private static func batch(of events: [History.Event]) -> EntryBatch {
    var batch = EntryBatch()
    for event in events {
      let dot = event.stamp.dot
      if !batch.logs.contains(where: { $0.replica == dot.replica }) {
        batch.logs.append(EntryBatch.Log(dot))
      }
      let log = batch.logs.firstIndex { $0.replica == dot.replica } ?? 0
      batch.items.append(
        EntryBatch.Item(
          log: log, time: event.stamp.time, header: CompactHeader(event.write.entry.header),
          payload: event.write.entry.payload, seal: nil))
    }
    return batch
  }
}
