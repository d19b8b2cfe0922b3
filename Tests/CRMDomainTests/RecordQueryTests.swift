import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import Testing

@Suite("Queries")
struct RecordQueryTests {
  private let office: TestOffice
  private let pump: RecordID

  init() throws {
    office = try TestOffice()
    try office.make("user", "name=Tom Brandt", "region=West")
    try office.make("account", "name=Müller GmbH", "city=Hamburg", "labels=vip")
    try office.make("account", "name=北京 Trading")
    pump = try office.make(
      "deal", "name=Pump retrofit", "account=müller gmbh", "value=17900", "stage=won",
      "close=2026-03-12", "labels=(easter,vip)", "close_date=2026-03-12")
    try office.make(
      "deal", "name=Spare parts", "account=北京 Trading", "value=6250", "owner=tom brandt",
      "close=2026-04-01", "labels=vip")
    try office.make("deal", "name=Ärmel", "value=100 USD", "close_date=2025-12-31")
    try office.make("deal", "number=D-9")
  }

  private func deals(_ filter: Filter?) throws -> [String] { try office.names("deal", filter) }

  private func compare(
    _ path: String, _ comparison: Comparison, _ text: String
  ) -> Filter {
    .compare(path.split(separator: ".").map(String.init), comparison, .text(text))
  }

  @Test("without a filter every live record is in, those without a name last")
  func all() throws {
    #expect(try deals(nil) == ["Pump retrofit", "Spare parts", "Ärmel", ""])
    try office.delete("deal", pump)
    #expect(try deals(nil) == ["Spare parts", "Ärmel", ""])
    #expect(try deals(.deleted) == ["Pump retrofit"])
  }

  @Test("archived records are in when the filter speaks of them, or when told")
  func archived() throws {
    try office.edit("deal", pump, "archived=yes")
    #expect(try deals(nil).count == 3)
    #expect(try deals(compare("archived", .equal, "yes")) == ["Pump retrofit"])
    var query = RecordQuery(office.entity("deal"))
    query.includesArchived = true
    #expect(try office.list(query).count == 4)
  }

  @Test("fields compare by their types, through references and parts")
  func comparisons() throws {
    #expect(try deals(compare("value", .greaterOrEqual, "6250")).count == 2)
    #expect(try deals(compare("value", .less, "200 USD")) == ["Ärmel"])
    #expect(try deals(compare("close", .less, "2026-03-31")) == ["Pump retrofit"])
    #expect(try deals(compare("stage", .equal, "WON")) == ["Pump retrofit"])
    #expect(try deals(compare("stage.kind", .equal, "open")).count == 3)
    #expect(try deals(compare("stage.probability", .greater, "9.5")).count == 4)
    #expect(try deals(compare("account", .equal, "muller gmbh")) == ["Pump retrofit"])
    #expect(try deals(compare("account.city", .equal, "Hamburg")) == ["Pump retrofit"])
    #expect(try deals(compare("owner.region", .equal, "west")) == ["Spare parts"])
    #expect(try deals(compare("name", .contains, "armel")) == ["Ärmel"])
    #expect(try deals(compare("account", .contains, "MULL")) == ["Pump retrofit"])
    #expect(try deals(compare("labels", .contains, "east")) == ["Pump retrofit"])
  }

  @Test("a comparison with an empty field is false, its negation true")
  func emptiness() throws {
    #expect(try deals(compare("account", .notEqual, "müller gmbh")).count == 3)
    #expect(try deals(.not(compare("value", .greater, "0"))) == ["Ärmel", ""])
    #expect(try deals(compare("name", .lacks, "p")) == ["Ärmel", ""])
    #expect(try deals(.isEmpty(["account"])) == ["Ärmel", ""])
    #expect(try deals(.not(.isEmpty(["labels"]))) == ["Pump retrofit", "Spare parts"])
  }

