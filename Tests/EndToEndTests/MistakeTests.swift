import Foundation
import TestSupport
import Testing

/// What a person gets wrong: it is said plainly, has its exit code, and changes nothing.
@Suite("Mistakes")
struct MistakeTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
  }

  private func contents(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: nodes.folder.path("")).sorted()
  }

  @Test("a node's name is a word that needs no quotes", arguments: ["bad name!", "-x", "", "a/b"])
  func nodeNames(name: String) throws {
    for words in [
      ["init", name, "--workspace", "W", "--user", "U"],
      ["join", "kith-x", "--node=\(name)", "--user", "U"],
    ] {
      try nodes.kith("new", words, code: 2)
      #expect(!FileManager.default.fileExists(atPath: nodes.store("new")))
    }
    let invite = ["peer", "invite", name, "--role", "rep", "--address", "127.0.0.1:9"]
    try nodes.kith("office", invite, code: 2)
  }

  @Test("a name is one node's: neither invitation nor enrolment gives it to a second")
  func takenNames() throws {
    let office = try nodes.serve("office")
    let address = try office.listeningAddress()
    let invite = ["peer", "invite", "Office", "--role", "rep", "--address", address]
    let refused = try nodes.kith("office", invite, code: 10)
    #expect(refused.errors.contains("has a node “Office” already"))

    let codes = try (1...2).map { _ in try nodes.invite("rep", by: "office", at: address) }
    try nodes.kith("first", "join", codes[0], "--node", "rep", "--user", "Lena")
    let second = ["join", codes[1], "--node", "rep", "--user", "Tom"]
    #expect(
      try nodes.kith("second", second, code: 7).errors.contains("has a node “rep” already"))
    #expect(!FileManager.default.fileExists(atPath: nodes.store("second")))
    // A person may have several nodes, as long as they have names of their own.
    try nodes.join("phone", user: "Lena", invitedBy: "office", at: address)
    try nodes.stop(office)
  }

  @Test("what is no store is said to be none, and stays as it is")
  func foreignStores() throws {
    let path = nodes.store("text")
    _ = try nodes.folder.write("no store\n", to: "text.sqlite")
    _ = try nodes.folder.write("", to: "empty.sqlite")
    try FileManager.default.createDirectory(
      atPath: nodes.store("folder"), withIntermediateDirectories: false)
    // Another program's database: a store without the mark of kith.
    var database = try contents(nodes.store("office"))
    database.replaceSubrange(68..<72, with: Data("mine".utf8))
    try database.write(to: URL(fileURLWithPath: nodes.store("other")))
    let before = try files()
    for (node, found) in [
      ("text", "a file that is no database"), ("empty", "an empty file"), ("folder", "a folder"),
      ("other", "a database of another program"),
    ] {
      for words in [["status"], ["init", node, "--workspace", "W", "--user", "U"]] {
        let errors = try nodes.kith(node, words, code: 9).errors
        #expect(errors.contains("is not a store of kith, but \(found)"))
      }
    }
    #expect(try contents(path) == Data("no store\n".utf8))
    #expect(try contents(nodes.store("other")) == database)
    #expect(try files() == before)
  }

  @Test("a store that cannot be looked at is not taken for a missing one")
  func unreadableStore() throws {
    // Root may read everything; a link that leads to itself nobody can follow.
    try FileManager.default.createSymbolicLink(
      atPath: nodes.store("loop"), withDestinationPath: nodes.store("loop"))
    let errors = try nodes.kith("loop", "status", code: 9).errors
    #expect(errors.contains("cannot be read: Too many levels of symbolic links"))
  }

  @Test("a file that cannot be imported is named with the reason")
  func unreadableImports() throws {
    let folder = nodes.folder.path("folder")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let files = [
      (folder, "is a folder, not a file"),
      (nodes.folder.path("nothing.csv"), "cannot be read: No such file or directory"),
      (try nodes.folder.write("name\0\0\n", to: "zero.csv"), "Line 1 of the file holds zero bytes"),
      (try nodes.folder.write("[ {\"name\": \"X\"} ]", to: "x.json"), "The file holds JSON"),
    ]
    for (path, reason) in files {
      let errors = try nodes.kith("office", "import", "accounts", path, code: 1).errors
      #expect(errors.contains(reason))
      #expect(!errors.contains("NSCocoa"))
    }
    #expect(try nodes.count("office", "accounts") == 0)
  }

  @Test("what is no address could not be understood", arguments: ["host:99999", "nohost", ":"])
  func addresses(address: String) throws {
    for words in [
      ["serve", "--listen", address], ["peer", "add", "office", address],
      ["peer", "invite", "rep", "--role", "rep", "--address", address],
    ] { try nodes.kith("office", words, code: 2) }
  }

  @Test("a join that fails takes its key away again, and leaves one that was there")
  func keyOfAFailedJoin() throws {
    let office = try nodes.serve("office")
    let address = try office.listeningAddress()
    let code = try nodes.invite("rep", by: "office", at: address)
    // Turned down by the office, then by a port at which nobody listens any more.
    try nodes.kith("rep", "join", code, "--node", "other", "--user", "Lena", code: 7)
    try nodes.stop(office)
    let join = ["join", code, "--node", "rep", "--user", "Lena"]
    try nodes.kith("rep", join, code: 7)
    #expect(try !files().contains { $0.hasPrefix("rep") })

    try nodes.kith("own", "init", "own", "--workspace", "W", "--user", "Lena")
    let key = try contents(nodes.store("own") + ".key")
    try nodes.kith("own", join, code: 7)
    #expect(try contents(nodes.store("own") + ".key") == key)
    try nodes.kith("own", "status")
  }

  @Test("a damaged log is told by every check, and by the rebuild that cannot mend it")
  func damagedLog() throws {
    try nodes.kith("office", "new", "account", "name=Zebra1234")
    let path = nodes.store("office")
    var file = try contents(path)
    // The name stands in the log, and in the tables made from it.
    while let range = file.firstRange(of: Data("Zebra1234".utf8)) {
      file.replaceSubrange(range, with: Data("Zebra1235".utf8))
    }
    try file.write(to: URL(fileURLWithPath: path))
    for words in [["store", "check"], ["store", "rebuild"], ["store", "check"]] {
      let result = try nodes.kith("office", words, code: 9)
      #expect(result.output.contains("does not follow its predecessor"))
      #expect(result.errors.contains("records may lack what was in the damaged part"))
    }
    let json = try nodes.kith("office", "store", "rebuild", "--format", "json", code: 9).output
    #expect(json.contains("does not follow its predecessor"))
  }

  @Test("a quiet import tells only what it has not taken")
  func quietImport() throws {
    let good = try nodes.folder.write("name\nAcme\n", to: "good.csv")
    let quiet = try nodes.kith("office", "import", "accounts", good, "--quiet")
    #expect(quiet.output + quiet.errors == "")
    let bad = try nodes.folder.write("name,employees\nBetatech,many\n", to: "bad.csv")
    let told = try nodes.kith("office", "import", "accounts", bad, "--quiet", code: 10)
    #expect(told.output == "")
    #expect(
      told.errors
        == "  line 2, employees “many”: “many” cannot be read as employees. (rejected)\n")
  }

  @Test("a year has no comma, a day without a time is a day, and a product begins with its stock")
  func plainValues() throws {
    try nodes.kith("office", "new", "account", "name=Acme", "founded_year=1996", "employees=1996")
    let account = try nodes.kith("office", "show", "Acme").output
    #expect(account.contains("founded year  1996\n"))
    #expect(account.contains("1,996\n"))
    let task = try nodes.kith("office", "new", "task", "name=Call", "due=tomorrow").output
    #expect(task.contains("· tomorrow ·"))
    let product = try nodes.kith("office", "new", "product", "name=Seal", "stock=40").output
    #expect(product.contains("· 40 ·"))
  }

  @Test(
    "a command that is to run for somebody else than its node's user is refused, and nothing is done"
  )
  func otherUser() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    try nodes.kith("office", "new", "user", "Tom Brandt")
    try nodes.kith("office", "new", "account", "Acme", "--as", "Priya Nair")
    try nodes.kith("office", "--as", "priya", "-c", "new account Beta; count accounts")
    let refused = try nodes.kith("office", "new", "account", "Gamma", "--as", "tom", code: 10)
    #expect(refused.errors.contains("This node acts for Priya Nair, not for Tom Brandt."))
    try nodes.kith("office", "--as", "nobody", "count", "accounts", code: 3)
    #expect(try nodes.count("office", "accounts") == 2)
  }

  @Test("a tilde in the name of a file is the home folder, also where no shell has replaced it")
  func tilde() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    let home = ["HOME": nodes.folder.path("home")]
    try FileManager.default.createDirectory(
      atPath: nodes.folder.path("home"), withIntermediateDirectories: false)
    _ = try nodes.folder.write("name\nAcme\n", to: "home/my.csv")
    let lines = "import accounts ~/my.csv; export accounts ~/out.csv; count accounts -o ~/count"
    try nodes.kith("office", ["-c", lines], environment: home)
    for (file, text) in [("out.csv", "Acme"), ("count", "1\n")] {
      let written = try String(contentsOfFile: nodes.folder.path("home/\(file)"), encoding: .utf8)
      #expect(written.contains(text))
    }
    let offers = try nodes.kith(
      "office", ["completion", "offers", "import accounts ~/m"], environment: home)
    #expect(offers.output.contains("~/my.csv"))
  }

  @Test("a terminal that knows no escape sequences is sent none")
  func dumbTerminal() throws {
    let terminal = try KithTerminal(
      ["--store", nodes.store("office")],
      environment: ["XDG_STATE_HOME": nodes.folder.path("state"), "TERM": "dumb"])
    try terminal.wait(for: "office> ")
    try terminal.type("quit\r")
    #expect(try !terminal.result().output.contains("\u{1B}"))
  }

  @Test("sync is only advised where a peer's address is known")
  func adviceToSync() throws {
    let office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
    for node in ["office", "rep"] {
      try nodes.kith(node, "new", "account", "name=Acme of \(node)")
      #expect(try nodes.kith(node, "status").output.contains("unsynced   1 change\n"))
      let terminal = try nodes.prompt(node)
      let sentence = "1 change waiting to be sent"
      try terminal.wait(for: sentence + (node == "rep" ? ": sync" : "."))
      try terminal.wait(for: "> ")
      try terminal.type("\u{4}")
      try terminal.result()
    }
    let synced = try nodes.kith("rep", "sync").output
    #expect(synced.contains("sent 1 change · received 1 change"))
    try nodes.stop(office)
  }
}
