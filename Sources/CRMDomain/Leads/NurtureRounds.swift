package import CRDTCore
package import GRDB
package import ReplicaStore

/// How often a lead was taken up again after it had been kept warm, and what that means for it.
package enum NurtureRounds {
  /// Where a lead goes that is not ready.
  package enum Decision: Hashable, Sendable {
    case nurture(DealStages.Stage)
    /// It was kept warm before, as often as the workspace wants.
    case archive(DealStages.Stage)
    /// It is no open lead.
    case noLead
    /// Its process has no such stage.
    case noStage(isArchive: Bool)
  }

  /// How often a lead left a stage that nurtures for another one that is open: how often it was re-qualified.
  ///
  /// The visits say it; nothing is counted apart.
  package static func count(of lead: RecordID, in database: Database) throws -> Int {
    let stages = try DealStages(in: database)
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT "from", "to" FROM stage_visit WHERE deal = ? AND _hidden IS NULL ORDER BY at, id
        """, arguments: [lead.databaseValue])
    return rows.count { row in
      guard let from = RecordID(row[0] as DatabaseValue).flatMap(stages.stage),
        let to = RecordID(row[1] as DatabaseValue).flatMap(stages.stage)
      else { return false }
      return from.nurtures && to.kind == .open && !to.nurtures
    }
  }

  /// Where a lead goes that is not ready.
  package static func next(of lead: RecordState, in database: Database) throws -> Decision {
    let all = try DealStages(in: database)
    guard case .reference(let id) = lead["stage"], let stage = all.stage(id), stage.isOpenLead
    else { return .noLead }
    let stages = all.stages(of: stage.process)
    let limit = try WorkspaceSettings.value(of: .leadNurtureRounds, in: database).flatMap {
      Int($0)
    }
    if try count(of: lead.id, in: database) >= limit ?? 1 {
      let end = stages.first { $0.kind == .archived }
      return end.map(Decision.archive) ?? .noStage(isArchive: true)
    }
    return stages.first(where: \.nurtures).map(Decision.nurture) ?? .noStage(isArchive: false)
  }
}
