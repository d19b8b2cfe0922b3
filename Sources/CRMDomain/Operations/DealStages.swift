package import CRDTCore
package import GRDB

/// The processes and stages of a workspace, as deals choose from them.
package struct DealStages: Sendable {
  /// A stage of a process.
  package struct Stage: Hashable, Sendable {
    package let id: RecordID
    package let process: RecordID
    package let name: String
    /// What it means for a deal: open, won, lost or archived.
    package let kind: String
    /// Its place among the stages of its process, from 0.
    package let place: Int
  }

  /// The live stages, by process and place.
  package let stages: [Stage]
  /// The process in which new deals begin; `nil` if there is none.
  package let defaultProcess: RecordID?

  package init(in database: Database) throws {
    let process = try DatabaseValue.fetchOne(
      database,
      sql: """
        SELECT id FROM process WHERE _hidden IS NULL AND archived IS NOT 1
        ORDER BY "default" IS NOT 1, name, id
        """)
    defaultProcess = process.flatMap { RecordID($0) }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, process, name, kind FROM stage
        WHERE _hidden IS NULL AND process IS NOT NULL AND retired_to IS NULL
        ORDER BY process, position, id
        """)
    var stages: [Stage] = []
    for row in rows {
      guard let id = RecordID(row[0] as DatabaseValue),
        let process = RecordID(row[1] as DatabaseValue)
      else { continue }
      let place = stages.last.flatMap { $0.process == process ? $0.place + 1 : nil } ?? 0
      stages.append(
        Stage(id: id, process: process, name: row[2] ?? "", kind: row[3] ?? "open", place: place))
    }
    self.stages = stages
  }

  /// The stages of one process, in order.
  package func stages(of process: RecordID) -> [Stage] { stages.filter { $0.process == process } }

  /// The stage of a process that `text` names, exactly or without regard to case and accents.
  package func stage(named text: String, of process: RecordID) -> Stage? {
    let stages = stages(of: process)
    let key = NameFolding.folded(text)
    return stages.first { $0.name == text } ?? stages.first { NameFolding.folded($0.name) == key }
  }

  /// What a write of the stage carries: concurrent moves show won over lost over archived over the
  /// stage further on.
  package func rank(of stage: RecordID) -> UInt32? {
    guard let stage = stages.first(where: { $0.id == stage }) else { return nil }
    let classes = ["open", "archived", "lost", "won"]
    let rankClass = classes.firstIndex(of: stage.kind) ?? 0
    return UInt32(rankClass) << 16 | UInt32(stage.place + 1)
  }
}
