import Foundation
import TestSupport
import Testing

/// Records that were joined on one node while others wrote to both.
@Suite("Joined records", .serialized)
struct JoinTests {
  private let nodes: TestNodes
  private let server: KithProcess
  private static let all = ["office", "rep", "tom"]

  /// An office and two representatives, who have nothing in common but the workspace yet.
  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    server = try nodes.serve("office")
    let address = try server.listeningAddress()
    try nodes.join("rep", user: "Lena Vogt", invitedBy: "office", at: address)
    try nodes.join("tom", user: "Tom Brandt", invitedBy: "office", at: address)
  }

  /// One customer, made apart on both laptops, each with a deal; known everywhere by now.
  private func madeTwice() throws {
    try nodes.kith(
      "rep", "new", "account", "Acme Ltd", "website=https://www.acme.example", "country=Peru",
      "labels=(vip)")
    try nodes.kith("rep", "new", "deal", "Pump", "account=Acme Ltd", "amount=18400")
    try nodes.kith(
      "tom", "new", "account", "ACME Limited", "website=acme.example", "employees=40",
      "labels=(fair)")
    try nodes.kith("tom", "new", "deal", "Valve", "account=ACME Limited", "amount=600")
    try exchange()
  }

  /// Lets every node hold what any of them holds.
  private func exchange(_ order: [String] = ["rep", "tom", "rep"]) throws {
    for node in order { try nodes.sync(node) }
  }

  private func said(_ node: String, _ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith(node, words, code: code)
    return result.output + result.errors
  }

  /// The names of the deals that a filter lets through.
  private func deals(_ node: String, _ filter: String) throws -> [String] {
    let words = ["list", "deals", "where", filter, "cols", "name", "--format", "csv"]
    return try nodes.kith(node, words).output.split(whereSeparator: \.isNewline).dropFirst()
      .compactMap { $0.split(separator: ",").last.map(String.init) }.sorted()
  }

  private func accounts(_ node: String) throws -> [String] {
    let words = ["list", "accounts", "cols", "name", "--format", "csv"]
    return try nodes.kith(node, words).output.split(whereSeparator: \.isNewline).dropFirst()
      .compactMap { $0.split(separator: ",").last.map(String.init) }.sorted()
  }

  private func id(_ node: String, _ name: String) throws -> String {
    try nodes.kith(node, "show", "account", "\"\(name)\"", "--format", "ids").output
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func isSame() throws -> Bool {
    Set(try Self.all.map(nodes.digest)).count == 1
  }

  @Test("what two laptops made apart is found, joined into one, and apart again after an undo")
  func joined() throws {
    try madeTwice()
    let found = try said("office", "duplicates", "accounts")
    #expect(found.contains("same website") && found.contains("same name but for the legal form"))
    let preview = try said("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--dry-run")
    #expect(preview.contains("employees  (empty) → 40"))
    #expect(preview.contains("labels     + fair"))
    #expect(preview.contains("name       Acme Ltd stays; ACME Limited is kept in history"))
    #expect(preview.contains("1 deal will lead to"))
    #expect(try accounts("rep") == ["ACME Limited", "Acme Ltd"])
    #expect(try said("rep", "merge", "ACME Limited", "into", "Acme Ltd", code: 5).contains("--yes"))
    let done = try said("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--yes")
    #expect(done.contains("Joined a") && done.contains("undo z"))
    try exchange()
    #expect(try isSame())
    for node in Self.all {
      #expect(try accounts(node) == ["Acme Ltd"])
      #expect(try deals(node, "account = \"Acme Ltd\"") == ["Pump", "Valve"])
      #expect(try deals(node, "account = \"ACME Limited\"") == ["Pump", "Valve"])
      #expect(try deals(node, "account.country = Peru") == ["Pump", "Valve"])
      let count = try said(node, "count", "deals", "by", "account")
      #expect(count.contains("Acme Ltd") && !count.contains("ACME Limited"))
      let shown = try said(node, "show", "\"ACME Limited\"")
      #expect(shown.contains("was joined into") && shown.contains("employees"))
      #expect(try said(node, "history", "\"ACME Limited\"").contains("deleted"))
      let history = try said(node, "history", "\"Acme Ltd\"", "--format", "table")
      #expect(history.contains("with ACME Limited joined into it: history a"))
      #expect(try said(node, "timeline", "\"Acme Ltd\"").contains("ACME Limited"))
      #expect(try said(node, "show", "deal", "Valve").contains("Acme Ltd"))
      #expect(try nodes.conflicts(node).isEmpty)
      #expect(try said(node, "duplicates").contains("ACME") == false)
    }
    // Whoever still says the old name means the one that stands for it.
    try nodes.kith("tom", "new", "deal", "Seal", "account=ACME Limited")
    try nodes.kith("tom", "edit", "\"ACME Limited\"", "founded=1950")
    try exchange()
    #expect(try said("office", "show", "account", "Acme Ltd").contains("1950"))

    try nodes.kith("rep", "undo", "--yes")
    try exchange()
    #expect(try isSame())
    for node in Self.all {
      #expect(try accounts(node) == ["ACME Limited", "Acme Ltd"])
      #expect(try deals(node, "account = \"Acme Ltd\"") == ["Pump", "Seal"])
      #expect(try deals(node, "account = \"ACME Limited\"") == ["Valve"])
      let other = try said(node, "show", "account", "\"Acme Ltd\"")
      #expect(other.contains("vip") && !other.contains("fair") && !other.contains("employees"))
      #expect(try said(node, "show", "account", "\"ACME Limited\"").contains("fair"))
    }
    try nodes.stop(server)
  }

  @Test(
    "joined here while a third node edits both: nothing is lost, in whichever order they sync",
    arguments: [["rep", "tom", "rep"], ["tom", "rep", "tom"]])
  func concurrentEdits(order: [String]) throws {
    try madeTwice()
    try nodes.kith("tom", "edit", "\"ACME Limited\"", "founded=1950", "country=Chile")
    try nodes.kith("tom", "edit", "\"Acme Ltd\"", "industry=Pumps")
    try nodes.kith("tom", "new", "deal", "Seal", "account=ACME Limited")
    try nodes.kith("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--yes")
    try exchange(order)
    #expect(try isSame())
    let ids = try Self.all.map { try nodes.conflicts($0) }
    #expect(ids[0].count == 1 && Set(ids).count == 1)
    let conflict = String(try #require(ids[0].first))
    let listed = try said("tom", "conflict", "list", "where", "kind = duplicate")
    #expect(listed.contains("A edited Tom Brandt") && listed.contains("B joined Lena Vogt"))
    let shown = try said("office", "conflict", "show", conflict)
    #expect(shown.contains("duplicate") && shown.contains("Lena Vogt joined ACME Limited into"))
    #expect(shown.contains("1950") && shown.contains("conflict join x"))
    // The join is the later act, so that it holds meanwhile.
    #expect(try deals("tom", "account = \"Acme Ltd\"") == ["Pump", "Seal", "Valve"])
    #expect(try said("tom", "show", "account", "Acme Ltd").contains("Pumps"))

    let joined = try said("office", "conflict", "join", conflict, "--yes")
    #expect(joined.contains("Joined a"))
    try exchange(order)
    #expect(try isSame())
    for node in Self.all {
      #expect(try nodes.conflicts(node).isEmpty)
      let account = try said(node, "show", "account", "Acme Ltd")
      for value in ["1950", "Chile", "Pumps", "40", "vip", "fair"] {
        #expect(account.contains(value))
      }
      #expect(try deals(node, "account = \"Acme Ltd\"") == ["Pump", "Seal", "Valve"])
    }
    #expect(try said("tom", "conflict", "log", "since", "today").contains("join"))
    // Reopened, it waits for a decision again; what was taken over stays until somebody takes it back.
    try nodes.kith("rep", "conflict", "undo", conflict)
    try exchange(order)
    #expect(try isSame())
    for node in Self.all {
      #expect(try said(node, "conflict", "list").contains("duplicate"))
      #expect(try deals(node, "account = \"Acme Ltd\"") == ["Pump", "Seal", "Valve"])
    }
    try nodes.stop(server)
  }

  @Test("an edit that is later than the join shows the record again until somebody decides")
  func laterEdit() throws {
    try madeTwice()
    try nodes.kith("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--yes")
    try nodes.kith("tom", "edit", "\"ACME Limited\"", "founded=1950")
    try exchange()
    #expect(try isSame())
    #expect(try accounts("office") == ["ACME Limited", "Acme Ltd"])
    #expect(try deals("office", "account = \"Acme Ltd\"") == ["Pump"])
    let conflict = String(try #require(try nodes.conflicts("office").first))
    #expect(try said("office", "conflict", "show", conflict).contains("shown again"))
    try nodes.kith("tom", "conflict", "join", conflict, "--yes")
    try exchange()
    for node in Self.all {
      #expect(try accounts(node) == ["Acme Ltd"])
      #expect(try deals(node, "account = \"Acme Ltd\"") == ["Pump", "Valve"])
      #expect(try said(node, "show", "account", "Acme Ltd").contains("1950"))
      #expect(try nodes.conflicts(node).isEmpty)
    }
    try nodes.stop(server)
  }

  @Test("the record that was to go can be the one to keep", arguments: [true, false])
  func turned(editIsLater: Bool) throws {
    try madeTwice()
    let edit = ["edit", "\"ACME Limited\"", "founded=1950"]
    if !editIsLater { try nodes.kith("tom", edit) }
    try nodes.kith("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--yes")
    if editIsLater { try nodes.kith("tom", edit) }
    try exchange()
    let conflict = String(try #require(try nodes.conflicts("office").first))
    try nodes.kith("tom", "conflict", "join", conflict, "keep", "ACME Limited", "--yes")
    try exchange()
    #expect(try isSame())
    for node in Self.all {
      #expect(try accounts(node) == ["ACME Limited"])
      #expect(try deals(node, "account = \"ACME Limited\"") == ["Pump", "Valve"])
      let shown = try said(node, "show", "account", "ACME Limited")
      #expect(shown.contains("1950") && shown.contains("Peru"))
      #expect(try nodes.conflicts(node).isEmpty)
    }
    try nodes.stop(server)
  }

  @Test("fields that two values agree on hold no join up; those in conflict do, reopened ones too")
  func unsettled() throws {
    try madeTwice()
    let twin = "\"ACME Limited\""
    for (node, count) in [("rep", "41"), ("tom", "42")] {
      try nodes.kith(node, "edit", twin, "founded=1950", "employees=\(count)")
    }
    try exchange()
    let refused = try said("rep", "merge", twin, "into", "Acme Ltd", "--yes", code: 10)
    #expect(refused.contains("in conflict on employees."))
    let conflict = String(try #require(try nodes.conflicts("rep").first))
    try nodes.kith("rep", "conflict", "keep", conflict)
    try nodes.kith("rep", "conflict", "undo", conflict)
    try nodes.kith("rep", "merge", twin, "into", "Acme Ltd", "--yes", code: 10)
    try nodes.kith(
      "rep", "conflict", "keep", String(try #require(try nodes.conflicts("rep").first)))
    try nodes.kith("rep", "merge", twin, "into", "Acme Ltd", "--yes")
    try nodes.stop(server)
  }

  @Test("joined in opposite directions, one of the two shows, the same on every node")
  func opposite() throws {
    try madeTwice()
    try nodes.kith("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--yes")
    try nodes.kith("tom", "merge", "Acme Ltd", "into", "ACME Limited", "--yes")
    try exchange()
    #expect(try isSame())
    for node in Self.all {
      // Tom's is the later one.
      #expect(try accounts(node) == ["ACME Limited"])
      #expect(try deals(node, "account = \"ACME Limited\"") == ["Pump", "Valve"])
      #expect(try deals(node, "account = \"Acme Ltd\"") == ["Pump", "Valve"])
      #expect(try nodes.conflicts(node).count == 2)
    }
    let ids = try nodes.conflicts("office").map(String.init)
    try nodes.kith("office", ["conflict", "keep"] + ids)
    try exchange()
    #expect(try isSame())
    for node in Self.all {
      #expect(try nodes.conflicts(node).isEmpty)
      #expect(try accounts(node) == ["ACME Limited"])
      #expect(try deals(node, "account = \"Acme Ltd\"") == ["Pump", "Valve"])
      let account = try said(node, "show", "account", "\"ACME Limited\"")
      for value in ["Peru", "40", "vip", "fair"] { #expect(account.contains(value)) }
    }
    try nodes.stop(server)
  }

  @Test("a chain of joins made apart ends in one record, with one decision where a join came late")
  func chain() throws {
    try madeTwice()
    try nodes.kith("office", "new", "account", "Acme Group")
    try exchange()
    try nodes.kith("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--yes")
    try nodes.kith("tom", "merge", "Acme Ltd", "into", "Acme Group", "--yes")
    try exchange()
    #expect(try isSame())
    for node in Self.all {
      #expect(try accounts(node) == ["Acme Group"])
      #expect(try deals(node, "account = \"Acme Group\"") == ["Pump", "Valve"])
    }
    // Tom had not seen that something was joined into what he joined.
    let conflict = String(try #require(try nodes.conflicts("office").first))
    try nodes.kith("office", "conflict", "join", conflict, "--yes")
    try exchange()
    for node in Self.all {
      #expect(try nodes.conflicts(node).isEmpty)
      let account = try said(node, "show", "account", "\"Acme Group\"")
      for value in ["Peru", "40", "vip", "fair"] { #expect(account.contains(value)) }
    }
    try nodes.stop(server)
  }

  @Test("what is joined into a record that somebody deletes meanwhile does not vanish with it")
  func deletedMeanwhile() throws {
    try madeTwice()
    try nodes.kith("tom", "delete", "\"Acme Ltd\"")
    try nodes.kith("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--yes")
    try exchange()
    #expect(try isSame())
    #expect(try accounts("office") == ["Acme Ltd"])
    #expect(try nodes.conflicts("office").count == 1)
    try nodes.stop(server)
  }

  @Test("pairs that are not the same are noted as that, and are not listed on any node again")
  func dismissed() throws {
    try madeTwice()
    #expect(try said("tom", "dupes", "--format", "json").contains("\"count\":1"))
    try nodes.kith(
      "tom", "duplicates", "dismiss", "\"Acme Ltd\"", "\"ACME Limited\"", "because", "mother")
    try exchange()
    for node in Self.all {
      #expect(try said(node, "duplicates", "--format", "json").contains("\"count\":0"))
    }
    try nodes.kith("tom", "undo")
    #expect(try said("tom", "duplicates", "--format", "json").contains("\"count\":1"))
    let refused = try said("tom", "merge", "Pump", "into", "Valve", code: 10)
    #expect(refused.contains("cannot be joined"))
    try nodes.stop(server)
  }

  @Test("what was joined into a record that is deleted afterwards is deleted with it")
  func deletedAfterwards() throws {
    try madeTwice()
    try nodes.kith("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--yes")
    try nodes.kith("rep", "delete", "\"Acme Ltd\"")
    #expect(try accounts("rep").isEmpty)
    #expect(try nodes.conflicts("rep").isEmpty)
    #expect(try said("rep", "show", "deal", "Valve").contains("Acme Ltd (deleted)"))
    let refused = try said("rep", "new", "deal", "Seal", "account=ACME Limited", code: 10)
    #expect(refused.contains("was deleted by Lena Vogt"))
    try nodes.kith("rep", "restore", "\"Acme Ltd\"")
    #expect(try deals("rep", "account = \"ACME Limited\"") == ["Pump", "Valve"])
    let path = nodes.folder.path("deals.csv")
    try "name,account\nSeal,ACME Limited\n".write(toFile: path, atomically: true, encoding: .utf8)
    try nodes.kith("rep", "import", "deals", path)
    #expect(try deals("rep", "account = \"Acme Ltd\"") == ["Pump", "Seal", "Valve"])
    try nodes.stop(server)
  }

  @Test("a record that was restored stands for itself again")
  func restored() throws {
    try madeTwice()
    try nodes.kith("rep", "merge", "ACME Limited", "into", "Acme Ltd", "--yes")
    let again = try said("rep", "merge", "ACME Limited", "into", "Acme Ltd")
    #expect(again.contains("joined already"))
    try nodes.kith("rep", "restore", "\"ACME Limited\"")
    try exchange()
    for node in Self.all {
      #expect(try deals(node, "account = \"ACME Limited\"") == ["Valve"])
      #expect(try said(node, "show", "account", "\"Acme Ltd\"").contains("stands for") == false)
    }
    try nodes.stop(server)
  }
}
