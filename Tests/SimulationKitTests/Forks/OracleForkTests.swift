import CRDTCore
import ReplicaStore
import SimulationKit
import TestSupport
import Testing

/// What the oracle makes of forked logs, on entries written by hand and without any replica.
@Suite("Oracle of forked logs")
struct OracleForkTests {
  private let founding: Founding
  private let key: SimulatedKey
  /// Two authors with the founder's key.
  private let author: Scribe
  private let other: Scribe
  private let deal = RecordKey(kind: "deal", id: RecordID(rawValue: 7))

  init() {
    var random = SplitMix64(seed: 1)
    key = SimulatedKey(from: &random)
    founding = Founding(
      key: key.publicKey, nonce: Array(repeating: 9, count: LogOrigin.nonceByteCount))
    let member = MemberID(rawValue: 5)
    author = Scribe(key: key, nonce: 1, member: member, founding: founding)
    other = Scribe(key: key, nonce: 2, member: member, founding: founding)
  }

  private func oracle(_ entries: [HandEntry]) -> Oracle {
    Oracle(
      entries: entries.map(\.forOracle), schema: OracleWorld.schema, founder: key.publicKey)
  }

  private func name(
    _ text: String, replacing dots: [Dot] = [], of record: RecordKey? = nil
  ) -> Payload {
    .one(record ?? deal, "name", .register(.text(text)), replacing: dots)
  }

  private func author(_ sequence: UInt64) -> Dot {
    Dot(replica: author.origin.replica, sequence: sequence)
  }

  /// Two ways behind one entry, the one with the lesser hash first; their times are a minute apart.
  private func ways(
    after shared: HandEntry?, _ lesser: Payload, _ greater: Payload
  ) throws -> (lesser: HandEntry, greater: HandEntry) {
    let late = try author.entry(after: shared, at: Scribe.start + 60_000, greater)
    let early = try author.entry(after: shared, lesser) { $0 < late.hash }
    return (early, late)
  }
}

// MARK: - Names

extension OracleForkTests {
  @Test("of three ways the one with the least hash keeps the name, and its entries count on")
  func threeWays() throws {
    let first = try author.entry(name("first"))
    let ways = try ["a", "b", "c"].map { try author.entry(after: first, name($0)) }
      .sorted { $0.hash < $1.hash }
    let next = try ways.map { try author.entry(after: $0, name("next")) }
    let names = oracle(([first] + ways + next).reversed()).names
    #expect(names[first.hash] == author(1))
    #expect(ways.map { names[$0.hash]?.replica } == [author(1).replica] + ways[1...].map(\.branch))
    #expect(ways.map { names[$0.hash]?.sequence } == [2, 2, 2])
    #expect(
      zip(next, ways).map { names[$0.hash]?.replica == names[$1.hash]?.replica } == [
        true, true, true,
      ])
    #expect(next.map { names[$0.hash]?.sequence } == [3, 3, 3])
  }

  @Test("a branch forks like any other path")
  func branchOfBranch() throws {
    let first = try author.entry(name("first"))
    let (kept, branch) = try ways(after: first, name("a"), name("b"))
    let next = try author.entry(after: branch, name("c"))
    let (lesser, greater) = try ways(after: next, name("d"), name("e"))
    let names = oracle([first, kept, branch, next, lesser, greater]).names
    #expect(names[kept.hash] == author(2))
    #expect(names[next.hash] == Dot(replica: branch.branch, sequence: 3))
    #expect(names[lesser.hash] == Dot(replica: branch.branch, sequence: 4))
    #expect(names[greater.hash] == Dot(replica: greater.branch, sequence: 4))
  }

  @Test("a log may fork before its first entry, and each way then says for itself whose it is")
  func firstEntries() throws {
    let late = try author.speaking(for: MemberID(rawValue: 6)).entry(
      at: Scribe.start + 5_000, name("b"))
    let early = try author.entry(name("a")) { $0 < late.hash }
    let next = try author.speaking(for: MemberID(rawValue: 6)).entry(after: late, name("c"))
    let oracle = oracle([next, late, early])
    #expect(oracle.names[early.hash] == author(1))
    #expect(oracle.names[late.hash] == Dot(replica: late.branch, sequence: 1))
    #expect(oracle.names[next.hash] == Dot(replica: late.branch, sequence: 2))
    let candidates = try #require(oracle.records[deal]?.registers["name"]?.candidates)
    #expect(
      candidates.map(\.member) == [
        MemberID(rawValue: 6), MemberID(rawValue: 6), MemberID(rawValue: 5),
      ])
  }

  @Test(
    "a branch that has a name of its own never loses it, whatever comes in", arguments: Seed.all)
  func lasting(_ seed: Seed) throws {
    var random = seed.generator()
    var entries: [HandEntry] = []
    for _ in 0..<24 {
      let previous = entries.isEmpty || random.chance(15) ? nil : random.choice(entries)
      entries.append(
        try author.entry(after: previous, at: UInt64(entries.count), Payload()))
    }
    var present: Oracle?
    for count in entries.indices {
      let held = oracle(Array(entries.prefix(count + 1)))
      #expect(Set(held.names.values).count == count + 1)
      for (hash, name) in present?.names ?? [:] where name.replica != author.origin.replica {
        #expect(held.names[hash]?.sequence == name.sequence)
        let first = entries.first { $0.branch == name.replica }
        #expect(first.flatMap { held.names[$0.hash]?.replica } == name.replica)
      }
      present = held
    }
    #expect(present?.names == oracle(entries.shuffled(using: &random)).names)
  }
}

