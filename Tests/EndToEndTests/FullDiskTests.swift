import Foundation
import TestSupport
import Testing

/// A disk that fills at work, and one that takes no writes at all.
@Suite(
  "Full and read-only disks", .serialized,
  .enabled(if: SmallDisk.isAvailable, .init(rawValue: SmallDisk.absence)))
struct FullDiskTests {
  private static let accounts = 14_000
  private static let batch = 1_000
  private static let fullDisk = "The disk is full; nothing more was stored."

  private let nodes: TestNodes
  private let disk: SmallDisk
  private let file: String

  init() throws {
    nodes = try TestNodes()
    disk = try SmallDisk(megabytes: 6)
    let filler = String(repeating: " and Sons", count: 16)
    let names = (1...Self.accounts).map { "\($0)\(filler)\n" }
    file = try nodes.folder.write("name\n" + names.joined(), to: "accounts.csv")
  }

  /// Expects a store and what belongs to it, and no draft of anything.
  private func expectNoLeftovers(_ node: String) throws {
    let name = "\(node).sqlite"
    #expect(
      try Set(disk.files()).isSubset(
        of: [name, "\(name)-wal", "\(name)-shm", "\(name).key", "\(name).token"]))
  }

  @Test(
    "an import that fills the disk says so and what it has kept, and goes on once there is room")
  func fillingImport() async throws {
    try await onOwnThread {
      try disk.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
      let failed = try disk.kith("office", "import", "accounts", file, "--key", "name", code: 9)
      #expect(failed.errors.contains(Self.fullDisk))
      #expect(failed.errors.contains("Free some space and run the command again."))
      let kept = try disk.accountCount("office")
      #expect(kept > 0 && kept < Self.accounts && kept.isMultiple(of: Self.batch))
      #expect(failed.errors.contains("\(kept / Self.batch),000 accounts created"))
      let digest = try disk.kith("office", "store", "digest").output

      // Again, with no room for as much as one batch.
      let again = try disk.kith("office", "import", "accounts", file, "--key", "name", code: 9)
      #expect(again.errors.contains(Self.fullDisk) && !again.errors.contains("saved"))
      #expect(try disk.kith("office", "store", "digest").output == digest)
      try expectNoLeftovers("office")

      // The check folds the log anew, which takes room itself.
      try disk.resize(megabytes: 64)
      try disk.kith("office", "store", "check")
      #expect(try disk.kith("office", "store", "digest").output == digest)
      try disk.kith("office", "import", "accounts", file, "--key", "name")
      #expect(try disk.accountCount("office") == Self.accounts)
      try disk.kith("office", "store", "check")
    }
  }

  @Test("a sync that fills the disk says whose, keeps all it had, and goes on once there is room")
  func fillingSync() async throws {
    try await onOwnThread {
      try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
      let office = try nodes.serve("office")
      let address = try office.listeningAddress()
      let code = try nodes.invite("rep", by: "office", at: address)
      try disk.kith("rep", "join", code, "--node", "rep", "--user", "Lena")
      try disk.kith("rep", "new", "account", "name=Mine")
      _ = try nodes.importFile(file, as: "accounts", on: "office")

      let failed = try disk.kith("rep", "sync", code: 9)
      #expect(failed.errors.contains("This node could not go on: \(Self.fullDisk)"))
      #expect(failed.errors.contains("Free some space"))
      #expect(try disk.accountCount("rep") % Self.batch == 1)
      try expectNoLeftovers("rep")

      // A server outlives it, and catches up by itself.
      let rep = try disk.start("rep", "serve", "--listen", "127.0.0.1:0")
      _ = try rep.listeningAddress()
      _ = try rep.logLine(containing: Self.fullDisk)
      try disk.resize(megabytes: 64)
      try nodes.wait { try disk.accountCount("rep") == Self.accounts + 1 }
      try nodes.stop(rep)
      try disk.kith("rep", "sync")
      #expect(try nodes.digest("office") == disk.kith("rep", "store", "digest").output)
      #expect(try nodes.count("office", "accounts") == Self.accounts + 1)
      try disk.kith("rep", "store", "check")
      try nodes.kith("office", "store", "check")
      try nodes.stop(office)
    }
  }

  @Test("on a read-only disk what only reads works, what writes says why not, and nothing is lost")
  func readOnlyDisk() async throws {
    try await onOwnThread {
      try disk.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
      try disk.kith("office", "new", "account", "name=Müller", "website=first.example")
      let digest = try disk.kith("office", "store", "digest").output
      try disk.setReadOnly(true)

      #expect(try disk.kith("office", "show", "Müller").output.contains("first.example"))
      #expect(try disk.kith("office", "status").output.contains("Priya"))
      for words in [
        "count accounts", "find Müller", "history Müller", "conflict list", "peer list",
      ] {
        try disk.kith("office", "-c", words)
      }
      #expect(try disk.accountCount("office") == 1)
      #expect(try disk.kith("office", "store", "digest").output == digest)
      for words in [
        "new account name=Late", "edit Müller website=late.example", "delete Müller --yes",
        "import accounts \(file)", "serve --listen 127.0.0.1:0", "store rebuild",
        "peer invite rep --role representative --address 127.0.0.1:9",
      ] {
        let failed = try disk.kith("office", "-c", words, code: 9)
        #expect(failed.errors.contains("The store cannot be written to."), "\(words)")
      }

      try disk.setReadOnly(false)
      #expect(try disk.kith("office", "store", "digest").output == digest)
      try disk.kith("office", "edit", "Müller", "website=second.example")
      try disk.kith("office", "store", "check")
    }
  }
}
