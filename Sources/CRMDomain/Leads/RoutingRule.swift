package import CRDTCore
import GRDB
package import ReplicaStore

/// Whose a new lead becomes, as somebody has set it.
package struct RoutingRule: Hashable, Sendable {
  /// How somebody is chosen.
  package enum Method: String, Hashable, Sendable, CaseIterable {
    /// The person that the rule names.
    case user
    /// Nobody in particular of the team that the rule names.
    case team
    /// Whoever of the team has waited longest for a lead of this rule.
    case roundRobin = "round_robin"
    /// Whoever of the team has the fewest open deals.
    case leastLoaded = "least_loaded"
    /// Whoever has the fewest open deals of the team that works the lead's territory.
    case territory
    /// Whoever has the fewest open deals of those with the skill that the rule names.
    case skill
  }

  /// The kind of the records.
  package static let kind = "routing_rule"

  package let id: RecordID
  package let name: String
  package let position: String
  /// A filter over deals in the command language; `nil` for all leads.
  package let condition: String?
  package let method: Method
  package let user: RecordID?
  package let team: RecordID?
  package let skill: RecordID?
  package let isActive: Bool

  /// The id of a new rule of a name, so that two nodes which add one offline make one.
  package static func newID(of name: String, in snapshot: Snapshot) throws -> RecordID {
    try DerivedRecord.newID(kind: kind, [NameFolding.derivationKey(name)], in: snapshot)
  }

  /// The rule that a record says, or that what is about to be written says; `nil` of one with a method that this
  /// version does not know.
  package init?(_ id: RecordID, _ value: (_ field: String) -> Value) {
    guard case .text(let name) = value("name"), case .text(let word) = value("method"),
      let method = Method(rawValue: word)
    else { return nil }
    func reference(_ field: String) -> RecordID? {
      if case .reference(let id) = value(field) { id } else { nil }
    }
    self.id = id
    self.name = name
    self.method = method
    position = if case .text(let position) = value("position") { position } else { "" }
    condition = if case .text(let text) = value("condition") { text } else { nil }
    user = reference("user")
    team = reference("team")
    skill = reference("skill")
    isActive = value("active") != .bool(false)
  }

  /// What the rule lacks to find anybody; `nil` of one that is whole.
  package var missingField: String? {
    switch method {
    case .user: user == nil ? "user" : nil
    case .team, .roundRobin, .leastLoaded: team == nil ? "team" : nil
    case .skill: skill == nil ? "skill" : nil
    case .territory: nil
    }
  }

  /// The rules of the workspace, in the order in which they are tried.
  package static func all(in snapshot: Snapshot) throws -> [RoutingRule] {
    let ids = try DatabaseValue.fetchAll(
      snapshot.database,
      sql: "SELECT id FROM routing_rule WHERE _hidden IS NULL ORDER BY position, id")
    return try ids.compactMap { RecordID($0) }.compactMap {
      try snapshot.record(kind, $0).flatMap { state in RoutingRule(state.id) { state[$0] } }
    }
  }
}

/// A rule whose condition has been read.
package struct AppliedRoutingRule: Sendable {
  package let rule: RoutingRule
  package let filter: Filter?

  package init(_ rule: RoutingRule, filter: Filter?) {
    self.rule = rule
    self.filter = filter
  }
}