// MARK: - Names in payloads

extension OracleForkTests {
  @Test("what an author builds on keeps its meaning when it loses its name")
  func builtOn() throws {
    let first = try author.entry(name("first"))
    let (lesser, greater) = try ways(
      after: first, name("lesser", replacing: [author(1)]),
      name("greater", replacing: [author(1)]))
    let next = try author.entry(after: greater, name("next", replacing: [author(2)]))
    let answer = try other.entry(seeing: [greater], name("answer", replacing: [author(2)]))
    let dot = Dot(replica: other.origin.replica, sequence: 1)
    let before = oracle([first, greater, answer])
    #expect(before.records[deal]?.registers["name"]?.dots == [dot])
    let oracle = oracle([first, greater, answer, lesser, next])
    #expect(oracle.setAside.isEmpty)
    #expect(
      oracle.records[deal]?.registers["name"]?.dots
        == [dot, author(2), Dot(replica: greater.branch, sequence: 3)].sorted())
  }

  @Test("who has seen both ways calls them by their names, and replaces both")
  func bothNamed() throws {
    let first = try author.entry(name("first"))
    let (lesser, greater) = try ways(after: first, name("lesser"), name("greater"))
    let both = [author(1), author(2), Dot(replica: greater.branch, sequence: 2)]
    let answer = try other.entry(seeing: [lesser, greater], name("answer", replacing: both))
    let oracle = oracle([first, lesser, greater, answer])
    #expect(oracle.setAside.isEmpty)
    #expect(oracle.records[deal]?.registers["name"]?.value == .text("answer"))
    #expect(oracle.conflicts.filter { $0.kind == .field } == [])
  }

  @Test("what an author had no such name for makes the entry malformed")
  func malformedNames() throws {
    let first = try author.entry(name("first"))
    let (lesser, greater) = try ways(after: first, name("lesser"), name("greater"))
    let third = try author.entry(after: first, at: Scribe.start + 90_000, name("third"))
    func answer(seeing seen: [HandEntry], _ names: Dot...) throws -> SetAsideReason? {
      let answer = try other.entry(seeing: seen, name("answer", replacing: names))
      let entries = [first, lesser, greater, third, answer]
      #expect(oracle(entries.shuffled()).setAside.keys.allSatisfy { $0 == answer.hash })
      return oracle(entries).setAside[answer.hash]
    }
    let branch = greater.branch
    #expect(try answer(seeing: [greater], author(2)) == nil)
    #expect(try answer(seeing: [greater, lesser], Dot(replica: branch, sequence: 2)) == nil)
    // Knowing of one way only, it knew that as the log itself.
    #expect(try answer(seeing: [greater], Dot(replica: branch, sequence: 2)) == .malformed)
    // The least of them has no name of its own.
    #expect(
      try answer(seeing: [greater, lesser], Dot(replica: lesser.branch, sequence: 2)) == .malformed)
    // What lies before the branch is not the branch's.
    #expect(
      try answer(seeing: [greater, lesser], Dot(replica: branch, sequence: 1)) == .malformed)
    #expect(
      try answer(seeing: [greater, lesser], Dot(replica: branch, sequence: 3)) == .malformed)
    #expect(try answer(seeing: [greater, lesser], author(3)) == .malformed)
    #expect(
      try answer(seeing: [greater, lesser], Dot(replica: third.branch, sequence: 2)) == .malformed)
  }

  @Test("to replace a branch's entry is not to replace what came before the branch")
  func onlyDeletionsCover() throws {
    let first = try author.entry(name("first"))
    let (lesser, greater) = try ways(
      after: first, name("else", of: RecordKey(kind: "deal", id: RecordID(rawValue: 8))),
      .one(deal, "number", .register(.text("n1"))))
    let answer = try other.entry(
      seeing: [lesser, greater],
      name("answer", replacing: [Dot(replica: greater.branch, sequence: 2)]))
    let oracle = oracle([first, lesser, greater, answer])
    #expect(oracle.setAside.isEmpty)
    #expect(oracle.records[deal]?.registers["name"]?.dots.contains(author(1)) == true)
  }
}

