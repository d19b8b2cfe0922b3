import Foundation
import TestSupport
import Testing

/// Commands from files, what a session keeps of what it shows, and texts from an editor.
@Suite("Scripts")
struct ScriptTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
  }

  /// Writes a script; the files that it names lie beside it.
  private func script(_ name: String, _ lines: String...) throws -> String {
    try nodes.folder.write(lines.joined(separator: "\n") + "\n", to: name)
  }

  @Test("a script stops at the first failure with its code, and says at which line of which file")
  func stopsAtFailure() throws {
    let path = try script(
      "day.kith", "# Monday", "new account Acme notes=<<END", "first", "second", "END",
      "new account Beta", "edit nobody name=Gamma", "new account Delta")
    let result = try nodes.kith("office", "-f", path, code: 3)
    #expect(result.errors.contains("stopped at line 7 of \(path): edit nobody name=Gamma"))
    #expect(try nodes.count("office", "accounts") == 2)
    let shown = try nodes.kith("office", "show", "Acme").output
    #expect(shown.contains("first") && shown.contains("second"))

    let process = try nodes.start("office")
    process.write("count accounts\nlits accounts\ncount accounts\n")
    process.closeInput()
    let piped = try process.result()
    #expect(piped.code == 2)
    #expect(piped.errors.contains("stopped at line 2 of standard input: lits accounts"))
  }

  @Test(
    "of 10,000 mixed commands on standard input none runs behind the first that fails",
    arguments: [Seed(4)])
  func manyCommands(_ seed: Seed) async throws {
    try await onOwnThread { try runManyCommands(seed) }
  }

  private func runManyCommands(_ seed: Seed) throws {
    try nodes.kith("office", "new", "deal", "Pump")
    var random = seed.generator()
    var lines = (0..<10_000).map { number in
      random.chance(2)
        ? random.chance(50)
          ? "new account \"Customer \(number)\"" : "edit Pump amount=\(number)"
        : random.choice([
          "count deals", "show Pump", "list deals where name ~ pu limit 3", "count tasks",
          "# nothing to do", "find Pump", "help sync", "count products --format json",
        ])
    }
    let failing = 9_000
    lines[failing - 1] = "edit nobody amount=1"
    let made = lines.prefix(failing).count { $0.hasPrefix("new account") }
    let script = try nodes.start("office")
    script.write(lines.joined(separator: "\n") + "\n")
    script.closeInput()
    let result = try script.result(within: .seconds(1_200))
    #expect(result.code == 3)
    #expect(
      result.errors.contains("stopped at line \(failing) of standard input: edit nobody amount=1"))
    #expect(try nodes.count("office", "accounts") == made)
  }

  @Test("a script that keeps going names each failure, and ends with the code of the first")
  func keepsGoing() throws {
    let path = try script("day.kith", "show nobody", "lits", "new account Acme")
    let result = try nodes.kith("office", "--keep-going", "-f", path, code: 3)
    #expect(result.errors.contains("failed at line 1 of \(path): show nobody"))
    #expect(result.errors.contains("failed at line 2 of \(path): lits"))
    #expect(try nodes.count("office", "accounts") == 1)
    let json = try nodes.kith("office", "--format", "json", "-f", path, code: 3)
    let last = try #require(json.errors.split(separator: "\n").last)
    #expect(last.contains(#""schema":"kith.script_failure/1""#))
    #expect(last.contains(#""line":1"#))
  }

  @Test("source runs a file in the session, under its own options, and not itself for ever")
  func source() throws {
    let inner = try script("inner.kith", "delete (accounts)")
    let outer = try script("outer.kith", "new account Acme", "source \(inner)", "new account Beta")
    let refused = try nodes.kith("office", "source", outer, code: 5)
    #expect(refused.errors.contains("stopped at line 1 of \(inner): delete (accounts)"))
    #expect(refused.errors.contains("stopped at line 2 of \(outer): source \(inner)"))
    try nodes.kith("office", "source", inner, "--yes")
    #expect(try nodes.count("office", "accounts") == 0)

    let endless = nodes.folder.path("endless.kith")
    _ = try script("endless.kith", "source \(endless)")
    let stopped = try nodes.kith("office", "source", endless, code: 1)
    #expect(stopped.errors.contains("16 scripts are running one another already"))
    let missing = try nodes.kith("office", "source", nodes.folder.path("none"), code: 1)
    #expect(missing.errors.contains("can't be read: No such file or directory"))
  }

  @Test("-o before a script is one file for all of it")
  func outputOfScript() throws {
    let path = try script("day.kith", "new account Acme", "count accounts", "count deals")
    let output = nodes.folder.path("day.txt")
    let result = try nodes.kith("office", "-o", output, "-f", path)
    #expect(result.output.isEmpty)
    let text = try String(contentsOfFile: output, encoding: .utf8)
    #expect(text.contains("Added") && text.hasSuffix("1\n0\n"))
    try nodes.kith("office", "source", path, "-o", output)
    let second = try String(contentsOfFile: output, encoding: .utf8)
    #expect(second.contains("Added") && second.hasSuffix("2\n0\n"))
  }

  @Test("tee adds what a session shows to a file, and timing what each command took")
  func teeAndTiming() throws {
    let file = nodes.folder.path("shown.txt")
    let prompt = try nodes.prompt("office")
    try prompt.wait(for: "> ")
    for (line, answer) in [
      ("tee \(file)", "tee off"), ("new account Acme", "Added "), ("timing on", "timing is on"),
      ("count accounts", "took "), ("timing off", "timing is off"), ("show nobody", "There is no"),
      ("tee off", "is closed"), ("count deals", "0"),
    ] {
      try prompt.type("\(line)\r")
      try prompt.wait(for: answer)
      try prompt.wait(for: "> ")
    }
    try prompt.type("\u{4}")
    #expect(try prompt.result().code == 0)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("office> new account Acme\nAdded "))
    #expect(text.contains("office> count accounts\n1 account\ntook "))
    #expect(text.contains("There is no record “nobody”."))
    #expect(!text.contains("\u{1B}"))
    #expect(!text.contains("count deals"))
    #expect(try nodes.kith("office", "count", "deals", "--timing").errors.contains("took "))
    try nodes.kith("office", "tee", "/dev/null/none", code: 1)
  }

  @Test("an editor is opened on a text; what comes in meanwhile stays beside what was written")
  func editor() throws {
    try nodes.kith("office", "new", "account", "Acme", "notes=Prefers calls.")
    func edit(_ editor: String, _ words: String...) throws -> KithProcess.Result {
      let terminal = try KithTerminal(
        ["--store", nodes.store("office"), "edit"] + words,
        environment: ["VISUAL": editor, "KITH_PAGER": ""])
      return try terminal.result()
    }
    #expect(try edit("sed -i s/calls/mail/", "Acme", "--editor", "notes").code == 0)
    #expect(try nodes.kith("office", "show", "Acme").output.contains("Prefers mail."))
    let same = try edit("true", "Acme", "--editor", "notes")
    #expect(same.output.contains("nothing was changed"))
    #expect(try edit("false", "Acme", "--editor", "notes").code == 1)
    #expect(try edit("true", "Acme", "--editor", "industry").code == 2)

    // Somebody else writes while the editor is open.
    let kith = "\(KithProcess.program.path) --store \(nodes.store("office"))"
    let script = nodes.folder.path("editor")
    _ = try nodes.folder.write(
      """
      #!/bin/sh
      \(kith) edit Acme notes="Moved away." >/dev/null 2>&1
      echo "Prefers letters." > "$1"
      """, to: "editor")
    let written = try edit("sh \(script)", "Acme", "--editor", "notes")
    #expect(written.code == 0)
    let history = try nodes.kith("office", "history", "Acme.notes").output
    #expect(history.contains("Moved away.") && history.contains("Prefers letters."))

    let piped = try nodes.kith("office", "edit", "Acme", "--editor", "notes", code: 5)
    #expect(piped.errors.contains(#"edit d7h2k notes="TEXT""#))
  }
}
