import SimulationKit
import Testing

@Suite("Simulator")
struct SimulatorTests {
  @Test("events run in order of time, those of one time in the order of their making")
  func order() throws {
    let simulator = Simulator(start: VirtualTime(milliseconds: 1_000))
    var seen: [String] = []
    simulator.schedule(after: .seconds(2)) { seen.append("late") }
    simulator.schedule(after: .seconds(1)) {
      seen.append("first")
      simulator.schedule { seen.append("third") }
    }
    simulator.schedule(after: .seconds(1)) { seen.append("second") }
    try simulator.run(until: VirtualTime(milliseconds: 2_500))
    #expect(seen == ["first", "second", "third"])
    #expect(simulator.now == VirtualTime(milliseconds: 2_500))
    try simulator.run(until: VirtualTime(milliseconds: 3_000))
    #expect(seen.last == "late")
  }
}