  @Test("sets are asked for any or all of some elements, lists of values for one")
  func sets() throws {
    let words: [Operand] = [.text("easter"), .text("vip")]
    #expect(try deals(.has(["labels"], all: true, words)) == ["Pump retrofit"])
    #expect(try deals(.has(["labels"], all: false, words)).count == 2)
    #expect(
      try deals(.has(["account", "labels"], all: false, [.text("vip")])) == ["Pump retrofit"])
    #expect(try deals(.among(["stage"], [.text("won"), .text("lost")])) == ["Pump retrofit"])
    #expect(try deals(.among(["name"], [])).isEmpty)
    #expect(try deals(.records([pump])) == ["Pump retrofit"])
    #expect(
      try deals(.or([compare("name", .equal, "Ärmel"), .and([.records([pump]), .not(.deleted)])]))
        .count == 2)
  }

  @Test("words that lead nowhere are refused with what was meant")
  func refusals() throws {
    #expect(throws: QueryError.noSuchRecord(text: "wno", kind: "stage", closest: "Won")) {
      try deals(compare("stage", .equal, "wno"))
    }
    #expect(throws: FieldPathError.unknownField(name: "stgae", entity: "deal", closest: "stage")) {
      try deals(compare("stgae", .equal, "won"))
    }
    #expect(throws: QueryError.notComparable(field: "account", comparison: "<")) {
      try deals(compare("account", .less, "M"))
    }
  }

  @Test("values never reach SQL as words of it")
  func injection() throws {
    #expect(try deals(compare("name", .equal, "' OR 1=1 --")).isEmpty)
    #expect(try deals(compare("name", .contains, "%'\"")).isEmpty)
  }

  @Test("lists are ordered by any field, empty values last, and cut to a limit")
  func order() throws {
    var query = RecordQuery(office.entity("deal"))
    query.columns = [["name"]]
    query.sort = [.init(["name"])]
    #expect(try office.list(query) == ["Ärmel", "Pump retrofit", "Spare parts", ""])
    query.sort = [.init(["amount"], isDescending: true)]
    #expect(try office.list(query) == ["Ärmel", "Pump retrofit", "Spare parts", ""])
    query.sort = [.init(["account"], isDescending: true), .init(["name"])]
    #expect(try office.list(query) == ["Spare parts", "Pump retrofit", "Ärmel", ""])
    query.sort = [.init(["stage"], isDescending: true)]
    query.limit = 1
    #expect(try office.list(query) == ["Pump retrofit"])
    query.sort = []
    query.limit = 3
    #expect(try office.list(query) == ["Pump retrofit", "Spare parts", "Ärmel"])
  }

  @Test("columns read through references, and tell sets and structures in words")
  func columns() throws {
    var query = RecordQuery(
      office.entity("deal"), filter: compare("name", .equal, "Pump retrofit"))
    query.columns = [
      "amount", "account.city", "account.billing_address", "owner.name", "target_close",
    ]
    .map { $0.split(separator: ".").map(String.init) }
    let context = try office.context
    let texts = try office.replica.read { snapshot in
      let paths = try query.paths(in: office.catalog)
      return try query.rows(in: snapshot.database, context).map { row in
        zip(row.cells, paths).map { $0.text(of: $1.field) }
      }
    }
    #expect(texts == [["17900.00 EUR", "Hamburg", "Hamburg", "Priya Nair", "2026-03-12"]])
  }

  @Test("records are counted and amounts added up by fields, sets and periods")
  func groups() throws {
    func rows(_ group: GroupedCount.Group) throws -> [String] {
      let context = try office.context
      return try office.replica.read { snapshot in
        let query = GroupedCount(office.entity("deal"), by: [group], sums: [["amount"]])
        let path = try FieldPath(group.path, from: office.entity("deal"), in: office.catalog)
        return try query.rows(in: snapshot.database, context).map { row in
          var sums = ""
          if case .money(let amounts) = row.totals[0] {
            sums = amounts.map(\.description).joined(separator: " + ")
          }
          return "\(row.keys[0].text(of: path.field)): \(row.count), \(sums)"
        }
      }
    }
    #expect(
      try rows(.init(["stage"])) == [
        "Prospecting: 3, 6250.00 EUR + 100.00 USD", "Won: 1, 17900.00 EUR",
      ])
    #expect(
      try rows(.init(["labels"])) == [
        "easter: 1, 17900.00 EUR", "vip: 2, 24150.00 EUR", ": 2, 100.00 USD",
      ])
    #expect(
      try rows(.init(["close_date"], period: .week)) == [
        "2026-W01: 1, 100.00 USD", "2026-W11: 1, 17900.00 EUR", ": 2, 6250.00 EUR",
      ])
    #expect(
      try rows(.init(["close_date"], period: .quarter)).first == "2025-Q4: 1, 100.00 USD")
    #expect(throws: QueryError.notGroupable(field: "name", period: "month")) {
      try rows(.init(["name"], period: .month))
    }
  }

  @Test("a board has a column for every stage, in order, with its cards and sums")
  func board() throws {
    var query = RecordQuery(office.entity("deal"))
    query.columns = [["name"]]
    var board = Board(query)
    board.sums = [["amount"]]
    let context = try office.context
    let columns = try office.replica.read { try board.columns(in: $0.database, context) }
    let stage = try #require(office.entity("deal").field(named: "stage"))
    #expect(
      columns.map { "\($0.heading.text(of: stage)) \($0.count)" } == [
        "Prospecting 3", "Engaging 0", "Won 1", "Lost 0",
      ])
    #expect(columns[0].cards.count == 3)
    #expect(columns[1].totals == [.money([])])
    board.query.limit = 2
    board.path = ["owner"]
    let byOwner = try office.replica.read { try board.columns(in: $0.database, context) }
    #expect(byOwner.map(\.count) == [3, 1])
    #expect(byOwner[0].cards.count == 2)
  }
}
