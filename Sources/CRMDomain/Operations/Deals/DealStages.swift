package import CRDTCore
package import GRDB

/// The processes and stages of a workspace, as deals choose from them.
package struct DealStages: Sendable {
  /// What a stage means for a deal.
  package enum Kind: String, Hashable, Sendable {
    case open, archived, lost, won
  }

  /// What the deals of a stage are called.
  package enum Phase: String, Hashable, Sendable {
    case lead, opportunity
  }

  /// A stage of a process.
  package struct Stage: Hashable, Sendable {
    package let id: RecordID
    package let process: RecordID
    package let name: String
    package let kind: Kind
    package let phase: Phase
    /// Its place among the stages of its process, from 0.
    package let place: Int
    /// What an order that comes of it is, if it says.
    package let orderType: RecordID?
    /// After how many days a lead that comes in is followed up.
    package let followUpDays: [Int64]

    /// Whether leads are kept warm here until they are ready.
    package var nurtures: Bool { isOpenLead && !followUpDays.isEmpty }

    /// Whether its deals are leads that nobody has converted or given up.
    package var isOpenLead: Bool { kind == .open && phase == .lead }
  }

  /// The live stages, by process and place; those that are retired have left their process.
  package let stages: [Stage]
  /// The process in which new deals begin; `nil` if there is none.
  package let defaultProcess: RecordID?
  /// The process that is there for leads; `nil` where they begin in the other.
  let leadProcess: RecordID?
  /// What stages ask of the deals that leave them, in order.
  let criteria: [RecordID: [ExitCriterion]]
  /// Where deals may go from a stage, in the processes that allow only what is listed.
  private let listedMoves: [RecordID: Set<RecordID>]

  package init(in database: Database) throws {
    let process = try DatabaseValue.fetchOne(
      database,
      sql: """
        SELECT id FROM process WHERE _hidden IS NULL AND archived IS NOT 1
        ORDER BY "default" IS NOT 1, purpose IS 'lead', name, id
        """)
    defaultProcess = process.flatMap { RecordID($0) }
    let leads = try DatabaseValue.fetchOne(
      database,
      sql: """
        SELECT id FROM process WHERE _hidden IS NULL AND archived IS NOT 1 AND purpose = 'lead'
        ORDER BY "default" IS NOT 1, name, id
        """)
    leadProcess = leads.flatMap { RecordID($0) }
    stages = try Self.stages(in: database)
    criteria = try ExitCriterion.all(in: database)
    listedMoves = try Self.listedMoves(among: stages, in: database)
  }

  private static func stages(in database: Database) throws -> [Stage] {
    let days = try followUpDays(in: database)
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, process, name, kind, phase, order_type FROM stage
        WHERE _hidden IS NULL AND process IS NOT NULL AND retired_to IS NULL
        ORDER BY process, position, id
        """)
    return rows.reduce(into: []) { stages, row in
      guard let id = RecordID(row[0] as DatabaseValue),
        let process = RecordID(row[1] as DatabaseValue)
      else { return }
      let place = stages.last.flatMap { $0.process == process ? $0.place + 1 : nil } ?? 0
      stages.append(
        Stage(
          id: id, process: process, name: row[2] ?? "",
          kind: Kind(rawValue: row[3] ?? "") ?? .open,
          phase: Phase(rawValue: row[4] ?? "") ?? .opportunity, place: place,
          orderType: RecordID(row[5] as DatabaseValue), followUpDays: days[id] ?? []))
    }
  }

  /// How many follow-ups a stage has at most.
  private static let followUpsMax = 50

  private static func followUpDays(in database: Database) throws -> [RecordID: [Int64]] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT stage.id, days.value FROM stage
        JOIN stage_follow_up_days days ON days._rec = stage._rec AND present = 1
        ORDER BY stage.id, days.value
        """)
    return rows.reduce(into: [:]) { days, row in
      // Another program may have written any number.
      guard let id = RecordID(row[0] as DatabaseValue), let count = row[1] as Int64?,
        (1...3_650).contains(count), days[id, default: []].count < followUpsMax
      else { return }
      days[id, default: []].append(count)
    }
  }

  private static func listedMoves(
    among stages: [Stage], in database: Database
  ) throws -> [RecordID: Set<RecordID>] {
    let processes = try DatabaseValue.fetchAll(
      database, sql: "SELECT id FROM process WHERE transition_policy = 'listed' ORDER BY id")
    let strict = Set(processes.compactMap { RecordID($0) })
    guard !strict.isEmpty else { return [:] }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT stage.id, stage_moves_to.value FROM stage
        JOIN stage_moves_to ON stage_moves_to._rec = stage._rec AND present = 1
        ORDER BY stage.id, stage_moves_to.value
        """)
    var moves: [RecordID: Set<RecordID>] = [:]
    for stage in stages where strict.contains(stage.process) { moves[stage.id] = [] }
    for row in rows {
      guard let from = RecordID(row[0] as DatabaseValue), let to = RecordID(row[1] as DatabaseValue)
      else { continue }
      moves[from]?.insert(to)
    }
    return moves
  }

  /// The stage of that id; `nil` of one that is retired, deleted or unknown here.
  package func stage(_ id: RecordID) -> Stage? { stages.first { $0.id == id } }

  /// The stages of one process, in order.
  package func stages(of process: RecordID) -> [Stage] { stages.filter { $0.process == process } }

  /// Where a new deal of a phase begins: leads in the process that is there for them, if there is one.
  ///
  /// In a process that is named, or else in the usual one, it is the first open stage of the phase, or the
  /// first of all where none has it.
  package func start(of phase: Phase, in process: RecordID? = nil) -> Stage? {
    let usual = phase == .lead ? leadProcess ?? defaultProcess : defaultProcess
    let stages = (process ?? usual).map { self.stages(of: $0) } ?? []
    return stages.first { $0.kind == .open && $0.phase == phase } ?? stages.first
  }

  /// The stage of a process that `text` names, exactly or without regard to case and accents.
  package func stage(named text: String, of process: RecordID) -> Stage? {
    let stages = stages(of: process)
    let key = NameFolding.folded(text)
    return stages.first { $0.name == text } ?? stages.first { NameFolding.folded($0.name) == key }
  }

  /// The stages of a process to which a deal may be moved from one of its stages.
  func moves(from stage: Stage) -> [Stage] {
    stages(of: stage.process).filter { to in
      guard to != stage else { return false }
      if let listed = listedMoves[stage.id], !listed.contains(to.id) { return false }
      // A deal that has ended is reopened before it ends otherwise.
      return stage.kind == .open || to.kind == .open
    }
  }

  /// What has to be so before a deal goes from one stage of a process to another.
  ///
  /// Going on, it has to meet what the stages ask that it leaves and skips; being won, what the won stage asks
  /// besides. Going back, being lost and being archived ask for nothing.
  func criteria(from: Stage?, to: Stage) -> [ExitCriterion] {
    guard to.kind == .open || to.kind == .won else { return [] }
    var passed: [Stage] = []
    if let from, from.kind == .open, from.process == to.process, from.place < to.place {
      passed = stages(of: to.process).filter {
        $0.kind == .open && from.place <= $0.place && $0.place < to.place
      }
    }
    if to.kind == .won { passed.append(to) }
    return passed.flatMap { criteria[$0.id] ?? [] }
  }

  /// What a write of the stage carries: concurrent moves show won over lost over archived over the
  /// stage further on.
  package func rank(of stage: RecordID) -> UInt32? {
    guard let stage = self.stage(stage) else { return nil }
    let classes: [Kind] = [.open, .archived, .lost, .won]
    let rankClass = classes.firstIndex(of: stage.kind) ?? 0
    return UInt32(rankClass) << 16 | UInt32(stage.place + 1)
  }
}
