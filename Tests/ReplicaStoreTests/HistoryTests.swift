import CRDTCore
import ReplicaStore
import Testing

@Suite("The history of a record")
struct HistoryTests {
  private func set(_ field: String, _ text: String) -> FieldChange {
    FieldChange(field, .set(.text(text)))
  }

  @Test("goes by who had seen what, even where a clock is ten years ahead")
  func causalOrder() throws {
    let clock = TestClock()
    let office = try TestNode.founder(clock: clock)
    let deal = try office.replica.write { try $0.create("deal", [set("name", "Pump")]) }
    let future = TestClock(clock.now.milliseconds + 315_360_000_000)
    let ahead = try office.enrol("ahead", clock: future)
    let rep = try office.enrol("rep")
    clock.advance(milliseconds: 10)
    try rep.edit(deal, set("stage", "unseen"))
    future.advance(milliseconds: 10)
    try ahead.edit(deal, set("name", "Pump of the future"))
    future.advance(milliseconds: 10)
    try ahead.edit(deal, set("name", "Pump of the far future"))
    try office.pull(from: ahead)
    clock.advance(milliseconds: 10)
    // Touches another field, so that nothing but the author's past says which came first.
    try office.edit(deal, set("stage", "informed"))
    clock.advance(milliseconds: 10)
    try office.edit(deal, set("name", "Pump of today"))
    try syncAll([office, ahead, rep])
    let expected = [
      "Pump of today", "informed", "Pump of the far future", "Pump of the future", "unseen", "Pump",
    ]
    for node in [office, ahead, rep] {
      let history = try node.replica.read { try $0.history("deal", deal) }
      let values = history.flatMap(\.writes).compactMap { write -> String? in
        guard case .register(.text(let text)) = write.change else { return nil }
        return text
      }
      #expect(values == expected)
    }
  }
}
