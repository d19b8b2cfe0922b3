import CRDTCore
import ReplicaStore
import SimulationKit
import Synchronization
import TestSupport

/// A workspace whose every entry is written by hand, by authors who fork their logs at random.
///
/// The entries are there before any replica takes them in, so each replica can take them in another order.
final class ForkWorld {
  var random: SplitMix64
  /// All that was written, each behind its whole past.
  private(set) var entries: [HandEntry] = []
  /// The entries whose names their authors had, so that they cannot be malformed.
  private(set) var honest: Set<EntryHash> = []
  let founding: Founding
  private let scribes: [Scribe]
  /// The logs whose authors fork them.
  private let forkers: Range<Int>
  private let member = RecordKey(kind: "member", id: RecordID(rawValue: 77))
  private let deals = (1...3).map { RecordKey(kind: "deal", id: RecordID(rawValue: $0)) }
  private let lines = (4...5).map { RecordKey(kind: "line", id: RecordID(rawValue: $0)) }

  /// Founds a workspace, enrols a representative, and lets `count` entries be written.
  init(_ seed: Seed, entries count: Int) throws {
    var random = seed.generator()
    let keys = (0..<3).map { _ in SimulatedKey(from: &random) }
    let founding = Founding(
      key: keys[0].publicKey, nonce: random.bytes(LogOrigin.nonceByteCount))
    self.founding = founding
    func scribe(_ key: SimulatedKey, _ nonce: UInt8, _ member: RecordKey) -> Scribe {
      Scribe(
        key: key, nonce: nonce, member: MemberID(rawValue: member.id.rawValue), founding: founding)
    }
    let founder = RecordKey(kind: "member", id: RecordID(rawValue: 70))
    // The founder, two more logs of the founder's, the representative, and a stranger.
    scribes = [
      scribe(keys[0], 0, founder), scribe(keys[0], 1, founder), scribe(keys[0], 2, founder),
      scribe(keys[1], 3, member), scribe(keys[2], 4, founder),
    ]
    forkers = 1..<scribes.count
    self.random = random
    try found(founder, representative: keys[1].publicKey)
    while entries.count < count { try write() }
  }

  private func found(_ founder: RecordKey, representative key: NodePublicKey) throws {
    let node = RecordKey(kind: "node", id: RecordID(rawValue: 78))
    var draft = PayloadDraft()
    draft.write(founder, "role", .register(.text("administrator")))
    draft.write(member, "role", .register(.text("representative")))
    draft.write(node, "key", .register(.bytes(key.bytes)))
    draft.write(node, "member", .register(.reference(member.id)))
    add(try scribes[0].entry(draft.payload), isHonest: true)
  }

  private func add(_ entry: HandEntry, isHonest: Bool) {
    entries.append(entry)
    if isHonest { honest.insert(entry.hash) }
  }

  // MARK: - Writing

  /// Lets one of the authors write an entry somewhere in the tree of its log.
  private func write() throws {
    let index = random.chance(10) ? 0 : Int.random(in: forkers, using: &random)
    let scribe = scribes[index]
    let own = entries.filter { $0.dot.replica == scribe.origin.replica }
    var previous = own.last
    if index > 0 {
      if random.chance(8) { previous = nil }
      if random.chance(45), !own.isEmpty { previous = random.choice(own) }
    }
    let seen = view(of: scribe, after: previous)
    var isHonest = true
    let past = (previous?.past ?? []).union(previous?.path ?? [])
    let held = seen.reduce(into: past) { $0.formUnion($1.path) }
    let payload = payload(on: held, isHonest: &isHonest)
    let known = entries.filter { held.contains($0.hash) }
    let latest = known.map(\.header.time.wallMilliseconds).max() ?? Scribe.start
    var time = latest + UInt64.random(in: 1...2_000, using: &random)
    let wall = time
    if random.chance(8) { time += 900_000 }
    if random.chance(4) { (time, isHonest) = (Scribe.start, false) }
    let author = random.chance(85) ? scribe : scribe.speaking(for: MemberID(rawValue: 71))
    let entry = try (previous == nil ? author : scribe.speaking(for: memberOf(previous)))
      .entry(after: previous, seeing: seen, at: time, wall: wall, payload)
    guard !entries.contains(where: { $0.hash == entry.hash }) else { return }
    add(entry, isHonest: isHonest)
  }

