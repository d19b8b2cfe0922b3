import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import TestSupport
import Testing

@Suite("The real data set", .enabled(if: MavenFiles.isPresent, .init(rawValue: MavenFiles.absence)))
struct MavenImportTests {
  private func filledOffice() throws -> TestOffice {
    let office = try TestOffice(currency: try #require(CurrencyCode("USD")))
    _ = try MavenData.takeAccounts(into: office)
    _ = try MavenData.takeProducts(into: office)
    _ = try MavenData.takeUsers(into: office)
    _ = try MavenData.takeDeals(into: office)
    return office
  }

  @Test(
    "ACC-29: accounts, products and users come in whole, their references among each other resolved"
  )
  func parties() throws {
    let office = try TestOffice()
    let accounts = try MavenData.takeAccounts(into: office)
    #expect((accounts.rows, accounts.created, accounts.rejected) == (85, 85, 0))
    #expect(accounts.leftEmpty.isEmpty)
    #expect(accounts.columns.map(\.field).contains("revenue"))
    #expect(
      try office.names("account", .compare(["parent"], .equal, .text("Acme Corporation")))
        == ["Bluth Company", "Codehow", "Donquadtech", "Iselectrics"])
    #expect(try office.listed("industry").contains("technolgy"))

    let products = try MavenData.takeProducts(into: office)
    #expect((products.created, products.rejected) == (7, 0))

    let users = try MavenData.takeUsers(into: office)
    #expect((users[0].created, users[0].unchanged, users[0].rejected) == (6, 29, 0))
    #expect((users[1].created, users[1].rejected) == (35, 0))
    #expect(try office.names("region") == ["Central", "East", "West"])
    #expect(
      try office.names("user", .compare(["manager", "name"], .equal, .text("Cara Losch"))).count
        == 6)
  }

  @Test("a dry run tells of unknown products and writes nothing")
  func dryRun() throws {
    let office = try TestOffice()
    _ = try MavenData.takeAccounts(into: office)
    _ = try MavenData.takeProducts(into: office)
    _ = try MavenData.takeUsers(into: office)
    var lines = 0
    let report = try MavenData.takeDeals(
      into: office, values: "", isDryRun: true,
      rejects: { bytes in lines += bytes.isEmpty ? 0 : 1 })
    #expect((report.rows, report.created, report.rejected) == (8800, 7320, 1480))
    #expect(lines == 1481)
    let first = try #require(report.rejections.first)
    #expect((first.line, first.column, first.value) == (3, "product", "GTXPro"))
    #expect(first.reason == "There is no product “GTXPro” for products.")
    #expect(try office.names("deal").isEmpty)

    let mapped = try MavenData.takeDeals(into: office, isDryRun: true)
    #expect((mapped.created, mapped.rejected) == (8800, 0))
    #expect(mapped.emptyReferences.contains { $0 == ("account", 1425) })
    #expect(mapped.emptyReferences.contains { $0 == ("owner", 0) })
    #expect(try office.names("deal").isEmpty)
  }

  @Test("counts and sums equal the data set's own figures, and a second import changes nothing")
  func figures() throws {
    let office = try filledOffice()
    let context = try office.context
    let won = Filter.compare(["stage"], .equal, .text("won"))
    func figures(_ filter: Filter?, _ group: GroupedCount.Group) throws -> [String] {
      try office.replica.read { snapshot in
        let query = GroupedCount(
          office.entity("deal"), filter: filter, by: [group], sums: [["value"]])
        let path = try FieldPath(group.path, from: office.entity("deal"), in: office.catalog)
        return try query.rows(in: snapshot.database, context).map { row in
          guard case .money(let amounts) = row.totals[0] else { return "" }
          let sum = amounts.map(\.description).joined(separator: " + ")
          return "\(row.keys[0].text(of: path.field)) \(row.count) \(sum)"
        }
      }
    }
    #expect(
      try figures(nil, .init(["stage"])) == [
        "Prospecting 500 ", "Engaging 1589 ", "Won 4238 10005534.00 USD", "Lost 2473 0.00 USD",
      ])
    #expect(
      try figures(won, .init(["owner", "region"])) == [
        "Central 1629 3346293.00 USD", "East 1171 3090594.00 USD", "West 1438 3568647.00 USD",
      ])
    #expect(
      try figures(won, .init(["close_date"], period: .quarter)) == [
        "2017-Q1 531 1134672.00 USD", "2017-Q2 1254 3086111.00 USD", "2017-Q3 1257 2982255.00 USD",
        "2017-Q4 1196 2802496.00 USD",
      ])

    let again = try MavenData.takeDeals(into: office)
    #expect((again.unchanged, again.created, again.changed, again.rejected) == (8800, 0, 0, 0))
    let total = try office.replica.read {
      try GroupedCount(office.entity("deal"), sums: [["amount"]]).total(in: $0.database, context)
    }
    #expect(total.count == 8800)
    let large = try office.names(
      "deal",
      .and([
        won, .compare(["product"], .equal, .text("gtx plus pro")),
        .compare(["amount"], .greater, .text("6000")),
        .compare(["account", "country"], .notEqual, .text("United States")),
      ]))
    #expect(large.count == 14)
  }

  @Test("the file imported on two nodes makes records of the same ids")
  func derivedIDs() throws {
    let offices = [try TestOffice(), try TestOffice()]
    let ids = try offices.map { office in
      _ = try MavenData.takeProducts(into: office)
      let context = try office.context
      return try office.replica.read { snapshot in
        try RecordQuery(office.entity("product")).rows(in: snapshot.database, context)
          .map(\.id)
      }
    }
    #expect(ids[0].count == 7)
    #expect(ids[0] == ids[1])
    #expect(ids[0].allSatisfy { $0.isDerived })
  }
}
