import CRDTCore
import ReplicaStore
import Testing

@Suite("Who may act, and with what bytes")
struct TrustTests {
  private func name(_ text: String) -> FieldChange { FieldChange("name", .set(.text(text))) }

  @Test("an entry by a node that is not in the roster is kept, passed on and changes nothing")
  func stranger() throws {
    let office = try TestNode.founder()
    let rep = try office.enrol("rep")
    // A node that claims a member nobody enrolled.
    let stranger = try office.stranger()
    let deal = try stranger.replica.write { try $0.create("deal", [name("Forged")]) }
    try rep.pull(from: stranger)
    try office.pull(from: rep)
    for node in [office, rep] {
      #expect(try node.replica.read { try $0.record("deal", deal) } == nil)
      let conflicts = try node.replica.read { try $0.conflicts() }
      #expect(conflicts.map(\.kind) == [.held])
      #expect(conflicts.first?.reason == .unknownAuthor)
    }
    #expect(try office.replica.digest() == rep.replica.digest())
    #expect(try rep.replica.check().faults == [])
  }

  @Test("a node that has not yet received its own enrolment is told so, and loses nothing")
  func cutFirstSync() throws {
    let office = try TestNode.founder()
    try office.replica.sealTip()
    let rep = try office.letIn("rep")
    try office.replica.sealTip()
    // The connection breaks after what was written before the enrolment.
    let first = try office.replica.extract(lackedBy: VersionVector(), after: 0, byteLimit: 1)
    #expect(try rep.replica.apply(try #require(first.bytes)).entries == 1)
    #expect(throws: ReplicaError.notEnrolled) {
      try rep.replica.write { try $0.create("deal", [name("Typed too early")]) }
    }
    try rep.pull(from: office)
    let deal = try rep.replica.write { try $0.create("deal", [name("Pump")]) }
    try office.pull(from: rep)
    #expect(try office.state("deal", deal)["name"] == .text("Pump"))
    #expect(try office.replica.read { try $0.conflicts() } == [])
  }

  @Test("only an administrator's entries change the roster")
  func selfPromotion() throws {
    let office = try TestNode.founder()
    let rep = try office.enrol("rep")
    let member = RecordID(rawValue: try rep.replica.ownMember().rawValue)
    let basis = try rep.state("member", member).basis
    try rep.replica.write {
      try $0.edit(
        "member", member, basis: basis, [FieldChange("role", .set(.text("administrator")))])
    }
    try office.pull(from: rep)
    for node in [office, rep] {
      #expect(try node.state("member", member)["role"] == .text("representative"))
      #expect(try node.replica.read { try $0.conflicts() }.map(\.reason) == [.notAdministrator])
    }
    #expect(try office.replica.digest() == rep.replica.digest())
  }

  @Test("of concurrent roles the rights hold that each of them grants")
  func concurrentRoles() throws {
    let office = try TestNode.founder()
    let chief = try office.enrol("chief", role: "administrator")
    let rep = try office.enrol("rep")
    try syncAll([office, chief, rep])
    let member = RecordID(rawValue: try rep.replica.ownMember().rawValue)
    for (node, role) in [(office, "administrator"), (chief, "finance")] {
      let basis = try node.state("member", member).basis
      try node.replica.write {
        try $0.edit("member", member, basis: basis, [FieldChange("role", .set(.text(role)))])
      }
    }
    try syncAll([office, chief, rep])
    let deal = try rep.replica.write { try $0.create("deal", [name("Pump")]) }
    let roster = try rep.replica.write { try $0.create("member", [name("A friend")]) }
    try syncAll([office, chief, rep])
    for node in [office, chief, rep] {
      #expect(try node.state("deal", deal)["name"] == .text("Pump"))
      #expect(try node.replica.read { try $0.record("member", roster) } == nil)
      let held = try node.replica.read { try $0.conflicts() }.filter { $0.kind == .held }
      #expect(held.map(\.reason) == [.notAdministrator])
    }
    // Written again as two sides, as when the conflict is reopened, they grant what both do.
    let basis = try office.state("member", member).basis
    try office.replica.write {
      let sides = ["administrator", "finance"].map { Side(value: .text($0)) }
      try $0.edit("member", member, basis: basis, [FieldChange("role", .reopen(sides))])
    }
    try syncAll([office, chief, rep])
    try rep.edit(deal, name("Pump 2"))
    try office.pull(from: rep)
    #expect(try office.state("deal", deal)["name"] == .text("Pump 2"))
    #expect(try office.replica.check().faults == [])
  }

  @Test("a batch with any bit flipped is refused whole, or means the same")
  func flippedBits() throws {
    let office = try TestNode.founder()
    let rep = try office.enrol("rep")
    try office.replica.write { try $0.create("deal", [name("Pump")]) }
    try office.replica.sealTip()
    let held = try rep.replica.holdings()
    let batch = try office.replica.extract(lackedBy: held.vector, after: 0)
    let bytes = try #require(batch.bytes)
    let before = try rep.replica.digest()
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 1 << UInt8(index % 8)
      #expect(throws: BatchError.self) { try rep.replica.apply(damaged) }
    }
    for count in 0..<bytes.count {
      #expect(throws: BatchError.self) { try rep.replica.apply(Array(bytes.prefix(count))) }
    }
    #expect(try rep.replica.digest() == before)
    #expect(try rep.replica.apply(bytes).entries == batch.entries)
    #expect(try rep.replica.digest() == office.replica.digest())
    // Held already: passed over.
    #expect(try rep.replica.apply(bytes).entries == 0)
  }

  @Test("entries whose dependencies are missing are an error, not something to apply")
  func missingDependency() throws {
    let office = try TestNode.founder()
    let one = try office.enrol("one")
    let two = try office.enrol("two")
    try one.pull(from: office)
    let deal = try one.replica.write { try $0.create("deal", [name("Pump")]) }
    try office.pull(from: one)
    try office.edit(deal, name("Pump 2"))
    try office.replica.sealTip()
    // What two lacks, without one's log, which the office's last entry rests on.
    var pretended = try two.replica.holdings().vector
    pretended.merge(try one.replica.holdings().vector)
    let batch = try office.replica.extract(lackedBy: pretended, after: 0)
    let bytes = try #require(batch.bytes)
    #expect(throws: BatchError.self) { try two.replica.apply(bytes) }
    try two.pull(from: office)
    #expect(try two.replica.digest() == office.replica.digest())
  }
}

