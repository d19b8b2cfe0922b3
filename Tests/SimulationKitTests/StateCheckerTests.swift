import CRDTCore
import ReplicaStore
import SimulationKit
import TestSupport
import Testing

/// What the checker says of a file that somebody has changed: a check that cannot fail proves nothing.
@Suite("State checker")
struct StateCheckerTests {
  /// A change to a sound file, and the words of a finding that must follow.
  struct Damage: Sendable, CustomTestStringConvertible {
    let sql: String
    let finding: String

    init(_ sql: String, _ finding: String) {
      self.sql = sql
      self.finding = finding
    }

    var testDescription: String { sql }
  }

  private static let records = [
    Damage("UPDATE deal SET budget = 8 WHERE budget = 7", "has budget integer(8)"),
    Damage("DELETE FROM _head WHERE field = 'name'", "has heads of name []"),
    Damage("DELETE FROM _head WHERE field = 'name'", "is not listed"),
    Damage("UPDATE deal SET stock = 3 WHERE stock = 5", "has stock integer(3)"),
    Damage("DELETE FROM _increment WHERE field = 'stock'", "notes an increment of stock"),
    Damage("UPDATE deal_labels SET present = 0", "has labels []"),
    Damage("DELETE FROM deal_opted_out", "has elements of opted_out []"),
    Damage("UPDATE deal_labels SET heads = x''", "has heads of labels []"),
    Damage("DELETE FROM _lifecycle", "has heads of its lifecycle []"),
    Damage("UPDATE deal SET _hidden = NULL", "has hidden by a deletion false"),
    Damage("UPDATE line SET _hidden = NULL", "has hidden by a deletion false"),
    Damage("UPDATE deal SET number = 'n2' WHERE number = 'n1'", "is listed, but by the rules"),
    Damage("DELETE FROM line", "is missing"),
    Damage("INSERT INTO part (id, _stamps) VALUES (randomblob(16), x'000101')", "nobody wrote"),
    Damage(
      "UPDATE deal SET _stamps = x'000101' WHERE budget = 7", "has heads of budget ["),
  ]

  private static let entries = [
    Damage("UPDATE _log SET verdict = NULL WHERE verdict = 1", "but by the rules it is set aside"),
    Damage("UPDATE _log SET verdict = 3 WHERE arrival = 1", "is set aside (malformed), but"),
    Damage("DELETE FROM _ahead", "is not flagged as ahead"),
    Damage("INSERT INTO _ahead VALUES (1, 1)", "is flagged as ahead"),
    Damage("UPDATE _log SET payload = payload || x'00' WHERE arrival = 4", "have the hash"),
    Damage("UPDATE _log SET header = x'ff' WHERE arrival = 4", "cannot be read"),
    Damage("UPDATE _log SET arrival = 900 WHERE arrival = 2", "arrived after entry"),
    Damage(
      "UPDATE _log SET arrival = arrival + 900 WHERE replica = 1 AND sequence < 9",
      "which its author held"),
    Damage("UPDATE _replica SET sequence = sequence + 1 WHERE number = 2", "ends at"),
    Damage("UPDATE _branch SET sequence = sequence + 40", "where that one has no entry"),
    Damage("UPDATE _branch SET hash = zeroblob(32)", "with another first entry than its own"),
    Damage("UPDATE _branch SET parent = 1", "leaves a log that is none of its replica's"),
    Damage("UPDATE _branch SET original = zeroblob(16)", "does not have the hash"),
    Damage(
      "UPDATE _replica SET id = randomblob(16) WHERE number IN (SELECT number FROM _branch)",
      "the name that its first entry gives it"),
    Damage(
      "UPDATE _replica SET id = randomblob(16) WHERE number IN (SELECT number FROM _branch)",
      "is by the rules called"),
    Damage("UPDATE _seal SET signature = zeroblob(64)", "The seal of entry"),
    Damage("DELETE FROM _roster", "The roster does not list the key"),
  ]

  @Test("it finds nothing in a sound file")
  func soundFile() throws {
    let replica = try Self.world().nodes[0].replica
    #expect(try StateChecker().findings(in: replica) == [])
    let kinds = try replica.read { try $0.conflicts().map(\.kind) }
    #expect(Set(kinds) == Set(ConflictKind.allCases))
  }

  @Test("it names what was changed in the tables or the log", arguments: records + entries)
  func damage(_ damage: Damage) throws {
    let world = try Self.world()
    let replica = world.nodes[0].replica
    #expect(try FileDamage.run(damage.sql, at: replica.path) > 0)
    let findings = try StateChecker().findings(in: replica)
    #expect(findings.contains { $0.contains(damage.finding) }, "\(findings)")
  }

