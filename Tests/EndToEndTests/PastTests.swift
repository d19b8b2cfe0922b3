import TestSupport
import Testing

/// `at TIME`: records as this node knew them, days after the fact.
@Suite(
  "An earlier state", .enabled(if: FakeClock.library != nil, .init(rawValue: FakeClock.absence)))
struct PastTests {
  private let nodes: TestNodes
  private let store: String

  init() throws {
    nodes = try TestNodes()
    store = nodes.store("office")
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Tom")
    try nodes.kith("office", "new", "deal", "Pump", "amount=300", "stage=Prospecting")
    try later(2, "edit Pump amount=400 stage=Won because \"signed\"; new deal Valve amount=50")
    try later(4, "delete Valve --yes; edit Pump amount=500")
  }

  /// Runs a line so many days after the store was made.
  @discardableResult
  private func later(_ days: Int, _ line: String, code: Int32 = 0) throws -> KithProcess.Result {
    let clock = try #require(FakeClock(days: days))
    let result = try clock.start(line, store: store).result()
    guard result.code == code else {
      throw TestNodes.Failure(
        description: "`\(line)` ended with \(result.code):\n\(result.output)\(result.errors)")
    }
    return result
  }

  @Test("is listed, counted and shown with what was known then, and says as of when")
  func reading() throws {
    let list = "list deals cols name, amount sort name"
    #expect(try later(6, list).output.contains("500"))
    let then = try later(6, "\(list) at 3 days ago")
    #expect(then.output.contains("Pump\t400") && then.output.contains("Valve\t50"))
    #expect(then.errors.contains(" 23:59:59"))
    let first = try later(6, "\(list) --at \"6 days ago\"").output
    #expect(first.contains("Pump\t300") && !first.contains("Valve"))
    #expect(try later(6, "count deals at 3 days ago").output == "2\n")
    #expect(try later(6, "count deals where stage = Won at 6 days ago").output == "0\n")
    let table = try later(6, "list deals at 3 days ago --format table").output
    #expect(table.contains("2 deals · €450 · as of ") && table.contains(" 23:59:59"))
    let card = try later(6, "show Pump at 3 days ago").output
    #expect(card.contains("Won") && card.contains("400") && card.contains("\nas of "))
    #expect(try later(6, "board deals at 3 days ago").output.contains("\nas of "))
    let json = try later(6, "show Pump at 3 days ago --format json").output
    #expect(json.contains("\"as_of\":\"") && json.contains("T23:59:59"))
    #expect(json.contains("400.00"))
  }

  @Test("is what names, views, history and exports go by as well")
  func everything() throws {
    #expect(try later(6, "find Valve at 3 days ago").output.contains("Valve"))
    #expect(!(try later(6, "history Pump.amount at 3 days ago").output.contains("500")))
    #expect(try later(6, "history Pump.amount").output.contains("500"))
    #expect(try later(6, "explain Pump.amount at 3 days ago").output.contains("€400"))
    #expect(try later(6, "export deals - at 3 days ago").output.contains("Valve"))
    #expect(try later(6, "ops at 6 days ago --format ids").output.split(separator: "\n").count == 2)
    try later(6, "view save then = list deals at 3 days ago")
    #expect(try later(6, "list %then").output.contains("Valve"))
    let refused = try later(6, "edit %then amount=1 --yes", code: 2)
    #expect(refused.errors.contains("an earlier state"))
  }

  @Test("is told of rows one by one and of files too; what tells only of now is refused")
  func moment() throws {
    for command in ["list deals --format ndjson", "export deals -"] {
      #expect(try later(6, "\(command) --at \"3 days ago\"").errors.contains(" 23:59:59"))
      #expect(!(try later(6, command).errors.contains("as of")))
    }
    let script = try nodes.folder.write("count deals\nconfig list\nduplicates\n", to: "day.kith")
    let clock = try #require(FakeClock(days: 6))
    let refused = try clock.start(
      "source \(script) --at \"3 days ago\"", store: store
    ).result()
    #expect(refused.code == 2)
    let options = ["--at", "3 days ago", "-c", "count deals; config list; status"]
    let status = try nodes.kith("office", options, code: 2)
    #expect(status.output.hasPrefix("0\n") && status.output.contains("color"))
    #expect(status.errors.contains("status tells only of now, and takes no --at"))
  }

  @Test("has no say in what is edited next: the edit replaces what shows now")
  func editing() throws {
    try later(6, "show Pump at 3 days ago; edit @last amount=600")
    #expect(try nodes.conflicts("office").isEmpty)
    #expect(try later(7, "list deals cols name, amount").output.contains("Pump\t600"))
  }

  @Test("before the first entry is empty and says so; of what peers had, nothing is told")
  func edges() throws {
    let empty = try later(6, "list deals at 2001-01-01")
    #expect(empty.errors.contains("Nothing had come to this node by then; the first change came "))
    #expect(!empty.output.contains("Pump"))
    let refused = try later(6, "list deals where unsynced at 3 days ago", code: 2)
    #expect(refused.errors.contains("can only be asked of now"))
    let now = try later(6, "list deals cols name, amount at today").output
    #expect(now.contains("Pump\t500"))
    try later(6, "list deals at tomorrow", code: 2)
    #expect(try nodes.kith("office", "store", "check").errors == "")
  }
}
