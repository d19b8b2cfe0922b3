import CRDTCore
import GRDB

/// Something that has to be so before a deal leaves a stage.
struct ExitCriterion: Hashable, Sendable {
  let id: RecordID
  let text: String
  /// The field of the deal that has to be filled; `nil` where somebody ticks the criterion off.
  let field: String?
  /// Whether it holds nobody up.
  let isOptional: Bool

  /// The criteria of every stage, in order.
  static func all(in database: Database) throws -> [RecordID: [ExitCriterion]] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT stage, id, text, field, optional FROM exit_criterion
        WHERE _hidden IS NULL AND stage IS NOT NULL ORDER BY stage, position, id
        """)
    return rows.reduce(into: [:]) { criteria, row in
      guard let stage = RecordID(row[0] as DatabaseValue), let id = RecordID(row[1] as DatabaseValue)
      else { return }
      criteria[stage, default: []].append(
        ExitCriterion(
          id: id, text: row[2] ?? "", field: row[3], isOptional: row[4] ?? false))
    }
  }

  /// Whether the deal is so.
  func isMet(by draft: EditDraft) -> Bool {
    if let field, let declared = draft.entity.field(named: field) {
      return declared.isSet
        ? draft.hasElements(in: declared)
        : !draft[declared.name].isNull && draft[declared.name] != .bool(false)
    }
    return draft.entity.field(named: Self.ticks).map { draft.holds(.reference(id), in: $0) } ?? false
  }

  /// The field of deals that holds the criteria which somebody has ticked off.
  static let ticks = "exit_items"

  /// What a person types to meet it.
  var remedy: String { field.map { "\($0)=…" } ?? "\(Self.ticks)+=\"\(text)\"" }
}
