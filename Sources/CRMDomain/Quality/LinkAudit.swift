package import CRDTCore
package import GRDB

/// Records whose references lead nowhere, and records that should belong to another one and do not.
package enum LinkAudit {
  package struct Finding: Hashable, Sendable {
    /// The kind of the records.
    package let kind: String
    /// What is wrong with them.
    package let problem: String
    /// The records, by id.
    package let records: [RecordID]
  }

  /// What every record of a kind belongs to, as a condition that holds of those that do not.
  private static let orphans: [(kind: String, problem: String, condition: String)] = [
    ("deal", "has no account", "t.account IS NULL AND t.company_text IS NULL"),
    ("contact", "has no account", "t.account IS NULL"),
    (
      "engagement", "is about no account, contact or deal",
      """
      t.account IS NULL
      AND NOT EXISTS (SELECT 1 FROM engagement_contacts s WHERE s._rec = t._rec AND s.present = 1)
      AND NOT EXISTS (SELECT 1 FROM engagement_deals s WHERE s._rec = t._rec AND s.present = 1)
      """
    ),
    (
      "task", "is about nothing",
      "NOT EXISTS (SELECT 1 FROM task_about s WHERE s._rec = t._rec AND s.present = 1)"
    ),
    ("order", "has no deal", "t.deal IS NULL"),
    ("prospect_line", "names neither product nor text", "t.product IS NULL AND t.text IS NULL"),
  ]

  /// What is wrong with the links of some kinds, by kind.
  package static func findings(
    of kinds: [Entity], _ catalog: EntityCatalog, in database: Database
  ) throws -> [Finding] {
    try kinds.flatMap { entity in
      var findings: [Finding] = []
      for field in entity.fields where field.name != JoinedRecords.field {
        switch field.format {
        case .reference, .listed, .anyReference:
          findings += try dangling(field, of: entity, catalog, in: database)
        case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date,
          .instant, .money, .choice, .status, .structure:
          break
        }
        if field.isRequired {
          findings += try records(
            of: entity, "lacks its \(field.label)", "t.\(SQL.name(field.name)) IS NULL", database)
        }
      }
      for orphan in orphans where orphan.kind == entity.name {
        findings += try records(of: entity, orphan.problem, orphan.condition, database)
      }
      return findings
    }
  }

  /// Records that refer to one which is deleted, and in whose place no other stands, or is unknown here.
  private static func dangling(
    _ field: Field, of entity: Entity, _ catalog: EntityCatalog, in database: Database
  ) throws -> [Finding] {
    let targets = field.target.map { [catalog.entity($0)] } ?? catalog.entities
    let column = field.isSet ? "s.value" : "t.\(SQL.name(field.name))"
    let isAnywhere = targets.map { target in
      var found = """
        EXISTS (SELECT 1 FROM \(SQL.name(target.name)) x WHERE x.id = \(column) AND x._hidden IS NULL)
        """
      if target.isJoinable {
        found += """
           OR EXISTS (SELECT 1 FROM \(SQL.name(target.name + "_" + JoinedRecords.field)) j
            WHERE j.value = \(column) AND j.present = 1)
          """
      }
      return found
    }.joined(separator: " OR ")
    let elements =
      field.isSet
      ? """
      EXISTS (SELECT 1 FROM \(SQL.name(entity.name + "_" + field.name)) s
        WHERE s._rec = t._rec AND s.present = 1 AND NOT (\(isAnywhere)))
      """ : "\(column) IS NOT NULL AND NOT (\(isAnywhere))"
    return try records(
      of: entity, "its \(field.label) is deleted or unknown here", elements, database)
  }

  private static func records(
    of entity: Entity, _ problem: String, _ condition: String, _ database: Database
  ) throws -> [Finding] {
    let ids = try DatabaseValue.fetchAll(
      database,
      sql: """
        SELECT t.id FROM \(SQL.name(entity.name)) t
        WHERE t._hidden IS NULL AND (\(condition)) ORDER BY t.id
        """)
    let records = ids.compactMap { RecordID($0) }
    return records.isEmpty
      ? [] : [Finding(kind: entity.name, problem: problem, records: records)]
  }
}