@Suite("Clocks")
struct ClockTests {
  private func name(_ text: String) -> FieldChange { FieldChange("name", .set(.text(text))) }
  private static let tenYears: Int64 = 10 * 365 * 24 * 3_600 * 1_000

  @Test("a time so far ahead that SQLite reads it as negative is flagged all the same")
  func negativeTime() throws {
    let clock = TestClock()
    let office = try TestNode.founder(clock: clock)
    let deal = try office.replica.write { try $0.create("deal", [name("Pump")]) }
    let wrong = TestClock(1 << 47)
    let rep = try office.enrol("rep", clock: wrong)
    try rep.edit(deal, name("From the year 6429"))
    try office.pull(from: rep)
    try office.edit(deal, name("From today"))
    try syncAll([office, rep])
    for node in [office, rep] {
      #expect(try node.state("deal", deal)["name"] == .text("From today"))
      #expect(try node.replica.read { try $0.conflicts() }.map(\.kind) == [.clock])
    }
  }

  @Test(
    "a clock ten years ahead is flagged, moves nobody else's, and loses to the next informed edit")
  func tenYearsAhead() throws {
    let clock = TestClock()
    let office = try TestNode.founder(clock: clock)
    let deal = try office.replica.write { try $0.create("deal", [name("Pump")]) }
    let wrong = TestClock()
    wrong.advance(milliseconds: Self.tenYears)
    let rep = try office.enrol("rep", clock: wrong)
    try rep.edit(deal, name("From the future"))
    try office.pull(from: rep)
    #expect(try office.state("deal", deal)["name"] == .text("From the future"))
    try office.edit(deal, name("From today"))
    #expect(try office.state("deal", deal)["name"] == .text("From today"))
    let history = try office.replica.read { try $0.history("deal", deal, field: "name") }
    let today = try #require(history.first { $0.wall.milliseconds <= clock.now.milliseconds })
    #expect(today.stamp.time.wallMilliseconds < clock.now.milliseconds + 1_000)
    try syncAll([office, rep])
    for node in [office, rep] {
      #expect(try node.state("deal", deal)["name"] == .text("From today"))
      #expect(try node.replica.read { try $0.conflicts() }.map(\.kind) == [.clock])
      #expect(try node.replica.check().faults == [])
    }
    #expect(try office.replica.digest() == rep.replica.digest())
  }

  @Test("a node whose clock was wrong goes on under a new replica id")
  func correctedClock() throws {
    let office = try TestNode.founder()
    let clock = TestClock()
    clock.advance(milliseconds: Self.tenYears)
    let rep = try office.enrol("rep", clock: clock)
    let deal = try rep.replica.write { try $0.create("deal", [name("Pump")]) }
    let before = try rep.replica.holdings().own
    clock.advance(milliseconds: -Self.tenYears)
    try rep.edit(deal, name("Pump 2"))
    #expect(try rep.replica.holdings().own != before)
    try office.pull(from: rep)
    #expect(try office.state("deal", deal)["name"] == .text("Pump 2"))
    #expect(try office.replica.digest() == rep.replica.digest())
    #expect(try rep.replica.check().faults == [])
  }
}