// MARK: - Deletions

extension OracleForkTests {
  @Test("a deletion that has seen a branch has seen all before it, and not the way beside it")
  func seen() throws {
    let first = try author.entry(name("first"))
    let (lesser, greater) = try ways(after: first, name("lesser"), name("greater"))
    let deletion = try other.entry(
      seeing: [greater], .one(deal, "", .delete(seen: [author(2)])))
    let before = oracle([first, greater, deletion])
    #expect(before.records[deal]?.isDeleted == true)
    #expect(before.conflicts == [])
    let oracle = oracle([first, greater, deletion, lesser])
    #expect(oracle.setAside.isEmpty)
    let conflict = try #require(oracle.conflicts.first { $0.kind == .lifecycle })
    #expect(
      Set(conflict.sides.map(\.stamp.dot))
        == [author(2), Dot(replica: other.origin.replica, sequence: 1)])
  }

  @Test("what both ways share is seen by who has seen either")
  func sharedPath() throws {
    let first = try author.entry(name("first"))
    let elsewhere = RecordKey(kind: "deal", id: RecordID(rawValue: 8))
    let (lesser, greater) = try ways(
      after: first, name("else", of: elsewhere), name("greater"))
    let deletion = try other.entry(
      seeing: [lesser, greater],
      .one(deal, "", .delete(seen: [Dot(replica: greater.branch, sequence: 2)])))
    let oracle = oracle([first, lesser, greater, deletion])
    #expect(oracle.setAside.isEmpty)
    #expect(oracle.records[deal]?.isDeleted == true)
    #expect(oracle.records[deal]?.touches.count == 2)
    #expect(oracle.conflicts.filter { $0.kind == .lifecycle } == [])
  }
}

// MARK: - Trust, clocks, conflicts

