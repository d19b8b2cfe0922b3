import CRDTCore
import CRMDomain
import TestSupport
import Testing

@Suite("Organisation chart")
struct OrganisationChartTests {
  private typealias Person = OrganisationChart.Person

  private func id(_ number: UInt8) -> RecordID { RecordID(derivedFrom: "contact", [[number]]) }

  private func chart(_ superiors: [UInt8: UInt8], of count: UInt8) -> OrganisationChart {
    OrganisationChart(
      (1...count).map { number in Person(id: id(number), superior: superiors[number].map(id)) })
  }

  private func places(_ chart: OrganisationChart) -> [[Int]] {
    chart.lines.map { line in [(1...9).first { id($0) == line.id }.map(Int.init) ?? 0, line.depth] }
  }

  @Test("ACC-16: people stand below those they report to, in the order given")
  func tree() {
    let chart = chart([2: 1, 3: 1, 4: 2, 5: 9], of: 6)
    #expect(places(chart) == [[1, 0], [2, 1], [4, 2], [3, 1], [5, 0], [6, 0]])
    #expect(chart.cycles.isEmpty)
  }

  @Test("ACC-16: a circle is told and not followed, and whoever is below it stays below")
  func circle() {
    let chart = chart([1: 2, 2: 3, 3: 1, 4: 2, 5: 4], of: 6)
    #expect(chart.cycles == [[id(1), id(2), id(3)]])
    #expect(places(chart) == [[1, 0], [2, 0], [4, 1], [5, 2], [3, 0], [6, 0]])
    let own = OrganisationChart([Person(id: id(1), superior: id(1))])
    #expect(own.cycles == [[id(1)]] && own.lines.count == 1)
  }

  @Test("ACC-16: everybody stands in the chart once, whoever reports to whom", arguments: Seed.all)
  func everybody(_ seed: Seed) {
    var random = seed.generator()
    var superiors: [UInt8: UInt8] = [:]
    for number in UInt8(1)...9 where Bool.random(using: &random) {
      superiors[number] = UInt8.random(in: 1...9, using: &random)
    }
    let chart = chart(superiors, of: 9)
    #expect(chart.lines.count == 9 && Set(chart.lines.map(\.id)).count == 9)
    for cycle in chart.cycles {
      for (person, superior) in zip(cycle, cycle.dropFirst() + cycle.prefix(1)) {
        let number = UInt8((1...9).first { id($0) == person } ?? 0)
        #expect(superiors[number].map(id) == superior)
      }
    }
  }
}
