package import CRDTCore
package import ReplicaStore

/// Fills a new workspace: its currency, the first user, the process `sales` and the lists' first
/// values.
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
    try WorkspaceSettings.set("currency", to: currency.description, in: transaction)
    try transaction.edit(
      "user", user, basis: Basis(),
      [
        FieldChange("name", .set(.text(userName))), FieldChange("active", .set(.bool(true))),
      ])
    try ProcessSetUp.add("sales", from: .sales, isDefault: true, in: transaction)
    for (list, names) in Self.listValues {
      for (name, position) in zip(names, PositionKey.row(of: names.count)) {
        try ListedValue(kind: "picklist", list: list, name: name).ensure(
          in: transaction, position: position)
      }
    }
  }

  /// The lists that have values from the start.
  private static let listValues: [(list: String, names: [String])] = [
    ("account_type", ["pharmaceutical", "biotech", "academic", "government", "distributor"]),
    (
      "contact_role",
      [
        "investigator", "sponsor", "project manager", "budget holder", "procurement", "finance",
        "technical", "billing",
      ]
    ),
    ("engagement_type", ["call", "visit", "mail", "note", "meeting"]),
    ("priority", ["low", "normal", "high"]),
  ]
}
