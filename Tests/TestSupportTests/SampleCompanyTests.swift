import CRDTCore
import Foundation
import TestSupport
import Testing

@Suite("SampleCompany")
struct SampleCompanyTests {
  private let today = CivilDate(days: 20_000)
  private var company: SampleCompany { SampleCompany(accounts: 200, today: today) }

  private func column(_ name: String, of table: SampleCompany.Table) throws -> [String] {
    let place = try #require(company.columns(of: table).firstIndex(of: name))
    return (0..<company.count(of: table)).map { company.row($0, of: table)[place] }
  }

  @Test("every row has a cell for each column, and the same seed gives the same rows")
  func rows() {
    for table in SampleCompany.Table.allCases {
      let rows = (0..<company.count(of: table)).map { company.row($0, of: table) }
      #expect(rows.allSatisfy { $0.count == company.columns(of: table).count })
      #expect(rows == rows.indices.map { company.row($0, of: table) })
      let other = SampleCompany(accounts: 200, today: today, seed: 2)
      #expect(table == .users || rows != rows.indices.map { other.row($0, of: table) })
    }
  }

  @Test("what is referred to is there, under a name of its own")
  func references() throws {
    let accounts = try Set(column("name", of: .accounts))
    #expect(accounts.count == 200)
    #expect(try Set(column("name", of: .users)).count == company.count(of: .users))
    #expect(try accounts.isSuperset(of: column("account", of: .contacts)))
    #expect(try accounts.isSuperset(of: column("account", of: .deals)))
    #expect(try accounts.isSuperset(of: column("account", of: .engagements)))
    let users = try Set(column("name", of: .users))
    #expect(try users.isSuperset(of: column("owner", of: .deals)))
    #expect(try users.isSuperset(of: column("users", of: .engagements)))
    #expect(try Set(column("products", of: .deals)).isSubset(of: column("name", of: .products)))
  }

  @Test("deals go through their stages one day after the other, up to today")
  func stages() throws {
    let columns = company.columns(of: .deals)
    func cell(_ row: [String], _ name: String) -> String {
      columns.firstIndex(of: name).map { row[$0] } ?? ""
    }
    var stages: [String: Int] = [:]
    for index in 0..<company.count(of: .deals) {
      let row = company.row(index, of: .deals)
      stages[cell(row, "stage"), default: 0] += 1
      let days = ["prospected", "engaged_on", "close_date"].map { cell(row, $0) }
        .filter { !$0.isEmpty }
      #expect(days == days.sorted() && days.allSatisfy { $0 < today.description })
      #expect(days.count == (cell(row, "stage") == "Prospecting" ? 1 : days.count))
      #expect((cell(row, "stage") == "Lost") == !cell(row, "close_reason").isEmpty)
    }
    #expect(Set(stages.keys) == ["Prospecting", "Engaging", "Won", "Lost"])
    let (won, lost) = (stages["Won", default: 0], stages["Lost", default: 0])
    #expect((50...66).contains(won * 100 / (won + lost)))
  }

  @Test("a table is written as it is made")
  func file() throws {
    let folder = try TemporaryDirectory()
    let file = folder.url.appendingPathComponent("users.csv")
    try company.write(.users, to: file)
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == company.count(of: .users) + 1)
    #expect(lines[0] == "name,region")
  }
}
