package import CRDTCore
package import GRDB

/// A process as people look at it: its stages, what each asks for, and how many deals stand there.
package struct ProcessOutline: Sendable {
  /// One stage.
  package struct Stage: Sendable {
    package let id: RecordID
    package let name: String
    package let phase: String
    package let kind: String
    /// The chance of winning, in percent.
    package let probability: DecimalNumber?
    package let patienceDays: Int64?
    package let dealCount: Int
    /// What has to be so before a deal leaves it.
    package let criteria: [String]
    /// The names of the stages that its deals may go to.
    package let movesTo: [String]
  }

  package let id: RecordID
  package let name: String
  /// Whether deals may only go where their stage says.
  package let isStrict: Bool
  package let stages: [Stage]

  /// Reads a process by its name, or the one in which new deals begin; `nil` if there is none.
  package init?(named name: String?, in database: Database) throws {
    let all = try DealStages(in: database)
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT id, name, transition_policy FROM process WHERE _hidden IS NULL ORDER BY name, id")
    let found = rows.first { row in
      guard let name else { return RecordID(row[0] as DatabaseValue) == all.defaultProcess }
      return NameFolding.folded(row[1] ?? "") == NameFolding.folded(name)
    }
    guard let found, let id = RecordID(found[0] as DatabaseValue) else { return nil }
    self.id = id
    self.name = found[1] ?? ""
    isStrict = (found[2] ?? "") == "listed"
    stages = try all.stages(of: id).map { stage in
      try Self.stage(stage, among: all, in: database)
    }
  }

  /// What the processes are called.
  package static func names(in database: Database) throws -> [String] {
    try String.fetchAll(
      database, sql: "SELECT name FROM process WHERE _hidden IS NULL ORDER BY name, id")
  }

  private static func stage(
    _ stage: DealStages.Stage, among all: DealStages, in database: Database
  ) throws -> Stage {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT probability, patience_days,
          (SELECT count(*) FROM deal WHERE deal.stage = stage.id AND deal._hidden IS NULL)
        FROM stage WHERE id = ?
        """, arguments: [stage.id.databaseValue])
    return Stage(
      id: stage.id, name: stage.name, phase: stage.phase.rawValue, kind: stage.kind.rawValue,
      probability: (row?[0] as String?).flatMap { DecimalNumber($0) }, patienceDays: row?[1],
      dealCount: row?[2] ?? 0,
      criteria: (all.criteria[stage.id] ?? []).map { $0.isOptional ? "\($0.text) (optional)" : $0.text },
      movesTo: all.moves(from: stage).map(\.name))
  }
}
