import Foundation
import TestSupport
import Testing

/// What the conflict commands tell and do, on two nodes that edited the same deal apart.
@Suite("Conflict tool", .serialized)
struct ConflictToolTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @discardableResult
  private func kith(_ node: String, _ words: String..., code: Int32 = 0) throws -> String {
    let result = try KithProcess.run(["--store", folder.path("\(node).sqlite")] + words)
    #expect(result.code == code, "\(words): \(result.output)\(result.errors)")
    return result.output + result.errors
  }

  /// Makes an office and a representative who disagree about a deal's amount, stage and notes, and
  /// about whether a contact exists.
  private func disagree() throws -> KithProcess {
    try kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    try kith("office", "new", "account", "Müller")
    try kith(
      "office", "new", "deal", "Pump", "account=Müller", "amount=18400",
      "notes=Prefers calls after lunch. Decides alone.")
    try kith("office", "new", "contact", "Jonas Weber")
    let office = try KithProcess([
      "--store", folder.path("office.sqlite"), "serve", "--listen", "127.0.0.1:0",
    ])
    _ = try office.listeningAddress()
    let code = try kith("office", "peer", "invite", "rep", "--role", "representative", "--quiet")
    let invitation = code.trimmingCharacters(in: .newlines)
    try kith("rep", "join", invitation, "--node", "rep", "--user", "Lena Vogt")
    let rep = [
      "amount=17900", "stage=Engaging", "notes=Prefers calls before 10. Decides alone.",
    ]
    let ours = [
      "amount=18000", "stage=Won", "notes=Prefers calls after lunch. Decides with the CFO.",
    ]
    for (one, other) in zip(rep, ours) {
      try kith("rep", "edit", "Pump", one, "because", "said so on site")
      try kith("office", "edit", "Pump", other)
    }
    try kith("rep", "delete", "Jonas Weber", "because", "left in February")
    try kith("office", "edit", "Jonas Weber", "job_title=Head of Pumps")
    try kith("rep", "sync")
    return office
  }

  private func ids(_ node: String, _ filter: String...) throws -> [String] {
    let result = try KithProcess.run(
      ["--store", folder.path("\(node).sqlite"), "conflict", "list"] + filter
        + ["--format", "ids"])
    #expect(result.code == 0, "\(filter): \(result.errors)")
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test("a list is filtered and grouped by what conflicts say")
  func list() throws {
    let office = try disagree()
    defer { office.send(.terminate) }
    #expect(try ids("rep").count == 4)
    #expect(try ids("rep", "where", "kind", "=", "field").count == 3)
    #expect(try ids("rep", "where", "kind = text").count == 1)
    #expect(try ids("rep", "where", "kind = delete-edit").count == 1)
    #expect(try ids("rep", "where", "kind = lifecycle").count == 1)
    #expect(try ids("rep", "where", "entity = deals").count == 3)
    #expect(try ids("rep", "where", "record = pum").count == 3)
    #expect(try ids("rep", "where", "record = jonas").count == 1)
    #expect(try ids("rep", "where", "field = value").count == 1)
    #expect(try ids("rep", "where", "entity = contact and author = lena").count == 1)
    #expect(try ids("rep", "where", "field in (amount, stage) and record = pump").count == 2)
    #expect(try ids("rep", "where", "not node = office").isEmpty)
    #expect(try ids("rep", "where", "written < yesterday").isEmpty)
    #expect(try ids("rep", "where", "mine").count == 4)
    #expect(try ids("rep", "where", "status = automatic").isEmpty)
    let table = try kith("rep", "conflict", "list", "by", "author", "--format", "csv")
    let rows = table.split(separator: "\n")
    #expect(rows.first == "author,id,kind,entity,record,field,sides,written,assignee")
    #expect(rows.count { $0.hasPrefix("Lena Vogt,") } == 4)
    #expect(rows.count { $0.hasPrefix("Priya Nair,") } == 4)
    #expect(try kith("rep", "conflict", "list", "where", "knd = field", code: 2).contains("kind"))
    try kith("rep", "conflict", "list", "where", "kind = fild", code: 2)
    try kith("rep", "conflict", "list", "where", "kind < field", code: 2)
    for unknown in ["kind = deleted", "entity = dael", "author = bob", "field = stgae"] {
      try kith("rep", "conflict", "list", "where", unknown, code: 2)
    }
    try kith("rep", "conflict", "list", "where", "record = nobody", code: 3)
    // A weekday of what was written is the last one, today included.
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    for day in days { #expect(try ids("rep", "where", "written >= \(day)").count == 4) }
  }

  @Test("a conflict shows its ancestor, what each had seen, the rule, the clocks and the reasons")
  func show() throws {
    let office = try disagree()
    defer { office.send(.terminate) }
    func shown(_ field: String) throws -> String {
      try kith(
        "rep", "conflict", "show", try #require(ids("rep", "where", "field = \(field)").first))
    }
    let amount = try shown("amount")
    for part in [
      "base    €18,400", "A       €17,900", "kept     \"said so on site\"", "B       €18,000",
      "both had seen the base, neither the other's value", "the later one shows",
      "clocks", "€18,000 is showing because Priya Nair wrote it later",
    ] {
      #expect(amount.contains(part), "\(part) is not in:\n\(amount)")
    }
    let notes = try shown("notes")
    #expect(notes.contains("Prefers calls [-after lunch-]{+before 10+}. Decides alone."))
    #expect(notes.contains("Decides [-alone-]{+with the CFO+}."))
    #expect(notes.contains(" · notes · text · "))
    #expect(notes.contains("merge   Prefers calls before 10. Decides with the CFO.\n"))
    #expect(try shown("stage").contains("the rule compares the values"))
    let contact = try #require(ids("rep", "where", "kind = delete-edit").first)
    let lifecycle = try kith("rep", "conflict", "show", contact)
    #expect(lifecycle.contains(" · delete-edit · "))
    #expect(lifecycle.contains("job title  Head of Pumps"))
    #expect(lifecycle.contains("Priya Nair's edit is later than Lena Vogt's delete"))
    let id = try #require(ids("rep", "where", "field = amount").first)
    let json = try kith("rep", "conflict", "show", id, "--format", "json")
    for part in [
      "\"schema\":\"kith.conflict/1\"", "\"base\":[{\"stamp\":", "\"based_on\":[\"",
      "\"reason\":\"said so on site\"", "\"could_have_decided\":", "\"kind\":\"field\"",
      "\"rule\":\"hold\"", "\"blocks\":[\"what uses deal.amount\"]", "\"resolution\":null",
    ] {
      #expect(json.contains(part), "\(part) is not in:\n\(json)")
    }
    #expect(try kith("rep", "explain", "pump.amount").contains("base    €18,400"))
  }

  @Test("several conflicts are settled at once, and are gone on every node")
  func settle() throws {
    let office = try disagree()
    defer { office.send(.terminate) }
    let fields = try ids("rep", "where", "field in (amount, stage)")
    try #require(fields.count == 2)
    let said = try kith("rep", "conflict", "take", fields[0], fields[1], "lena", "because", "yes")
    #expect(said.components(separatedBy: "Resolved x").count == 3)
    #expect(said.contains("amount is €17,900 (Lena Vogt's), chosen by you."))
    let again = try kith("rep", "conflict", "take", fields[0], "A", code: 3)
    #expect(again.contains("was settled on ") && again.contains("by Lena Vogt: \"yes\"."))
    #expect(again.contains("See: history d"))
    #expect(try kith("rep", "conflict", "show", "x00000", code: 3).contains("There is no conflict"))
    let rest = try ids("rep")
    try #require(rest.count == 2)
    try kith("rep", "conflict", "keep", rest[0], rest[1])
    #expect(try ids("rep").isEmpty)
    try kith("rep", "sync")
    #expect(try ids("office").isEmpty)
    #expect(try kith("office", "explain", "pump.amount").contains("chosen by Lena Vogt"))
    #expect(try kith("office", "store", "digest") == kith("rep", "store", "digest"))
  }

  @Test("an edit that settles a conflict says what it kept and what it set aside")
  func settlingEdit() throws {
    let office = try disagree()
    defer { office.send(.terminate) }
    let amount = try #require(ids("rep", "where", "field = amount").first)
    #expect(
      try kith("rep", "edit", "Pump", "stage=Won").contains(
        "settles the conflict on stage: kept \"Won\", set aside \"Engaging\""))
    #expect(
      try kith("rep", "edit", "Pump", "amount=17950").contains(
        "settles the conflict on amount: set aside \"€17,900\", \"€18,000\""))
    #expect(!(try kith("rep", "edit", "Pump", "amount=17951").contains("settles")))
    #expect(try ids("rep", "where", "field in (amount, stage)").isEmpty)
    let short = String(amount.prefix(6))
    #expect(
      try kith("rep", "conflict", "show", short, code: 3).contains("\(short) was settled on "))
    try kith("rep", "sync")
    #expect(try ids("office", "where", "field in (amount, stage)").isEmpty)
  }

  @Test("Tab completes the ids of conflicts")
  func completion() throws {
    let office = try disagree()
    defer { office.send(.terminate) }
    let id = try #require(ids("rep", "where", "field = amount").first)
    let terminal = try KithTerminal(
      ["--store", folder.path("rep.sqlite")],
      environment: ["XDG_STATE_HOME": folder.path("state")])
    // The prompt does not wait for a slow count, which Tab takes the ids from.
    var shown = try terminal.wait(for: "> ")
    for _ in 1...100 where !shown.contains("!4") {
      try terminal.type("count deals\r")
      try terminal.wait(for: "1 deal")
      shown = try terminal.wait(for: "> ")
    }
    try terminal.type("conflict keep \(id.prefix(5))\t\r")
    try terminal.wait(for: "Resolved \(id.prefix(6)).")
    try terminal.wait(for: "> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    #expect(try ids("rep").count == 3)
  }

  @Test("a conflict that grew names its successor; settled twice apart, it says so")
  func grown() throws {
    let office = try disagree()
    defer { office.send(.terminate) }
    let stage = try #require(ids("rep", "where", "field = stage").first)
    let contact = try #require(ids("rep", "where", "kind = delete-edit").first)
    let code = try kith("office", "peer", "invite", "tom", "--role", "administrator", "--quiet")
    let invitation = code.trimmingCharacters(in: .newlines)
    try kith("tom", "join", invitation, "--node", "tom", "--user", "Tom")
    // Settled on two nodes that had both seen all of it.
    try kith("rep", "conflict", "take", stage, "A")
    try kith("tom", "conflict", "take", stage, "B")
    try kith("rep", "sync")
    try kith("tom", "sync")
    let redone = try #require(ids("tom", "where", "field = stage").first)
    let shown = try kith("tom", "conflict", "show", redone)
    #expect(shown.contains("settled an earlier conflict differently before seeing each other's"))
    #expect(try kith("tom", "conflict", "show", stage, code: 3).contains("was settled on "))
    // A further edit of a record that was deleted elsewhere is a further side.
    try kith("tom", "edit", "Jonas Weber", "job_title=Buyer")
    #expect(
      try kith("tom", "conflict", "show", contact, code: 3).contains(
        "has grown a third side and is now x"))
  }

  @Test("of two records with one number, the side named gets another; the other keeps its own")
  func unique() throws {
    let office = try disagree()
    defer { office.send(.terminate) }
    try kith("rep", "new", "deal", "Rep's", "number=D-1")
    try kith("office", "new", "deal", "Office's", "number=D-1")
    try kith("rep", "sync")
    let id = try #require(ids("rep", "where", "kind = unique").first)
    let shown = try kith("rep", "conflict", "show", id)
    #expect(shown.contains("Rep's  D-1") && shown.contains("Office's  D-1"))
    try kith("rep", "conflict", "take", id, "A", code: 10)
    let said = try kith("rep", "conflict", "edit", id, "priya", "number=D-2")
    #expect(said.contains("Office's: number D-1 → D-2"))
    #expect(said.contains("kept  Priya Nair's D-1, in history"))
    #expect(try ids("rep", "where", "kind = unique").isEmpty)
  }

  @Test("an import that is interrupted ends with code 130 and says what it has kept")
  func interrupted() throws {
    try kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    let file = folder.path("accounts.csv")
    #expect(mkfifo(file, 0o600) == 0)
    let run = try KithProcess([
      "--store", folder.path("office.sqlite"), "import", "accounts", file,
    ])
    // The process waits for more of the file: the interrupt comes while rows are being taken.
    let pipe = try #require(FileHandle(forWritingAtPath: file))
    let rows = (0..<4_000).map { "Account \($0)\n" }.joined()
    try pipe.write(contentsOf: Data(("name\n" + rows).utf8))
    run.send(.interrupt)
    try pipe.write(contentsOf: Data(rows.utf8))
    try pipe.close()
    let result = try run.result()
    #expect(result.code == 130)
    #expect(result.errors.hasPrefix("Stopped."))
    #expect(try kith("office", "store", "check").contains("0 faults"))
  }

  @Test("the usual store's folder is made, and a store never used makes way for a joining")
  func usualStore() throws {
    let home = ["XDG_DATA_HOME": folder.path("data"), "KITH_STORE": ""]
    func usual(_ words: [String], code: Int32 = 0) throws {
      let result = try KithProcess.run(words, environment: home)
      #expect(result.code == code, "\(words): \(result.errors)")
    }
    try usual(["init", "home", "--workspace", "personal", "--user", "Lena"])
    let office = try disagree()
    defer { office.send(.terminate) }
    func invitation(of node: String) throws -> String {
      try kith("office", "peer", "invite", node, "--role", "representative", "--quiet")
        .trimmingCharacters(in: .newlines)
    }
    try usual(["join", try invitation(of: "lena-2"), "--node", "lena-2", "--user", "Lena Vogt"])
    try usual(["show", "deal", "Pump"])
    // Now there is something to lose.
    let again = ["join", try invitation(of: "lena-3"), "--node", "lena-3", "--user", "Lena Vogt"]
    try usual(again, code: 9)
  }
}
