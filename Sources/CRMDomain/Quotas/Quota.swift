package import CRDTCore
package import GRDB
package import ReplicaStore

/// What a user, team, region or account is to bring in a period.
///
/// One subject and period is one record, whichever node it is set on.
package struct Quota: Hashable, Sendable {
  /// The kind of the records.
  package static let kind = "quota"
  /// The kinds that have quotas.
  package static let subjectKinds = ["user", "team", "region", "account"]

  package let subject: RecordID
  package let period: QuotaPeriod
  package let amount: Money

  package init(subject: RecordID, period: QuotaPeriod, amount: Money) {
    self.subject = subject
    self.period = period
    self.amount = amount
  }

  /// The record that it is or will be.
  package var id: RecordID {
    RecordID(
      derivedFrom: Self.kind,
      [subject.rawValue.bigEndianBytes, Array("\(period)".utf8)])
  }

  /// The quotas of the workspace, by period, then subject; what is no quota is left out.
  package static func all(in database: Database) throws -> [Quota] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT subject, period, amount, amount_currency FROM quota
        WHERE _hidden IS NULL ORDER BY period, subject, id
        """)
    return rows.compactMap { row in
      guard let subject = RecordID(row[0] as DatabaseValue),
        let period = (row[1] as String?).flatMap({ QuotaPeriod($0) }), let units: Int64 = row[2],
        let currency = (row[3] as String?).flatMap({ CurrencyCode($0) })
      else { return nil }
      return Quota(
        subject: subject, period: period, amount: Money(minorUnits: units, currency: currency))
    }
  }

  /// Sets the amount, from what is known of it now.
  package func write(in transaction: Transaction) throws {
    let state = try transaction.snapshot.record(Self.kind, id)
    var changes = [FieldChange("amount", .set(.money(amount)))]
    if state == nil {
      changes =
        [
          FieldChange("subject", .set(.reference(subject))),
          FieldChange("period", .set(.text("\(period)"))),
        ] + changes
    }
    if let state, state.isDeleted {
      try transaction.restore(Self.kind, id, basis: state.basis, changes)
    } else {
      try transaction.edit(Self.kind, id, basis: state?.basis ?? Basis(), changes)
    }
  }
}