  @Test("it names what an oracle misses that has heard of one entry less")
  func entryLess() throws {
    let replica = try Self.world().nodes[0].replica
    let founder = try replica.founding().key
    let findings = try replica.read { snapshot in
      let log = try EntryCollector(snapshot, workspace: replica.workspace).entries
      let oracle = Oracle(
        entries: log.dropLast().map(\.entry), schema: replica.schema, founder: founder)
      return try StateChecker().differences(
        between: oracle, and: snapshot, of: replica.schema, log: log)
    }
    #expect(findings.contains { $0.contains("by the rules nobody wrote to it") })
  }

  /// Two records that each say they are the only one, and one that rests on what is off.
  private static func breakConstraints(in replica: Replica) throws {
    let only = FieldChange("only", .set(.bool(true)))
    try replica.write { transaction in
      let last = try transaction.create("step", [set("state", "off"), only])
      let next = try transaction.create(
        "step", [FieldChange("next", .set(.reference(last))), only])
      try transaction.create(
        "step", [set("state", "on"), FieldChange("next", .set(.reference(next)))])
    }
  }

  /// A file with something of everything: conflicts of each kind, and an entry that is set aside.
  private static func world() throws -> OracleWorld {
    let world = try OracleWorld(Seed(1), forks: true)
    let (office, chief) = (world.nodes[0], world.nodes[1])
    let deal = try office.replica.write { transaction in
      let deal = try transaction.create(
        "deal",
        [
          set("name", "Pump"), set("number", "n1"), FieldChange("stock", .increment(5)),
          FieldChange("budget", .set(.integer(7))), FieldChange("labels", .insert(.text("vip"))),
          FieldChange("opted_out", .insert(.text("mail"))),
        ])
      try transaction.create("deal", [set("name", "Other"), set("number", "n1")])
      return deal
    }
    try delete(in: world)
    try world.pull(to: 1, from: 0, byteLimit: Limits.batchBytesTarget)
    for (node, name) in [(office, "Pump 2"), (chief, "Pump 3")] {
      let basis = try node.replica.read { try $0.record("deal", deal)?.basis ?? Basis() }
      try node.replica.write { try $0.edit("deal", deal, basis: basis, [set("name", name)]) }
    }
    // A clock that runs ten minutes ahead, of a node whose entry the office has seen.
    chief.clock.advance(milliseconds: 600_000)
    try chief.replica.write { _ = try $0.create("deal", [set("name", "Late")]) }
    try world.nodes[4].replica.write { _ = try $0.create("deal", [set("name", "Forged")]) }
    try breakConstraints(in: office.replica)
    try fork(in: world)
    try world.converge()
    try office.replica.write {
      _ = try $0.create("deal", [FieldChange("visits", .increment(1))])
    }
    try office.replica.sealTip()
    return world
  }

  /// A log that goes on in two ways from its first entry.
  private static func fork(in world: OracleWorld) throws {
    let replica = world.nodes[0].replica
    while try !replica.read({ try $0.conflicts().contains { $0.kind == .fork } }) {
      try world.equivocator?.tell(replica, using: &world.random) { _, _, random in
        Payload(reason: "\(random.next())")
      }
    }
  }

  /// A deal that is deleted with its line, and one that was edited by somebody who did not know.
  private static func delete(in world: OracleWorld) throws {
    let (office, chief) = (world.nodes[0].replica, world.nodes[1].replica)
    let (deal, other) = try office.write { transaction in
      let deal = try transaction.create("deal", [set("name", "Gone")])
      try transaction.create("line", [FieldChange("parent", .set(.reference(deal)))])
      return (deal, try transaction.create("deal", [set("name", "Disputed")]))
    }
    try world.pull(to: 1, from: 0, byteLimit: Limits.batchBytesTarget)
    let basis = try chief.read { try $0.record("deal", other)?.basis ?? Basis() }
    try chief.write { try $0.edit("deal", other, basis: basis, [set("name", "Kept")]) }
    for id in [deal, other] {
      let basis = try office.read { try $0.record("deal", id)?.basis ?? Basis() }
      try office.write { try $0.delete("deal", id, basis: basis) }
    }
  }

  private static func set(_ field: String, _ text: String) -> FieldChange {
    FieldChange(field, .set(.text(text)))
  }
}
