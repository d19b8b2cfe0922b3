import Foundation
import TestSupport
import Testing

/// A representative's day without a network, the sync of the evening, and an administrator who settles
/// what came of it: typed at two prompts, line by line.
@Suite("A day, typed")
struct TranscriptTests {
  private let nodes: TestNodes

  init() throws { nodes = try TestNodes() }

  /// A prompt, at which lines are typed and answers waited for.
  private struct Conversation {
    let terminal: KithTerminal

    /// Types a line, and waits until every answer was shown, in this order, and a prompt with `state`.
    ///
    /// How many conflicts the prompt counts is left out: it does not wait for a slow count.
    func type(_ line: String, _ answers: String..., state: String = "") throws {
      try terminal.type(line + "\r")
      for answer in answers { try terminal.wait(for: answer) }
      if !state.isEmpty { try terminal.wait(for: state) }
      try terminal.wait(for: "> ")
    }
  }

  private func talk(on node: String, greeting: String...) throws -> Conversation {
    let terminal = try KithTerminal(
      ["--store", nodes.store(node)],
      environment: ["XDG_STATE_HOME": nodes.folder.path("state")], columns: 118)
    let conversation = Conversation(terminal: terminal)
    for words in greeting { try conversation.terminal.wait(for: words) }
    try conversation.terminal.wait(for: "> ")
    return conversation
  }

  @Test("offline work, the evening's sync, and three conflicts that an administrator settles")
  func transcript() async throws {
    try await onOwnThread {
      try prepare()
      // That nobody answers is told only if it is known before a person would notice the wait.
      let lena = try talk(
        on: "lena-x1", greeting: "node lena-x1", "you are Lena Vogt", "Last sync: hamburg",
        "Nothing waiting.")
      try workOffline(lena)
      try workMeanwhile()
      let office = try nodes.serve("hamburg", at: officeAddress())
      _ = try office.listeningAddress()
      try nodes.sync("tom-x1")
      let ids = try meet(lena)
      try settle(ids)
      try nodes.sync("lena-x1")
      try nodes.sync("tom-x1")
      try nodes.sync("lena-x1")
      try nodes.stop(office)
      let digests = try ["hamburg", "lena-x1", "tom-x1"].map(nodes.digest)
      #expect(Set(digests).count == 1)
      let told = try nodes.kith("tom-x1", "status").output
      #expect(told.contains("chose Lena Vogt's €17,900 over your €18,000"))
      #expect(told.contains("rebate agreed on site"))
    }
  }

