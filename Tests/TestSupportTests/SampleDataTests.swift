import TestSupport
import Testing

@Suite("SampleData")
struct SampleDataTests {
  private let data = SampleData()

  @Test("an account has twelve texts of about 220 bytes")
  func accountSize() {
    let rows = data.accounts(500).rows
    let bytes = rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.utf8.count } }
    #expect(rows.allSatisfy { $0.count == 12 && SampleData.accountColumns.count == 12 })
    #expect((200...240).contains(bytes / rows.count), "\(bytes / rows.count) bytes a row")
  }

  @Test("the same seed gives the same rows, another seed others")
  func seeds() {
    #expect(data.accounts(20) == SampleData(seed: 1).accounts(20))
    #expect(data.accounts(20) != SampleData(seed: 2).accounts(20))
  }

  @Test("names are distinct, so that references by name resolve")
  func distinctNames() {
    for table in [
      data.accounts(40_000), data.contacts(1_000, accounts: 10), data.products(100),
      data.deals(1_000, accounts: 10, products: 5),
    ] {
      #expect(Set(table.rows.map { $0[0] }).count == table.rows.count)
      #expect(table.rows.allSatisfy { $0.count == table.columns.count })
    }
  }

  @Test("contacts and deals refer to accounts and products that there are")
  func references() {
    let accounts = Set(data.accounts(30).rows.map { $0[0] })
    let products = Set(data.products(7).rows.map { $0[0] })
    #expect(data.contacts(200, accounts: 30).rows.allSatisfy { accounts.contains($0[1]) })
    #expect(
      data.deals(200, accounts: 30, products: 7).rows.allSatisfy {
        accounts.contains($0[1]) && products.contains($0[5])
      })
  }

  @Test("fields with commas, quotes and breaks are quoted")
  func quoting() {
    let table = SampleData.Table(
      columns: ["name", "note"], rows: [["Acme, Ltd", "said \"yes\""], ["plain", "two\r\nlines"]])
    #expect(
      table.csv == "name,note\n\"Acme, Ltd\",\"said \"\"yes\"\"\"\nplain,\"two\r\nlines\"\n")
  }
}
