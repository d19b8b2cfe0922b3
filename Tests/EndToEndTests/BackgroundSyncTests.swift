import TestSupport
import Testing

/// Exchanges beside the prompt, with a real peer: what they bring is told, and never over what is typed.
@Suite("Syncing in the background")
struct BackgroundSyncTests {
  private let nodes: TestNodes
  private let office: KithProcess

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    try nodes.kith("office", "new", "deal", "Pump", "amount=18400")
    office = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
  }

  /// A prompt of the representative at which the background sync was switched on, and has met the office.
  private func prompt() throws -> KithTerminal {
    let terminal = try nodes.prompt("rep")
    try terminal.wait(for: "rep> ")
    try terminal.type("sync --background\r")
    try terminal.wait(for: "Syncing in the background while this prompt is open.")
    try terminal.wait(for: "rep> ")
    return terminal
  }

  private func leave(_ terminal: KithTerminal) throws {
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    try nodes.stop(office)
  }

  @Test("what moved stands above an empty prompt, whose counts are those of then")
  func emptyLine() throws {
    let terminal = try prompt()
    try nodes.kith("office", "new", "account", "Müller")
    try terminal.type("new account Meyer\r")
    try terminal.wait(for: "Added a")
    // Without a key pressed: the change is sent, the other one comes, and the prompt is drawn anew.
    try terminal.wait(for: "rep ↑1> ")
    let told = try terminal.wait(for: "rep> ")
    #expect(told.contains("\r\u{1B}[Joffice   sent 1 change · received "))
    #expect(try nodes.count("office", "accounts") == 2)
    try nodes.wait(for: .seconds(60), "the office's account") {
      try nodes.count("rep", "accounts") == 2
    }
    try leave(terminal)
  }

  @Test("while a line is typed nothing is shown; it is told before the next prompt")
  func typedLine() throws {
    let terminal = try prompt()
    try terminal.type("count acc")
    try terminal.wait(for: "count acc")
    try nodes.kith("office", "new", "account", "Müller")
    try nodes.wait(for: .seconds(60), "the office's account") {
      try nodes.count("rep", "accounts") == 1
    }
    try terminal.type("ounts\r")
    let typed = try terminal.wait(for: "1 account")
    #expect(!typed.contains("received") && !typed.contains("\u{1B}[J"))
    try terminal.wait(for: "office   sent 0 changes · received 1 change")
    try terminal.wait(for: "rep> ")
    try leave(terminal)
  }

  @Test("a conflict that it brings is named, and counted in the prompt")
  func conflict() throws {
    let terminal = try nodes.prompt("rep")
    try terminal.wait(for: "rep> ")
    try nodes.kith("office", "edit", "Pump", "amount=18000")
    try terminal.type("edit Pump amount=17900\r")
    try terminal.wait(for: "rep ↑1> ")
    try terminal.type("sync --background on\r")
    let told = try terminal.wait(for: "rep !1> ")
    #expect(told.contains("1 conflict needs a person; every value is kept:"))
    #expect(told.contains("Pump · amount") && told.contains("yours €17,900   Priya €18,000"))
    #expect(told.contains("showing yours, the later"))
    try leave(terminal)
  }

  @Test(
    "it may be settled in the configuration file; a peer that is not there is told once")
  func offline() throws {
    try nodes.stop(office)
    let file = try nodes.folder.write("sync.background = on\n", to: "config")
    let terminal = try KithTerminal(
      ["--store", nodes.store("rep")],
      environment: ["KITH_CONFIG": file, "XDG_STATE_HOME": nodes.folder.path("state")])
    try terminal.wait(for: "Last sync: office")
    try terminal.wait(for: "rep")
    try terminal.wait(for: "office   Nothing listens at ")
    try terminal.wait(for: "> ")
    // Rounds that fail as the last one did need no telling.
    try terminal.type("new account Meyer\r")
    try terminal.wait(for: "rep ↑1> ")
    try terminal.type("sync\r")
    let answered = try terminal.wait(for: "rep ↑1> ")
    #expect(answered.matches(of: /Nothing listens/).count == 1)
    try terminal.type("sync --background off\r")
    try terminal.wait(for: "is off")
    try terminal.wait(for: "rep ↑1> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
  }

  @Test("it is for the prompt, and for every peer")
  func misplaced() throws {
    let refused = try nodes.kith("rep", "sync", "--background", code: 2).errors
    #expect(refused.contains("--background is for a session at the prompt"))
    let terminal = try prompt()
    try terminal.type("sync office --background\r")
    try terminal.wait(for: "it is on or off")
    try terminal.wait(for: "rep> ")
    try leave(terminal)
  }
}
