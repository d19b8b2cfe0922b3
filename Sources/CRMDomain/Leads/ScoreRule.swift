package import CRDTCore
import GRDB
package import ReplicaStore

/// What points a lead gets for what, as somebody has set it.
package struct ScoreRule: Hashable, Sendable {
  /// What a rule counts that is not about the lead as it stands.
  package enum Event: String, Hashable, Sendable {
    case touch, engagement
  }

  /// The kind of the records.
  package static let kind = "score_rule"

  package let id: RecordID
  package let name: String
  /// What it counts, each by itself; `nil` of a rule about the lead.
  package let event: Event?
  /// A filter in the command language, over ``subject``; `nil` for all.
  package let condition: String?
  package let points: Int64
  /// After how many days an event is worth half; `nil` where it stays worth the same.
  package let halfLifeDays: Int64?
  package let isActive: Bool

  /// The kind that the condition is about.
  package var subject: String { event?.rawValue ?? "deal" }

  /// The id of a new rule of a name, so that two nodes which add one offline make one.
  package static func newID(of name: String, in snapshot: Snapshot) throws -> RecordID {
    try DerivedRecord.newID(kind: kind, [NameFolding.derivationKey(name)], in: snapshot)
  }

  /// The rule that a record says, or that what is about to be written says; `nil` of one that counts what this
  /// version does not know.
  package init?(_ id: RecordID, _ value: (_ field: String) -> Value) {
    guard case .text(let name) = value("name"), case .integer(let points) = value("points") else {
      return nil
    }
    self.id = id
    self.name = name
    // Another program may have written any number, whose sums would be none.
    self.points = min(max(points, -1_000), 1_000)
    if case .text(let word) = value("event") {
      guard let event = Event(rawValue: word) else { return nil }
      self.event = event
    } else {
      event = nil
    }
    condition = if case .text(let text) = value("condition") { text } else { nil }
    halfLifeDays = if case .integer(let days) = value("half_life") { max(1, days) } else { nil }
    isActive = value("active") != .bool(false)
  }

  /// The rules of the workspace, by name.
  package static func all(in snapshot: Snapshot) throws -> [ScoreRule] {
    let ids = try DatabaseValue.fetchAll(
      snapshot.database,
      sql: "SELECT id FROM score_rule WHERE _hidden IS NULL ORDER BY name, id")
    return try ids.compactMap { RecordID($0) }.compactMap {
      try snapshot.record(kind, $0).flatMap { state in ScoreRule(state.id) { state[$0] } }
    }
  }
}

/// A rule whose condition has been read.
package struct AppliedScoreRule: Sendable {
  package let rule: ScoreRule
  package let filter: Filter?

  package init(_ rule: ScoreRule, filter: Filter?) {
    self.rule = rule
    self.filter = filter
  }
}