  /// Where the office was reached at first, and is again in the evening.
  private func officeAddress() throws -> String {
    let lines = try nodes.kith("lena-x1", "peer", "list", "--format", "tsv").output
    let address = lines.split(whereSeparator: { $0 == "\t" || $0 == "\n" })
      .first { $0.hasPrefix("127.0.0.1:") }
    return String(try #require(address))
  }

  private func prepare() throws {
    try nodes.kith("hamburg", "init", "hamburg", "--workspace", "Pumps", "--user", "Priya Nair")
    for name in ["Müller GmbH", "北京 Trading"] {
      try nodes.kith("hamburg", "new", "account", name)
    }
    try nodes.kith(
      "hamburg", "new", "contact", "Jonas Weber", "account=müller",
      "primary_phone=+49 40 555 1200")
    for name in ["Anke Dörr", "Sven Kühn", "Ute Lang"] {
      try nodes.kith(
        "hamburg", "new", "contact", name, "account=müller", "labels+=newsletter")
    }
    try nodes.kith("hamburg", "new", "product", "Seal kit", "code=P-100", "stock=40")
    let office = try nodes.serve("hamburg")
    let address = try office.listeningAddress()
    try nodes.join("lena-x1", user: "Lena Vogt", invitedBy: "hamburg", at: address)
    try nodes.join("tom-x1", user: "Tom Brandt", invitedBy: "hamburg", at: address)
    for deal in [
      ["Pump retrofit", "account=müller", "stage=Engaging", "amount=18400"],
      ["Spare parts 2026", "account=北京 Trading", "stage=Prospecting", "amount=6250"],
    ] {
      try nodes.kith(
        "hamburg", ["new", "deal"] + deal + ["owner=Lena Vogt", "expected_close=friday"])
    }
    for node in ["lena-x1", "tom-x1"] { try nodes.sync(node) }
    try nodes.stop(office)
  }

  private func workOffline(_ lena: Conversation) throws {
    try lena.type(
      "list deals where owner = @me and close <= friday sort close", "(friday)", "@1",
      "Pump retrofit",
      "Müller GmbH", "€18,400", "@2", "Spare parts 2026", "北京 Trading", "2 deals · €24,650",
      state: "lena-x1")
    try lena.type(
      "new visit account=müller deal=@1 note=\"Wants delivery before Easter\"", "Added e", "visit",
      "Müller GmbH", state: "lena-x1 ↑1")
    try lena.type(
      "edit @1 amount=17900 stage=won labels+=easter", "Pump retrofit", "Engaging → Won",
      "€18,400 → €17,900", "+ easter", state: "↑2")
    try lena.type("list deals where name = \"Pump retrofit\"", "Won", "↑", "€17,900", "↑", "1 deal")
    try lena.type(
      "edit P-100 stock=38", "stock is a counter", "took some?  edit P-100 stock-=2",
      "counted?  recount P-100 stock=38", state: "↑2")
    try lena.type("edit P-100 stock-=2", "40 − 2 = 38 here", state: "↑3")
    try lena.terminal.type("shwo müller\r")
    try lena.terminal.wait(for: "Did you mean \"show\"?")
    try lena.terminal.wait(for: "[Enter: show müller · Ctrl-C: cancel]")
    try lena.terminal.type("\u{3}")
    try lena.terminal.wait(for: "↑3> ")
    try lena.type("new product Gasket code=P-220", "Added p", "P-220", state: "↑4")
    try lena.terminal.type("delete \"Jonas Weber\" because \"left Müller in February\"\r")
    try lena.terminal.wait(for: "Jonas Weber? [y]es [n]o >")
    try lena.type("y", "Deleted c", "Back again with: restore c", state: "↑5")
    try lena.terminal.type(
      "edit (contacts where account = müller and labels has newsletter) labels+=fair\r")
    for words in ["Would change 3 contacts", "labels + fair", "Apply to 3? [y]es [n]o [e]ach >"] {
      try lena.terminal.wait(for: words)
    }
    try lena.type(
      "y", "Changed 3 contacts in one operation. Reverse with: undo z", state: "↑6")
  }

  /// What Tom writes at his desk before he has heard of any of it.
  private func workMeanwhile() throws {
    for words in [
      ["edit", "Pump retrofit", "amount=18000"],
      ["edit", "Jonas Weber", "primary_phone=+49 40 555 1377"],
      ["new", "product", "Seal ring", "code=P-220"], ["edit", "P-100", "stock-=5"],
    ] {
      try nodes.kith("tom-x1", words)
    }
  }

  private struct ConflictRow: Decodable {
    let kind: String
    let short: String
  }

  private struct ConflictDocument: Decodable { let rows: [ConflictRow] }

  /// Lena's evening: what met, why what shows, and to whom she leaves it.
  private func meet(_ lena: Conversation) throws -> [String: String] {
    try lena.type(
      "sync", "sent 6 changes · received 4 changes",
      "3 conflicts need a person; every value is kept:", "Pump retrofit · amount",
      "yours €17,900   Tom Brandt €18,000", "showing Tom Brandt's, the later",
      "Added up: Seal kit stock 38 − 5 (Tom Brandt) = 33. Nothing was overwritten.",
      state: "lena-x1")
    let output = try nodes.kith("lena-x1", "conflict", "list", "--format", "json").output
    let rows = try JSONDecoder().decode(ConflictDocument.self, from: Data(output.utf8)).rows
    let ids = Dictionary(uniqueKeysWithValues: rows.map { ($0.kind, $0.short) })
    let all = try ["field", "lifecycle", "unique"].map { try #require(ids[$0]) }
    try lena.type("show P-100", "33")
    try lena.type(
      "explain \"Pump retrofit\".amount",
      "€18,000 is showing because Tom Brandt wrote it later, and neither had seen the other's value.",
      "base", "€18,400", "Priya Nair", "A ", "€17,900", "Lena Vogt", "kept", "B ", "€18,000",
      "showing", "rule", "clocks", "To choose: conflict take \(all[0]) A")
    try lena.type(
      "conflict assign \(all.joined(separator: " ")) priya because \"rebate was agreed on site\"",
      "Assigned to Priya Nair", state: "↑1")
    try lena.type("sync hamburg", "sent 1 change · received 0 changes", state: "lena-x1")
    try lena.terminal.type("quit\r")
    #expect(try lena.terminal.result().code == 0)
    return ids
  }

  /// Priya's evening.
  private func settle(_ ids: [String: String]) throws {
    let (field, act, code) = try (
      #require(ids["field"]), #require(ids["lifecycle"]), #require(ids["unique"])
    )
    // The greeting does not wait for a slow count of the conflicts that are assigned to her.
    let priya = try talk(on: "hamburg", greeting: "node hamburg", "you are Priya Nair")
    try priya.type("status", "3 of them assigned to you", state: "hamburg")
    try priya.type(
      "conflict list by kind", "delete-edit", act, "field", field, "unique", code, "3 open",
      state: "hamburg")
    try priya.type(
      "conflict graph \(field)", "open", "├─╮", "│ o", "B", "€18,000", "showing", "o │", "A",
      "€17,900", "kept", "├─╯", "€18,400", "both started here")
    try priya.type(
      "conflict take \(field) A because \"rebate agreed on site\"", "Resolved \(field)",
      "€17,900 (Lena Vogt's), chosen by you", "Tom Brandt's €18,000, in history",
      "conflict undo \(field)", state: "hamburg ↑1")
    try priya.type(
      "conflict show \(act)", "deleted", "Lena Vogt", "\"left Müller in February\"", "edited",
      "Tom Brandt", "[-1200-]{+1377+}", "conflict take \(act) A (delete)")
    try priya.type(
      "conflict edit \(act) account= labels+=former because \"Tom reached him at home\"",
      "Resolved \(act)", "Müller GmbH → (empty)", "+ former", "conflict undo \(act)",
      state: "↑2")
    try priya.type(
      "conflict show \(code)", "Gasket", "P-220", "Seal ring", "P-220",
      "conflict renumber \(code) B")
    try priya.type(
      "conflict renumber \(code) B because \"the first keeps its number\"", "Resolved \(code)",
      "Seal ring · code is P-221", "P-220 stays with Gasket", "conflict undo \(code)",
      state: "hamburg ↑3")
    try priya.type(
      "conflict log since today", code, "renumber B", "P-220 → P-221", act, field, "take A",
      "€17,900 over Tom Brandt's €18,000", state: "↑3")
    try priya.terminal.type("\u{4}")
    #expect(try priya.terminal.result().code == 0)
  }
}