extension OracleForkTests {
  @Test("rights that one way of a log gives hold for who has seen that way")
  func roster() throws {
    var random = SplitMix64(seed: 2)
    let memberKey = SimulatedKey(from: &random)
    let member = RecordKey(kind: "member", id: RecordID(rawValue: 77))
    let node = RecordKey(kind: "node", id: RecordID(rawValue: 78))
    let scribe = Scribe(
      key: memberKey, nonce: 3, member: MemberID(rawValue: 77), founding: founding)
    var enrolment = PayloadDraft()
    enrolment.write(member, "role", .register(.text("representative")))
    enrolment.write(node, "key", .register(.bytes(memberKey.publicKey.bytes)))
    enrolment.write(node, "member", .register(.reference(member.id)))
    let first = try author.entry(enrolment.payload)
    let (lesser, greater) = try ways(
      after: first, name("else"),
      .one(member, "role", .register(.text("administrator")), replacing: [author(1)]))
    let roster = Payload.one(member, "name", .register(.text("Chief")))
    let plain = try scribe.entry(seeing: [lesser], roster)
    let chief = try scribe.entry(after: plain, seeing: [greater], roster)
    let only = try scribe.entry(seeing: [greater], at: Scribe.start + 9_000, roster)
    let oracle = oracle([first, lesser, greater, plain, chief, only])
    #expect(oracle.setAside == [plain.hash: .notAdministrator])
  }

  @Test("a clock is judged on its own path, and found ahead by those who have seen that")
  func clocks() throws {
    let late = Scribe.start + 3_600_000
    let first = try author.entry(at: late, name("first"))
    let (lesser, greater) = try ways(after: nil, name("lesser"), name("greater"))
    let next = try author.entry(after: first, at: late + 1_000, name("next"))
    let back = try author.entry(after: first, at: late - 1_000, name("back"))
    let answer = try other.entry(seeing: [next], at: Scribe.start, name("answer"))
    let oracle = oracle([first, lesser, greater, next, back, answer])
    #expect(oracle.setAside == [back.hash: .malformed])
    #expect(Set(oracle.ahead) == Set([first, next].compactMap { oracle.names[$0.hash] }))
    let clocks = oracle.conflicts.filter { $0.kind == .clock }
    #expect(clocks.flatMap(\.sides).map(\.stamp.dot) == oracle.ahead)
  }

  @Test("entries set aside are listed by what they are called now")
  func held() throws {
    var random = SplitMix64(seed: 3)
    let stranger = Scribe(
      key: SimulatedKey(from: &random), nonce: 4, member: MemberID(rawValue: 8),
      founding: founding)
    let first = try stranger.entry(name("first"))
    let second = try stranger.entry(at: Scribe.start + 7_000, name("second"))
    let oracle = oracle([second, first])
    let branch = max(first, second) { $0.hash < $1.hash }
    #expect(Set(oracle.setAside.values) == [.unknownAuthor])
    let sides = oracle.conflicts.filter { $0.kind == .held }.flatMap(\.sides)
    #expect(
      Set(sides.map(\.stamp.dot))
        == [
          Dot(replica: stranger.origin.replica, sequence: 1),
          Dot(replica: branch.branch, sequence: 1),
        ])
  }

  @Test("each branch is listed once, beside what kept the name")
  func listed() throws {
    let first = try author.entry(name("first"))
    let ways = try ["a", "b", "c"].map { try author.entry(after: first, name($0)) }
      .sorted { $0.hash < $1.hash }
    let forks = oracle([first] + ways).conflicts.filter { $0.kind == .fork }
    #expect(forks.count == 2)
    #expect(forks.map(\.id) == forks.map(\.id).sorted())
    for fork in forks {
      #expect(fork.sides.map(\.isShowing).sorted { $0 && !$1 } == [true, false])
      #expect(fork.sides.first { $0.isShowing }?.stamp.hash == ways[0].hash)
      #expect(!fork.isOpen && fork.records.isEmpty && fork.field == nil && fork.reason == nil)
    }
  }

  private func max(
    _ one: HandEntry, _ other: HandEntry, by precedes: (HandEntry, HandEntry) -> Bool
  ) -> HandEntry { precedes(one, other) ? other : one }
}
