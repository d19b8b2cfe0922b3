import CRDTCore
import Foundation
import GRDB
import ReplicaStore
import Testing

@Suite("What a node knew at an earlier moment")
final class PastTests {
  private let clock = TestClock()
  private let office: TestNode
  private let folder: URL

  init() throws {
    office = try TestNode.founder(clock: clock)
    folder = try TestNode.newFolder()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func name(_ text: String) -> FieldChange { FieldChange("name", .set(.text(text))) }

  private func past(of node: TestNode, at moment: WallTime) throws -> PastState {
    let path = folder.appendingPathComponent("\(UUID().uuidString).sqlite").path
    return try node.replica.past(at: moment, in: path)
  }

  /// The deals' names that a node knew.
  private func names(of node: TestNode, at moment: WallTime) throws -> [String] {
    try past(of: node, at: moment).replica.read { snapshot in
      try String.fetchAll(snapshot.database, sql: "SELECT name FROM deal ORDER BY name")
    }
  }

  @Test("is its state then, value by value, whatever it wrote, took in or saw deleted since")
  func states() throws {
    let rep = try office.enrol("rep")
    var moments: [(moment: WallTime, digest: ReplicaDigest, entries: UInt64)] = []
    func note() throws {
      moments.append(
        (
          clock.now, try office.replica.digest(),
          try office.replica.holdings().vector.entryCount
        ))
      clock.advance(milliseconds: 60_000)
    }
    let deal = try office.replica.write { transaction in
      try transaction.create(
        "deal",
        [
          name("Pump"), FieldChange("stock", .increment(5)),
          FieldChange("labels", .insert(.text("vip"))),
        ])
    }
    try note()
    try rep.pull(from: office)
    try rep.edit(deal, name("Pump of the rep"), FieldChange("stock", .increment(-2)))
    try note()
    try office.edit(deal, name("Pump of the office"))
    try note()
    try office.pull(from: rep)
    try note()
    let basis = try office.state("deal", deal).basis
    try office.replica.write { try $0.delete("deal", deal, basis: basis) }
    try note()
    try rep.edit(deal, name("Pump of nobody"))
    try office.pull(from: rep)
    try note()
    #expect(Set(moments.map(\.digest.state)).count == moments.count - 1)
    for then in moments {
      let state = try past(of: office, at: then.moment)
      #expect(try state.replica.digest() == then.digest)
      #expect(UInt64(state.entryCount) == then.entries)
    }
    #expect(try office.replica.check().faults == [])
  }

  @Test("counts what others wrote when it came, and not when it was written")
  func arrival() throws {
    let rep = try office.enrol("rep")
    try rep.replica.write { try $0.create("deal", [name("Early")]) }
    clock.advance(milliseconds: 60_000)
    let before = clock.now
    clock.advance(milliseconds: 60_000)
    try office.pull(from: rep)
    #expect(try names(of: office, at: before) == [])
    #expect(try names(of: rep, at: before) == ["Early"])
    #expect(try names(of: office, at: clock.now) == ["Early"])
  }

  @Test("goes by the clock on the wall, also where a peer's clock has drawn the node's own on")
  func ownClock() throws {
    let ahead = try office.enrol("ahead", clock: TestClock(clock.now.milliseconds + 200_000))
    try ahead.replica.write { try $0.create("deal", [name("From ahead")]) }
    try office.pull(from: ahead)
    clock.advance(milliseconds: 1_000)
    try office.replica.write { try $0.create("deal", [name("Own")]) }
    #expect(try names(of: office, at: clock.now) == ["From ahead", "Own"])
    let before = WallTime(milliseconds: clock.now.milliseconds - 1)
    #expect(try names(of: office, at: before) == ["From ahead"])
  }

  @Test("is nothing before the first entry, and tells when that came")
  func nothing() throws {
    let before = WallTime(milliseconds: clock.now.milliseconds - 1)
    let state = try past(of: office, at: before)
    #expect(state.entryCount == 0)
    #expect(state.began == clock.now)
    #expect(try state.replica.read { try $0.record("deal", RecordID(rawValue: 1)) } == nil)
  }

  @Test("keeps both branches of a log that two copies wrote on")
  func forked() throws {
    let rep = try office.enrol("rep")
    try rep.replica.write { try $0.create("deal", [name("shared")]) }
    let copy = try rep.copy()
    try rep.replica.write { try $0.create("deal", [name("here")]) }
    try copy.replica.write { try $0.create("deal", [name("there")]) }
    try office.pull(from: rep)
    clock.advance(milliseconds: 60_000)
    let between = clock.now
    clock.advance(milliseconds: 60_000)
    try office.meet(copy)
    #expect(try names(of: office, at: between) == ["here", "shared"])
    #expect(try names(of: office, at: clock.now) == ["here", "shared", "there"])
    #expect(try past(of: office, at: clock.now).replica.digest() == office.replica.digest())
  }

  @Test("is cancelled with its task")
  func cancelled() async throws {
    let (replica, moment) = (office.replica, clock.now)
    let path = folder.appendingPathComponent("past.sqlite").path
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try replica.past(at: moment, in: path).entryCount
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
