import Foundation
import TestSupport
import Testing

/// Stores that were copied to another place, and backups that were put back.
@Suite("Copied and restored stores")
struct CopiedStoreTests {
  private static let copied = "note: This store is a copy, or was put back from a backup."
  private static let behind =
    "note: A peer holds changes made on this node that the store lacks: it was put back from a backup"

  private static let forked =
    "note: A copy of this store has been written to elsewhere as if it were this one."

  private let nodes: TestNodes
  private let office: KithProcess

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
    try write("First", on: "rep")
    try nodes.sync("rep")
  }

  /// Records an account and returns what was said besides.
  @discardableResult
  private func write(_ name: String, on node: String) throws -> String {
    try nodes.kith(node, "new", "account", "name=\(name)").errors
  }

  /// Copies files of one store into those of another, in place of what is there.
  private func copy(_ node: String, to other: String, _ endings: [String]) throws {
    let files = FileManager.default
    for ending in endings {
      let target = nodes.store(other) + ending
      if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
      try files.copyItem(atPath: nodes.store(node) + ending, toPath: target)
    }
  }

  /// Expects all nodes to have all accounts and to be in one state, and every log to be whole.
  private func expectAll(_ names: Set<String>, on all: [String]) throws {
    for node in all {
      let list = try nodes.kith(node, "list", "accounts", "cols", "name", "--format", "tsv").output
      let listed = list.split(separator: "\n").compactMap { $0.split(separator: "\t").last }
      #expect(Set(listed.map(String.init)).subtracting(["name"]) == names, "\(node)")
      try nodes.kith(node, "store", "check")
      #expect(try nodes.conflicts(node).isEmpty)
    }
    #expect(Set(try all.map(nodes.digest)).count == 1)
    try nodes.stop(office)
  }

  @Test("a copy says so once and goes on as a store of its own; both lose nothing")
  func copy() throws {
    try copy("rep", to: "copy", ["", ".key"])
    // A copy may be read without becoming anything.
    #expect(try nodes.kith("copy", "list", "accounts").errors.isEmpty)
    #expect(try write("Copy 1", on: "copy").contains(Self.copied))
    #expect(try write("Copy 2", on: "copy").isEmpty)
    #expect(try write("Rep 1", on: "rep").isEmpty)
    for node in ["copy", "rep", "copy", "rep"] {
      #expect(try nodes.kith(node, "sync").errors.isEmpty)
      #expect(try write("\(node) again", on: node).isEmpty)
      try nodes.kith(node, "delete", "\(node) again", "--yes")
    }
    for node in ["copy", "rep", "copy"] { try nodes.sync(node) }
    try expectAll(["First", "Copy 1", "Copy 2", "Rep 1"], on: ["office", "rep", "copy"])
  }

  @Test("an older state with the newer token is known at the next write")
  func restored() throws {
    try copy("rep", to: "backup", [""])
    for name in ["Lost 1", "Lost 2"] { try write(name, on: "rep") }
    try nodes.sync("rep")
    try copy("backup", to: "rep", [""])
    #expect(try nodes.count("rep", "accounts") == 1)
    #expect(try write("New", on: "rep").contains(Self.copied))
    let exchange = try #require(try nodes.sync("rep").first)
    #expect(exchange.inSync && exchange.received == 2 && exchange.sent == 1)
    #expect(try write("Newer", on: "rep").isEmpty)
    try nodes.sync("rep")
    try expectAll(["First", "Lost 1", "Lost 2", "New", "Newer"], on: ["office", "rep"])
  }

  @Test("an older state with its own token is known by what a peer holds")
  func restoredWithToken() throws {
    try copy("rep", to: "backup", ["", ".token"])
    for name in ["Lost 1", "Lost 2"] { try write(name, on: "rep") }
    try nodes.sync("rep")
    try copy("backup", to: "rep", ["", ".token"])
    let synced = try nodes.kith("rep", "sync")
    #expect(synced.errors.contains(Self.behind))
    #expect(synced.output.contains("received 2 changes"))
    #expect(try write("New", on: "rep").isEmpty)
    #expect(try nodes.kith("rep", "sync").errors.isEmpty)
    try expectAll(["First", "Lost 1", "Lost 2", "New"], on: ["office", "rep"])
  }

  @Test("two stores that cannot know that they are one store's copies lose nothing")
  func forked() throws {
    try copy("rep", to: "copy", ["", ".key", ".token"])
    for node in ["rep", "copy"] {
      #expect(try write("\(node) 1", on: node).isEmpty)
      try nodes.kith(node, "edit", "First", "industry=\(node)")
    }
    #expect(try nodes.kith("rep", "sync").errors.isEmpty)
    let synced = try nodes.kith("copy", "sync")
    #expect(synced.errors.contains(Self.forked))
    #expect(synced.output.contains("received 2 changes"))
    #expect(try nodes.kith("rep", "sync").errors.contains(Self.forked))
    for node in ["rep", "copy", "rep", "copy"] {
      #expect(try write("\(node) again", on: node).isEmpty)
      try nodes.kith(node, "delete", "\(node) again", "--yes")
      #expect(!(try nodes.kith(node, "sync").errors.contains(Self.forked)))
    }
    // Each had written the industry without having seen the other's.
    let conflict = try #require(try nodes.conflicts("office").first)
    try nodes.kith("office", "conflict", "take", String(conflict), "A")
    for node in ["rep", "copy"] { try nodes.sync(node) }
    #expect(try nodes.kith("office", "conflict", "list", "--auto").output.contains("fork"))
    try expectAll(["First", "rep 1", "copy 1"], on: ["office", "rep", "copy"])
  }

  @Test("an older state with its own token that is written to before it syncs loses nothing")
  func restoredAndWritten() throws {
    try copy("rep", to: "backup", ["", ".token"])
    for name in ["Lost 1", "Lost 2"] { try write(name, on: "rep") }
    try nodes.sync("rep")
    try copy("backup", to: "rep", ["", ".token"])
    #expect(try write("New", on: "rep").isEmpty)
    let synced = try nodes.kith("rep", "sync")
    #expect(synced.errors.contains(Self.forked))
    #expect(synced.output.contains("received 2 changes"))
    #expect(try write("Newer", on: "rep").isEmpty)
    #expect(try nodes.kith("rep", "sync").errors.isEmpty)
    try expectAll(["First", "Lost 1", "Lost 2", "New", "Newer"], on: ["office", "rep"])
  }
}
