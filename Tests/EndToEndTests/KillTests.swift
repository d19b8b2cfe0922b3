import Foundation
import TestSupport
import Testing

/// Processes that are killed with nothing said, at any moment of an import and of a sync.
@Suite("kill -9")
struct KillTests {
  @Test("at any moment of an import or a sync, it loses nothing acknowledged and breaks nothing")
  func anyMoment() async throws {
    let tallies = try await Lanes.run([1, 2]) { try KillRun(seed: $0).run(kills: 101) }
    let sum = tallies.reduce(into: KillTally()) { $0.add($1) }
    print(sum)
    #expect(sum.kills >= 200)
    // The delays spread over the measured lengths, so most kills hit work under way.
    #expect(sum.duringImport > 20)
    #expect(sum.duringSyncOfDialler > 10)
    #expect(sum.duringSyncOfServer > 10)
  }
}

/// How many kills hit what.
private struct KillTally: CustomStringConvertible {
  /// Kills of a process that was running.
  var kills = 0
  /// Those of an import that had begun and not ended.
  var duringImport = 0
  /// Those that left an import's first batch without its second.
  var betweenBatches = 0
  /// Those of the side that dialled, before it was in sync.
  var duringSyncOfDialler = 0
  /// Those of the side that served, before the other was in sync.
  var duringSyncOfServer = 0
  var checks = 0

  mutating func add(_ other: Self) {
    kills += other.kills
    duringImport += other.duringImport
    betweenBatches += other.betweenBatches
    duringSyncOfDialler += other.duringSyncOfDialler
    duringSyncOfServer += other.duringSyncOfServer
    checks += other.checks
  }

  var description: String {
    """
    \(kills) kills: \(duringImport) of an import under way, \(betweenBatches) of them between its \
    batches; \(duringSyncOfDialler) of the dialling and \(duringSyncOfServer) of the serving side of \
    a sync under way; \(checks) checks of a store
    """
  }
}

/// An office that serves and a representative, whose processes are killed again and again.
///
/// Each writes its own accounts, and puts the round's number into all of them: so a node that has so
/// many accounts of a round must have as many for ever after, of that round or of a later one.
private final class KillRun {
  /// More than one batch of an import, so that a kill can fall between two.
  private static let rows = 1_400
  private static let batch = 1_000
  private static let roundsPerCheck = 8

  private let nodes: TestNodes
  private var random: SplitMix64
  private var tally = KillTally()
  private var server: KithProcess
  private let address: String
  private var importLength = Duration.seconds(1)
  private var syncLength = Duration.seconds(1)
  /// Per node, then per writer, what has been acknowledged there.
  private var promises: [String: [String: Promise]] = ["office": [:], "rep": [:]]

  /// So many accounts of a writer bear this round's number or a later one.
  private struct Promise {
    let round: Int
    let count: Int
  }