  /// For whom the log is written that leads to an entry.
  private func memberOf(_ entry: HandEntry?) -> MemberID {
    entry?.header.member ?? MemberID(rawValue: 0)
  }

  /// What an author takes in before it writes: some entries of others, and all that those had seen.
  private func view(of scribe: Scribe, after previous: HandEntry?) -> [HandEntry] {
    let known = (previous?.past ?? []).union(previous?.path ?? [])
    var seen: Set<EntryHash> = []
    for _ in 0..<Int.random(in: previous == nil ? 1...4 : 0...2, using: &random) {
      let entry = random.choice(random.chance(70) ? Array(entries.suffix(8)) : entries)
      seen.formUnion(entry.past.union(entry.path))
    }
    let fresh = entries.filter {
      seen.contains($0.hash) && !known.contains($0.hash)
        && $0.dot.replica != scribe.origin.replica
    }
    let followed = Set(fresh.map(\.header.previous))
    let tips = fresh.filter { !followed.contains($0.hash) }
    // Now and then somebody keeps to himself what he has seen.
    return random.chance(8) ? tips.filter { _ in random.chance(60) } : tips
  }

  /// Some writes on what is held; `isHonest` becomes false if they may name what nobody could.
  private func payload(on held: Set<EntryHash>, isHonest: inout Bool) -> Payload {
    let known = entries.filter { held.contains($0.hash) }
    // What somebody kept to himself is missing here, and with it some of the names.
    if !known.allSatisfy({ $0.rests(on: held) }) { isHonest = false }
    let writer = PayloadWriter(
      deals: deals, lines: lines, member: random.chance(10) ? member : nil,
      known: known.map(\.forOracle), names: oracle(of: known).names)
    var stray: Dot?
    if random.chance(8) {
      stray = self.stray()
      isHonest = false
    }
    return random.chance(4) ? Payload() : writer.payload(naming: stray, using: &random)
  }

  /// What somebody makes of some entries.
  func oracle(of entries: [HandEntry]) -> Oracle {
    Oracle(
      entries: entries.map(\.forOracle), schema: OracleWorld.schema, founder: founding.key)
  }

  /// A name that somebody might bear in somebody's eyes, and most often nobody in the author's.
  private func stray() -> Dot {
    let entry = random.choice(entries)
    let replica = random.chance(60) ? entry.branch : entry.dot.replica
    let step = UInt64.random(in: 0...1, using: &random)
    return Dot(replica: replica, sequence: entry.dot.sequence + step)
  }
}

// MARK: - Replicas

extension ForkWorld {
  /// Makes an empty replica that has been let into the workspace.
  func reader(at path: String) throws -> Replica {
    let key = SimulatedKey(from: &random)
    let clock = WorldClock()
    let bytes = Mutex(SplitMix64(seed: random.next()))
    return try Replica.joined(
      at: path, schema: OracleWorld.schema,
      environment: ReplicaEnvironment(
        now: { clock.now }, random: { count in bytes.withLock { $0.bytes(count) } },
        signer: key),
      durability: .normal,
      identity: NodeIdentity(
        founding: founding,
        origin: LogOrigin(
          key: key.publicKey, nonce: random.bytes(LogOrigin.nonceByteCount),
          member: MemberID(rawValue: 90))))
  }

  /// The entries in another order in which each stands behind its whole past.
  func reordered() -> [HandEntry] {
    var waiting = entries.shuffled(using: &random)
    var placed: Set<EntryHash> = []
    var ordered: [HandEntry] = []
    while !waiting.isEmpty {
      // Now and then one comes as late as it can.
      if random.chance(30) { waiting.shuffle(using: &random) }
      guard let index = waiting.firstIndex(where: { $0.rests(on: placed) }) else { break }
      let entry = waiting.remove(at: index)
      placed.insert(entry.hash)
      ordered.append(entry)
    }
    return ordered
  }
}

extension HandEntry {
  /// Whether all that it names is among some entries.
  func rests(on held: Set<EntryHash>) -> Bool {
    (header.previous == .none || held.contains(header.previous))
      && header.dependencies.allSatisfy { held.contains($0.hash) }
  }
}
