import Foundation
import TestSupport
import Testing

/// The whole program on a terminal: what its keys do.
@Suite("The prompt")
struct PromptTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
  }

  /// The prompt's last characters; what is unsynced stands before them.
  private static let prompt = "> "

  private func started() throws -> KithTerminal {
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "press Tab anywhere")
    try terminal.wait(for: "office")
    try terminal.wait(for: Self.prompt)
    return terminal
  }

  private func finish(_ terminal: KithTerminal) throws {
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
  }

  @Test("a replica of 100,000 records opens to its prompt, and Tab finds a record's name there")
  func largeReplica() async throws {
    let names = (0..<100_000).map { "Customer \($0)\n" }
    let file = try nodes.folder.write("name\n" + names.joined(), to: "accounts.csv")
    let nodes = nodes
    _ = try await Lanes.run([file]) { file in
      try nodes.importFile(file, as: "accounts", on: "office")
    }
    let clock = ContinuousClock()
    var terminal: KithTerminal?
    let start = try clock.measure { terminal = try started() }
    let opened = try #require(terminal)
    try opened.type("show \u{22}Customer 12345")
    try opened.wait(for: "Customer 12345")
    let completion = try clock.measure {
      try opened.type("\t")
      try opened.wait(for: "\u{22} ")
    }
    print("100,000 records: start to prompt \(start), completion of a name \(completion)")
    try opened.type("\r")
    try opened.wait(for: "Customer 12345\r\n")
    try opened.wait(for: Self.prompt)
    try finish(opened)
  }

  @Test("Tab completes commands, kinds, fields and names, and twice lists what it knows")
  func completion() throws {
    try nodes.kith("office", "new", "account", "name=Müller")
    let terminal = try started()
    try terminal.type("lis\tacco\t\r")
    try terminal.wait(for: "1 account")
    try terminal.wait(for: Self.prompt)
    try terminal.type("show Mül\t\r")
    try terminal.wait(for: "changed today")
    try terminal.wait(for: Self.prompt)
    try terminal.type("conflict \t\t")
    try terminal.wait(for: "list")
    try terminal.wait(for: "show")
    try terminal.wait(for: "take")
    try terminal.type("\u{3}")
    try terminal.wait(for: Self.prompt)
    try terminal.type("new account web\t")
    try terminal.wait(for: "site=")
    try terminal.type("\u{3}")
    try terminal.wait(for: Self.prompt)
    try finish(terminal)
  }

  @Test("a slip in a command that only reads is one Enter away; one that changes is typed again")
  func slips() throws {
    try nodes.kith("office", "new", "account", "name=Müller")
    let terminal = try started()
    try terminal.type("lits accounts\r")
    try terminal.wait(for: "Did you mean \"list\"?")
    try terminal.wait(for: "[Enter: list accounts")
    try terminal.type("\r")
    try terminal.wait(for: "1 account")
    try terminal.wait(for: Self.prompt)
    try terminal.type("lits accounts\r")
    try terminal.wait(for: "cancel] ")
    try terminal.type("\u{3}")
    try terminal.wait(for: Self.prompt)
    try terminal.type("delte Müller\r")
    let answer = try terminal.wait(for: Self.prompt)
    #expect(answer.contains("Did you mean \"delete\"?"))
    #expect(!answer.contains("Enter"))
    try finish(terminal)
    #expect(try nodes.count("office", "accounts") == 1)
  }

  @Test("commands are found again in the next session, in a file that only their owner reads")
  func history() throws {
    var terminal = try started()
    for line in ["count accounts", " count tasks", "count products"] {
      try terminal.type(line + "\r")
      try terminal.wait(for: "0 ")
      try terminal.wait(for: Self.prompt)
    }
    try finish(terminal)
    let path = nodes.folder.path("state/kith/history")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    let kept = try String(contentsOfFile: path, encoding: .utf8)
    #expect(kept.contains("count accounts"))
    #expect(!kept.contains("count tasks"))

    terminal = try started()
    try terminal.type("\u{1B}[A")
    try terminal.wait(for: "count products")
    try terminal.type("\u{1B}[A")
    try terminal.wait(for: "accounts")
    try terminal.type("\u{3}")
    try terminal.wait(for: Self.prompt)
    try terminal.type("\u{12}prod")
    try terminal.wait(for: "count products")
    try terminal.type("\r")
    try terminal.wait(for: "0 products")
    try terminal.wait(for: Self.prompt)
    try finish(terminal)
  }

  @Test("Ctrl-C clears a line, tells an empty one how to leave, and stops a command")
  func interrupting() throws {
    let terminal = try started()
    try terminal.type("new account name=Nobody\u{3}")
    try terminal.wait(for: "^C")
    try terminal.wait(for: Self.prompt)
    try terminal.type("\u{3}")
    try terminal.wait(for: "Ctrl-D or quit leaves")
    try terminal.wait(for: Self.prompt)
    // Several times, since a signal that two parts of the program wait for would win only sometimes.
    for _ in 1...6 {
      try terminal.type("serve --listen 127.0.0.1:0\r")
      try terminal.wait(for: "listening on 127.0.0.1:")
      try terminal.type("\u{3}")
      try terminal.wait(for: "^C\r\n")
      try terminal.wait(for: "office")
      try terminal.wait(for: Self.prompt)
    }
    try terminal.type("count accounts\r")
    try terminal.wait(for: "0 accounts")
    try terminal.wait(for: Self.prompt)
    try finish(terminal)
  }

  @Test("Ctrl-C at a question ends the command, and a yes typed after it is no answer")
  func interruptedQuestion() throws {
    try nodes.kith("office", "new", "account", "name=Kept")
    let terminal = try started()
    try terminal.type("delete Kept\r")
    try terminal.wait(for: "[y]es [n]o > ")
    try terminal.type("\u{3}")
    try terminal.wait(for: "stopped")
    try terminal.wait(for: Self.prompt)
    try terminal.type("y\r")
    try terminal.wait(for: "unknown command")
    try terminal.wait(for: Self.prompt)
    try finish(terminal)
    #expect(try nodes.count("office", "accounts") == 1)
  }

  @Test("a row of the last list is no value of a field that refers to another kind")
  func rowOfAnotherKind() throws {
    try nodes.kith("office", "new", "account", "name=Pumps")
    let refused = try nodes.kith(
      "office", "-c", "list users; new contact last_name=Weber account=@1", code: 3)
    #expect(refused.errors.contains("There is no account “@1”."))
    #expect(try nodes.count("office", "contacts") == 0)
  }

  @Test("pasted lines run only when asked to, and one pasted line waits for Enter")
  func pasting() throws {
    let terminal = try started()
    try terminal.paste("new account name=Pasted\r")
    try terminal.wait(for: "name=Pasted")
    try terminal.type("\u{3}")
    try terminal.wait(for: Self.prompt)
    let lines = "new account name=One\nnew account name=Two\n"
    for (answer, count) in [("c", 0), ("r", 2)] {
      try terminal.paste(lines)
      try terminal.wait(for: "2 lines pasted. [r]un one by one · [e]dit · [c]ancel ")
      try terminal.type(answer)
      if answer == "r" {
        try terminal.wait(for: "One")
        try terminal.wait(for: "Two")
        try terminal.wait(for: Self.prompt)
      } else {
        try terminal.type("\u{3}")
        try terminal.wait(for: Self.prompt)
      }
      #expect(try nodes.count("office", "accounts") == count)
    }
    try finish(terminal)
  }
}
