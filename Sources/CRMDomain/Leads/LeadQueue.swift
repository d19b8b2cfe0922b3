package import CRDTCore
package import GRDB

/// The open leads, those first that are most worth looking at.
package struct LeadQueue: Sendable {
  /// One lead.
  package struct Row: Hashable, Sendable {
    package let id: RecordID
    package let score: LeadScore
    package let grade: String
    /// When it came in; `nil` if nobody knows.
    package let since: Instant?
  }

  /// By score, then by age, the oldest first, then by the day of the next action.
  package let rows: [Row]
  /// How many leads there are in all.
  package let count: Int

  package init(
    _ scoring: LeadScoring, where filter: Filter? = nil, limit: Int, in database: Database,
    _ context: QueryContext
  ) throws {
    let scores = try scoring.scores(where: filter, in: database, context)
    count = scores.count
    // Only what ties with the last that is shown has to be told apart.
    let least = scores.values.sorted(by: >).prefix(limit).last
    let candidates = scores.filter { score in least.map { score.value >= $0 } ?? false }
    let statement = try database.cachedStatement(
      sql: """
        SELECT (SELECT min(at) FROM stage_visit WHERE deal = ?1 AND _hidden IS NULL),
          (SELECT next_action_on FROM deal WHERE id = ?1)
        """)
    let placed = try candidates.map { id, score in
      let row = try GRDB.Row.fetchOne(statement, arguments: [id.databaseValue])
      return (
        row: Row(
          id: id, score: score, grade: scoring.grades.grade(of: score),
          since: (row?[0] as Int64?).map { Instant(milliseconds: $0) }),
        action: row?[1] as String? ?? "~"
      )
    }
    let ordered = placed.sorted { one, other in
      if one.row.score != other.row.score { return one.row.score > other.row.score }
      let (since, otherSince) = (one.row.since?.milliseconds, other.row.since?.milliseconds)
      if since != otherSince { return since ?? .max < otherSince ?? .max }
      return (one.action, one.row.id) < (other.action, other.row.id)
    }
    rows = ordered.prefix(limit).map(\.row)
  }
}
