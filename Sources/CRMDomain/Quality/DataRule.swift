package import CRDTCore
package import Foundation
package import GRDB
import ReplicaStore

/// Something that should be so of records, and how many of them are so.
package struct DataRule: Sendable {
  /// What it is called: `deal.amount`.
  package let name: String
  /// The kind of the records.
  package let kind: String
  /// What should be so, in a sentence.
  package let text: String
  /// For which records; all that are not deleted or archived, if it says nothing.
  private let scope: String?
  private let test: Test

  private enum Test: Sendable {
    /// A condition that holds of those that keep the rule.
    case holds(String)
    /// Names are written as they should be.
    case names
    /// Something has happened within so many days.
    case touched(days: Int)
    /// Somebody has confirmed the data for as long as the setting lets them hold.
    case verified(SettingKey)
  }

  private init(
    _ name: String, _ text: String, where scope: String? = nil, _ test: Test
  ) {
    self.name = name
    kind = String(name.prefix { $0 != "." }) == "lead" ? "deal" : String(name.prefix { $0 != "." })
    self.text = text
    self.scope = scope
    self.test = test
  }

  private static let open = """
    (SELECT g.kind FROM stage g WHERE g.id = t.stage) = 'open'
    """
  private static let lead =
    open
      + """
       AND (SELECT g.phase FROM stage g WHERE g.id = t.stage) = 'lead'
      """

  /// By name.
  package static let all: [DataRule] = [
    DataRule("account.industry", "An account says its industry.", .holds("t.industry IS NOT NULL")),
    DataRule("account.name", "An account's name is written as the standard has it.", .names),
    DataRule("account.owner", "An account has an owner.", .holds("t.owner IS NOT NULL")),
    DataRule(
      "account.place", "An account says where it is.",
      .holds("t.country IS NOT NULL OR t.billing_address IS NOT NULL")),
    DataRule(
      "account.verified", "An account's data were confirmed in time.", .verified(.staleAccounts)),
    DataRule("contact.account", "A contact has an account.", .holds("t.account IS NOT NULL")),
    DataRule("contact.bounced", "Mail to a contact comes in.", .holds("t.bounced IS NOT 1")),
    DataRule(
      "contact.reachable", "A contact has an e-mail address or a telephone number.",
      .holds(
        """
        t.primary_email IS NOT NULL OR t.primary_phone IS NOT NULL
        OR EXISTS (SELECT 1 FROM contact_emails s WHERE s._rec = t._rec AND s.present = 1)
        OR EXISTS (SELECT 1 FROM contact_phones s WHERE s._rec = t._rec AND s.present = 1)
        """)),
    DataRule(
      "contact.verified", "A contact's data were confirmed in time.", .verified(.staleContacts)),
    DataRule(
      "deal.account", "An open deal has an account.", where: open, .holds("t.account IS NOT NULL")),
    DataRule(
      "deal.amount", "An open deal has an amount.", where: open, .holds("t.amount IS NOT NULL")),
    DataRule(
      "deal.next_action", "An open deal says what is next.", where: open,
      .holds("t.next_action IS NOT NULL")),
    DataRule(
      "deal.owner", "An open deal has an owner.", where: open, .holds("t.owner IS NOT NULL")),
    DataRule(
      "deal.target_close", "An open deal has a target date that has not passed.", where: open,
      .holds("t.target_close >= :today")),
    DataRule(
      "deal.touched", "Something has happened with an open deal.", where: open,
      .touched(days: StalledReport.usualPatience)),
    DataRule(
      "lead.bounced", "Mail to a lead comes in.", where: lead,
      .holds(
        """
        NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = t.primary_contact AND c.bounced = 1)
        """)),
    DataRule(
      "lead.contact", "A lead says whom to talk to.", where: lead,
      .holds("t.primary_contact IS NOT NULL OR t.contact_text IS NOT NULL")),
    DataRule(
      "lead.source", "A lead says how it came to us.", where: lead, .holds("t.source IS NOT NULL")),
    DataRule(
      "lead.touched", "Something has happened with a lead.", where: lead, .touched(days: 14)),
    DataRule(
      "product.category", "A product has a category.", .holds("t.category IS NOT NULL")),
    DataRule("product.name", "A product's name is written as the standard has it.", .names),
    DataRule("product.price", "A product has a price.", .holds("t.price IS NOT NULL")),
  ]
}

// MARK: - Results

extension DataRule {
  /// What came of a rule.
  package struct Result: Sendable {
    package let rule: DataRule
    /// How many records it holds for.
    package let checked: Int
    /// Those that do not keep it, by id.
    package let failing: [RecordID]

    package var passed: Int { checked - failing.count }
    /// Which share of them keeps it, in percent; `nil` where it holds for none.
    package var share: DecimalNumber? { Self.share(passed, of: checked) }

    static func share(_ passed: Int, of checked: Int) -> DecimalNumber? {
      guard case .percent(let share) = Fraction.percent(Int128(passed), of: Int128(checked)) else {
        return nil
      }
      return share
    }
  }

  /// Looks at every record that the rule holds for.
  package func result(
    at now: Instant, in timeZone: TimeZone, _ database: Database
  ) throws -> Result {
    var condition = "t._hidden IS NULL AND t.archived IS NOT 1"
    if let scope { condition += " AND \(scope)" }
    let all = try ids(condition, at: now, in: timeZone, database)
    let failing: [RecordID]
    switch test {
    case .holds(let holds):
      failing = try ids("\(condition) AND (\(holds)) IS NOT 1", at: now, in: timeZone, database)
    case .names:
      let wrong = Set(try NameStandard.findings(of: [kind], in: database).map(\.record))
      failing = all.filter(wrong.contains)
    case .touched(let days):
      let last = try LastActivity(in: database)
      let today = now.day(in: timeZone)
      failing = all.filter { id in
        guard let moment = last.moment(of: id) else { return true }
        return Int(today.days) - Int(moment.day(in: timeZone).days) > days
      }
    case .verified(let key):
      let months = try WorkspaceSettings.value(of: key, in: database).flatMap { Int($0) } ?? 12
      // A month is as long as the mean of a year's.
      let start = now.milliseconds - Int64(months) * 2_629_746_000
      failing = try ids(
        "\(condition) AND IFNULL(t.verified_at, 0) < \(start)", at: now, in: timeZone, database)
    }
    return Result(rule: self, checked: all.count, failing: failing)
  }

  private func ids(
    _ condition: String, at now: Instant, in timeZone: TimeZone, _ database: Database
  ) throws -> [RecordID] {
    let today = "'\(now.day(in: timeZone))'"
    return try DatabaseValue.fetchAll(
      database,
      sql: """
        SELECT t.id FROM \(SQL.name(kind)) t
        WHERE \(condition.replacing(":today", with: today)) ORDER BY t.id
        """
    ).compactMap { RecordID($0) }
  }
}
