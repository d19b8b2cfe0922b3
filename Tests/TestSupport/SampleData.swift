/// The records of a made-up company that sells pumps, the same for the same seed.
///
/// Each row is a function of the seed and the row's index, so a hundred thousand can be made one at a
/// time. Values are texts as a CSV file holds them; columns bear the names of the catalogue's fields.
package struct SampleData: Sendable {
  /// Rows under their columns.
  package struct Table: Hashable, Sendable {
    package let columns: [String]
    package let rows: [[String]]

    package init(columns: [String], rows: [[String]]) {
      self.columns = columns
      self.rows = rows
    }

    /// The table as comma-separated values with a header, quoted as RFC 4180 says.
    package var csv: String { ([columns] + rows).map(Self.line(of:)).joined() }

    /// One row, with its line break.
    static func line(of row: [String]) -> String {
      row.map(quoted).joined(separator: ",") + "\n"
    }

    private static func quoted(_ field: String) -> String {
      let isPlain = field.utf8.allSatisfy { !Self.special.contains($0) }
      return isPlain ? field : "\"\(field.replacing("\"", with: "\"\""))\""
    }

    private static let special = Array(",\"\r\n".utf8)
  }

  private let seed: UInt64

  package init(seed: UInt64 = 1) { self.seed = seed }

  package static let accountColumns = [
    "name", "type", "industry", "segment", "priority", "channel", "territory", "website",
    "annual_potential", "customer_since", "requirements", "profile",
  ]
  package static let contactColumns = [
    "name", "account", "job_title", "department", "language", "availability",
  ]
  package static let productColumns = ["name", "code", "category", "unit", "price", "description"]
  package static let dealColumns = [
    "name", "account", "stage", "amount", "target_close", "products", "next_action",
  ]

  package func accounts(_ count: Int) -> Table {
    Table(columns: Self.accountColumns, rows: (0..<count).map(account))
  }

  /// Contacts of the first so many accounts.
  package func contacts(_ count: Int, accounts: Int) -> Table {
    Table(
      columns: Self.contactColumns, rows: (0..<count).map { contact($0, accounts: accounts) })
  }

  package func products(_ count: Int) -> Table {
    Table(columns: Self.productColumns, rows: (0..<count).map(product))
  }

  /// Deals with the first so many accounts, about the first so many products.
  package func deals(_ count: Int, accounts: Int, products: Int) -> Table {
    Table(
      columns: Self.dealColumns,
      rows: (0..<count).map { deal($0, accounts: accounts, products: products) })
  }

  /// An account: twelve texts of about 220 bytes together, under ``accountColumns``.
  package func account(_ index: Int) -> [String] {
    var random = generator(table: 1, index)
    let name = Self.companyName(index)
    let host = name.lowercased().filter { $0.isLetter || $0.isNumber }
    return [
      name, random.choice(Self.types), random.choice(Self.industries),
      random.choice(Self.segments), random.choice(["high", "normal", "low"]),
      random.choice(["direct", "partner", "online"]), random.choice(Self.territories),
      "https://www.\(host).example", "\(Int.random(in: 5...900, using: &random) * 1_000)",
      day(from: 2009, to: 2025, using: &random),
      "\(random.choice(Self.needs)), \(random.choice(Self.terms))", sentence(using: &random),
    ]
  }

  /// A contact of one of the first so many accounts, under ``contactColumns``.
  package func contact(_ index: Int, accounts: Int) -> [String] {
    var random = generator(table: 2, index)
    let given = Self.givenNames[index % Self.givenNames.count]
    let family = Self.familyNames[index / Self.givenNames.count % Self.familyNames.count]
    let round = index / (Self.givenNames.count * Self.familyNames.count)
    return [
      round == 0 ? "\(given) \(family)" : "\(given) \(family) \(round + 1)",
      Self.companyName(Int.random(in: 0..<accounts, using: &random)),
      random.choice(Self.jobTitles), random.choice(["Purchasing", "Engineering", "Operations"]),
      random.choice(["en", "de", "fr", "da"]), random.choice(["mornings", "afternoons", ""]),
    ]
  }

  /// A product, under ``productColumns``.
  package func product(_ index: Int) -> [String] {
    var random = generator(table: 3, index)
    let category = Self.categories[index % Self.categories.count]
    let size = 10 * (1 + index / Self.categories.count)
    return [
      "\(category) \(size)", "\(category.prefix(2).uppercased())-\(1_000 + index)", category,
      "piece", "\(Int.random(in: 40...4_000, using: &random)).00", sentence(using: &random),
    ]
  }

  /// A deal with one of the first so many accounts, under ``dealColumns``.
  package func deal(_ index: Int, accounts: Int, products: Int) -> [String] {
    var random = generator(table: 4, index)
    let account = Self.companyName(Int.random(in: 0..<accounts, using: &random))
    let product = self.product(Int.random(in: 0..<products, using: &random))[0]
    return [
      "\(product) for \(account) #\(index + 1)", account,
      random.choice(["Prospecting", "Engaging", "Engaging", "Won", "Lost"]),
      "\(Int.random(in: 2...400, using: &random) * 250).00",
      day(from: 2026, to: 2027, using: &random), product, random.choice(Self.nextActions),
    ]
  }

  /// Distinct for every index; the first 16,000 without a number.
  private static func companyName(_ index: Int) -> String {
    let first = firstParts[index % firstParts.count]
    let second = secondParts[index / firstParts.count % secondParts.count]
    let form = forms[index / (firstParts.count * secondParts.count) % forms.count]
    let round = index / (firstParts.count * secondParts.count * forms.count)
    return round == 0 ? "\(first)\(second) \(form)" : "\(first)\(second) \(form) \(round + 1)"
  }

  private func generator(table: UInt64, _ index: Int) -> SplitMix64 {
    SplitMix64(seed: seed &* 0x1_0000_01B3 ^ table << 56 ^ UInt64(index) &* 0x9E37_79B9)
  }

  private func day(from: Int, to: Int, using random: inout SplitMix64) -> String {
    let month = Int.random(in: 1...12, using: &random)
    let day = Int.random(in: 1...28, using: &random)
    let year = Int.random(in: from...to, using: &random)
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  private func sentence(using random: inout SplitMix64) -> String {
    "\(random.choice(Self.subjects)) \(random.choice(Self.predicates))."
  }
}
