import TestSupport
import Testing

/// Data that is taller than the screen, which has 40 rows in these tests.
@Suite("The pager")
struct PagerTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    let names = (0..<60).map { "Customer \($0)\n" }
    let file = try nodes.folder.write("name\n" + names.joined(), to: "accounts.csv")
    _ = try nodes.importFile(file, as: "accounts", on: "office")
  }

  private func shown(_ arguments: String..., pager: String = "sed 's/^/paged: /'") throws -> String
  {
    let terminal = try KithTerminal(
      ["--store", nodes.store("office")] + arguments, environment: ["KITH_PAGER": pager])
    return try terminal.result().output
  }

  @Test("shows what is taller than the screen, and only that")
  func tall() throws {
    let tall = try shown("list", "accounts")
    #expect(tall.matches(of: /paged: .*Customer/).count == 60)
    #expect(tall.contains("60 accounts"))
    #expect(!(try shown("list", "accounts", "limit", "30").contains("paged")))
  }

  @Test("is not there where nobody wants it")
  func none() throws {
    #expect(!(try shown("list", "accounts", "--no-pager").contains("paged")))
    #expect(try shown("list", "accounts", pager: "").contains("Customer 59"))
  }

  @Test("that is left early, or cannot be started, ends the command in good order")
  func leftEarly() throws {
    for pager in ["head -1", "false", "no-such-pager-here"] {
      let terminal = try KithTerminal(
        ["--store", nodes.store("office"), "list", "accounts"], environment: ["KITH_PAGER": pager])
      let result = try terminal.result()
      #expect(result.code == 0)
      let isMissing = pager == "no-such-pager-here"
      #expect(result.output.contains("can't be run") == isMissing)
      // Nothing is lost to a pager that never ran.
      #expect((result.output.matches(of: /Customer/).count == 60) == isMissing)
    }
  }
}
