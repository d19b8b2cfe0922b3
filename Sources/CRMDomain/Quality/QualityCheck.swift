package import CRDTCore
package import GRDB
package import ReplicaStore

/// How many records kept a rule on a day; a rule and a day are one record, on whichever node it is kept.
package struct QualityCheck: Hashable, Sendable {
  package static let kind = "quality_check"

  package let rule: String
  package let day: CivilDate
  package let checked: Int
  package let passed: Int

  package init(_ result: DataRule.Result, on day: CivilDate) {
    self.init(
      rule: result.rule.name, day: day, checked: result.checked, passed: result.passed)
  }

  private init(rule: String, day: CivilDate, checked: Int, passed: Int) {
    self.rule = rule
    self.day = day
    self.checked = checked
    self.passed = passed
  }

  /// Which share kept it, in percent; `nil` where it held for none.
  package var share: DecimalNumber? { DataRule.Result.share(passed, of: checked) }

  /// The record that it is or will be.
  package var id: RecordID {
    RecordID(derivedFrom: Self.kind, [Array(rule.utf8), Array("\(day)".utf8)])
  }

  /// Keeps it, unless there is one of that day already.
  ///
  /// - Returns: Whether it was kept.
  package func write(in transaction: Transaction) throws -> Bool {
    let state = try transaction.snapshot.record(Self.kind, id)
    guard state?.isDeleted ?? true else { return false }
    let changes = [
      FieldChange("rule", .set(.text(rule))), FieldChange("date", .set(.date(day))),
      FieldChange("checked", .set(.integer(Int64(checked)))),
      FieldChange("passed", .set(.integer(Int64(passed)))),
    ]
    if let state {
      try transaction.restore(Self.kind, id, basis: state.basis, changes)
    } else {
      try transaction.edit(Self.kind, id, basis: Basis(), changes)
    }
    return true
  }

  /// The last one of each rule that was kept before a day.
  package static func last(
    before day: CivilDate, in database: Database
  ) throws -> [String: QualityCheck] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT rule, date, checked, passed FROM quality_check
        WHERE _hidden IS NULL AND date < ? ORDER BY rule, date, id
        """, arguments: ["\(day)"])
    return rows.reduce(into: [:]) { checks, row in
      guard let rule: String = row[0], let day = (row[1] as String?).flatMap({ CivilDate($0) }),
        let checked: Int = row[2], let passed: Int = row[3]
      else { return }
      checks[rule] = QualityCheck(rule: rule, day: day, checked: checked, passed: passed)
    }
  }
}