  init(seed: UInt64) throws {
    nodes = try TestNodes()
    random = SplitMix64(seed: seed)
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    server = try nodes.serve("office")
    address = try server.listeningAddress()
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: address)
    for writer in ["office", "rep"] {
      let names = (1...Self.rows).map { "\(writer) \($0)\n" }
      _ = try nodes.folder.write("name\n" + names.joined(), to: "\(writer).csv")
    }
  }

  func run(kills: Int) throws -> KillTally {
    try begin()
    var round = 1
    while tally.kills < kills, round < 2 * kills {
      round += 1
      let writer = round.isMultiple(of: 2) ? "rep" : "office"
      try importAndKill(writer, round)
      try syncAndKill()
      for node in ["office", "rep"] { try verifyPromises(of: node) }
      if round.isMultiple(of: Self.roundsPerCheck) { try check() }
    }
    try finish()
    return tally
  }

  /// One round that is left alone, so that there is something to lose.
  private func begin() throws {
    for writer in ["office", "rep"] {
      _ = try startImport(writer, round: 1).result()
      promises[writer]?[writer] = Promise(round: 1, count: Self.rows)
    }
    try nodes.sync("rep")
    shareAllPromises()
    for node in ["office", "rep"] { try verifyPromises(of: node) }
  }

  private func startImport(_ writer: String, round: Int) throws -> KithProcess {
    try nodes.start(
      writer, "import", "accounts", nodes.folder.path("\(writer).csv"), "--key", "name", "--set",
      "employees=\(round),segment=\(writer)")
  }

  /// Waits until any moment of a process's life, drawn from how long such processes have lived.
  ///
  /// - Returns: Whether it was at work still, so without its last line.
  private func waitForAnyMoment(
    of process: KithProcess, _ length: inout Duration, lastLine: String
  ) throws -> Bool {
    let moment = length * Double.random(in: 0...1.1, using: &random)
    let clock = ContinuousClock()
    var isAtWork = false
    let lived = try clock.measure {
      do {
        _ = try process.line(containing: lastLine, within: moment)
      } catch is KithProcess.TimedOut {
        isAtWork = true
      }
    }
    if !isAtWork || lived > length { length = (length + lived) / 2 }
    return isAtWork
  }

  private func importAndKill(_ writer: String, _ round: Int) throws {
    let process = try startImport(writer, round: round)
    let isAtWork = try waitForAnyMoment(of: process, &importLength, lastLine: "rows read")
    // What anybody has read is acknowledged as much as what the import has said itself.
    let isWatched = random.chance(30)
    let seen = isWatched ? try count(on: writer, of: writer, round: round) : 0
    process.send(.kill)
    let result = try process.result()
    let isKilled = result.code == 128 + 9
    guard isKilled || result.code == 0 else {
      throw TestNodes.Failure(description: "An import ended with \(result.code): \(result.errors)")
    }
    let acknowledged = isAtWork ? seen : Self.rows
    let count = try self.count(on: writer, of: writer, round: round)
    guard count >= acknowledged, [0, Self.batch, Self.rows].contains(count) else {
      throw TestNodes.Failure(
        description: "Of \(acknowledged) rows acknowledged by an import \(count) are there.")
    }
    if count > 0 { promises[writer]?[writer] = Promise(round: round, count: count) }
    if isKilled { tally.kills += 1 }
    if isKilled, isAtWork { tally.duringImport += 1 }
    if count == Self.batch { tally.betweenBatches += 1 }
  }

  private func syncAndKill() throws {
    let dialler = try nodes.start("rep", "sync")
    let isServerKilled = random.chance(50)
    let isAtWork = try waitForAnyMoment(of: dialler, &syncLength, lastLine: "received")
    (isServerKilled ? server : dialler).send(.kill)
    let result = try dialler.result()
    if isServerKilled {
      tally.kills += 1
      _ = try server.result()
      server = try nodes.serve("office", at: address)
      _ = try server.listeningAddress()
    }
    switch result.code {
    case 0: shareAllPromises()
    case 128 + 9 where !isServerKilled:
      tally.kills += 1
      if isAtWork { tally.duringSyncOfDialler += 1 }
    case 7 where isServerKilled: tally.duringSyncOfServer += 1
    default:
      throw TestNodes.Failure(description: "A sync ended with \(result.code): \(result.errors)")
    }
  }

  /// After a sync each side has what the other had promised.
  private func shareAllPromises() {
    for writer in ["office", "rep"] {
      guard let promise = promises[writer]?[writer] else { continue }
      for node in ["office", "rep"] { promises[node]?[writer] = promise }
    }
  }

  private func verifyPromises(of node: String) throws {
    for (writer, promise) in promises[node] ?? [:] {
      let count = try count(on: node, of: writer, round: promise.round)
      guard count >= promise.count else {
        throw TestNodes.Failure(
          description: """
            \(node) has \(count) of the \(promise.count) accounts that \(writer) wrote in round \
            \(promise.round).
            """)
      }
    }
  }

  /// How many accounts of a writer bear a round's number or a later one.
  private func count(on node: String, of writer: String, round: Int) throws -> Int {
    try nodes.count(node, "accounts", "where", "segment = \(writer) and employees >= \(round)")
  }

  private func check() throws {
    for node in ["office", "rep"] { try nodes.kith(node, "store", "check") }
    tally.checks += 2
  }

  /// Syncs in peace: everything is there, on both, and both are sound.
  private func finish() throws {
    let exchanges = try nodes.sync("rep")
    shareAllPromises()
    for node in ["office", "rep"] {
      try verifyPromises(of: node)
      let total = try nodes.count(node, "accounts")
      guard total == 2 * Self.rows else {
        throw TestNodes.Failure(description: "\(node) has \(total) accounts.")
      }
    }
    let digests = Set(try ["office", "rep"].map(nodes.digest))
    guard exchanges.count == 1, digests.count == 1 else {
      throw TestNodes.Failure(description: "The two nodes differ: \(digests)")
    }
    try check()
    try nodes.stop(server)
  }
}
