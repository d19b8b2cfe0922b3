package import CRDTCore
package import ReplicaStore

/// Fills a new workspace: its currency, the first user, the process `sales`, payment terms
/// and the lists' first values.
///
/// Everything has a derived id and no reading of the clock, so founding twice with the same words makes
/// the same records.
package struct FoundWorkspace: Sendable {
  /// The currency of amounts that name none.
  package let currency: CurrencyCode
  /// The founder's name.
  package let userName: String

  package init(currency: CurrencyCode, userName: String) {
    self.currency = currency
    self.userName = NameFolding.normalized(userName)
  }

  /// The founder's user record: what an import of users by name would make, too.
  package var user: RecordID { DerivedRecord.id(kind: "user", field: "name", key: userName) }

  /// Writes the records; belongs into the workspace's first entry.
  package func seed(in transaction: Transaction) throws {
    try WorkspaceSettings.set(.currency, to: currency.description, in: transaction)
    try transaction.edit(
      "user", user, basis: Basis(),
      [
        FieldChange("name", .set(.text(userName))), FieldChange("active", .set(.bool(true))),
      ])
    try ProcessSetUp.add("sales", from: .sales, isDefault: true, in: transaction)
    for (name, days) in Self.paymentTerms {
      try transaction.edit(
        "payment_terms", DerivedRecord.id(kind: "payment_terms", field: "name", key: name),
        basis: Basis(),
        [
          FieldChange("name", .set(.text(name))), FieldChange("due_days", .set(.integer(days))),
        ])
    }
    for (list, names) in Self.listValues {
      for (name, position) in zip(names, PositionKey.row(of: names.count)) {
        try ListedValue(kind: "picklist", list: list, name: name).ensure(
          in: transaction, position: position)
      }
    }
  }

  /// The lists that have values from the start.
  private static let listValues: [(list: String, names: [String])] = [
    (
      "account_type",
      [
        "pharmaceutical", "biotech", "academic", "government", "distributor", "institution",
        "direct customer",
      ]
    ),
    ("channel", ["direct", "distributor", "online"]),
    ("close_reason", ["price", "timing", "no budget", "no decision", "competitor", "scope"]),
    (
      "contact_role",
      [
        "investigator", "sponsor", "project manager", "budget holder", "procurement", "finance",
        "technical", "billing", "decision maker",
      ]
    ),
    (
      "contract_type",
      ["framework agreement", "service contract", "confidentiality", "quality agreement"]
    ),
    (
      "department",
      ["management", "research", "development", "procurement", "finance", "quality", "legal"]
    ),
    (
      "engagement_type", ["call", "visit", "mail", "note", "meeting", "presentation", "conference"]
    ),
    (
      "industry",
      [
        "pharmaceuticals", "biotechnology", "medical devices", "diagnostics", "chemistry",
        "food science",
      ]
    ),
    ("payment_method", ["bank transfer", "direct debit", "credit card", "cheque"]),
    ("priority", ["low", "normal", "high"]),
    ("purpose", ["newsletter", "offers", "events", "surveys"]),
    ("segment", ["small business", "mid-market", "enterprise", "public sector"]),
    ("source", ["website", "referral", "trade fair", "cold call", "campaign", "partner"]),
    ("win_reason", ["price", "quality", "relationship", "delivery time", "expertise"]),
  ]

  /// The payment terms that there are from the start, with the days after which an invoice is due.
  private static let paymentTerms: [(name: String, days: Int64)] = [
    ("immediately", 0), ("net 14", 14), ("net 30", 30), ("net 60", 60),
  ]
}
