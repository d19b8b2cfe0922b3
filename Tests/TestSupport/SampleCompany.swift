package import CRDTCore
package import Foundation

/// A made-up company of any size with two years of its work behind it, the same for the same seed: its people,
/// customers and their people, deals that went through their stages, and what was said on the way.
///
/// Each row is a function of the seed and the row's place, so the tables are written as they are made. For
/// every account there are two contacts, one and a half deals and five engagements.
package struct SampleCompany: Sendable {
  /// One of its tables, in the order in which they refer to each other.
  package enum Table: String, CaseIterable, Sendable {
    case users, products, accounts, contacts, deals, engagements
  }

  private let seed: UInt64
  private let data: SampleData
  /// How many accounts there are.
  package let accountCount: Int
  /// The day on which its history ends.
  package let today: CivilDate
  private static let historyDays: Int32 = 730

  package init(accounts: Int, today: CivilDate, seed: UInt64 = 1) {
    self.seed = seed
    self.today = today
    accountCount = accounts
    data = SampleData(seed: seed)
  }

  /// How many rows a table has.
  package func count(of table: Table) -> Int {
    switch table {
    case .users: max(4, min(200, accountCount / 500))
    case .products: max(8, min(400, accountCount / 100))
    case .accounts: accountCount
    case .contacts: accountCount * 2
    case .deals: accountCount * 3 / 2
    case .engagements: accountCount * 5
    }
  }

  /// What a table's columns are called: the catalogue's fields, and the days of a deal's stages.
  package func columns(of table: Table) -> [String] {
    switch table {
    case .users: ["name", "region"]
    case .products: SampleData.productColumns
    case .accounts: SampleData.accountColumns + ["owner", "country"]
    case .contacts: SampleData.contactColumns
    case .deals:
      [
        "number", "name", "account", "owner", "stage", "amount", "source", "products",
        "competitors",
        "close_reason", "prospected", "engaged_on", "close_date", "target_close", "next_action",
      ]
    case .engagements:
      [
        "number", "subject", "date_time", "type", "direction", "account", "users", "duration",
        "sentiment",
      ]
    }
  }

  /// One row of a table, under its columns.
  package func row(_ index: Int, of table: Table) -> [String] {
    switch table {
    case .users: [Self.userName(index), Self.regions[index % Self.regions.count]]
    case .products: data.product(index)
    case .accounts: account(index)
    case .contacts: data.contact(index, accounts: accountCount)
    case .deals: deal(index)
    case .engagements: engagement(index)
    }
  }

  /// Writes a table as comma-separated values with a header, row by row.
  package func write(_ table: Table, to file: URL) throws {
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    let handle = try FileHandle(forWritingTo: file)
    defer { try? handle.close() }
    var text = SampleData.Table.line(of: columns(of: table))
    for index in 0..<count(of: table) {
      text += SampleData.Table.line(of: row(index, of: table))
      if text.utf8.count > 1 << 20 {
        try handle.write(contentsOf: Data(text.utf8))
        text = ""
      }
    }
    try handle.write(contentsOf: Data(text.utf8))
  }
}

// MARK: - Rows

extension SampleCompany {
  private static let regions = ["north", "south", "east", "west"]
  private static let sources = ["web", "trade fair", "referral", "cold call", "campaign"]
  private static let competitors = ["Hydro Nord", "Pumpenwerk", "FlowTec"]
  private static let lossReasons = ["price", "timing", "no budget", "competitor"]
  private static let countries = ["DE", "DK", "FR", "SE", "PL"]
  private static let sentiments = ["positive", "neutral", "neutral", "negative", ""]

  private static func userName(_ index: Int) -> String {
    let given = SampleData.givenNames[index % SampleData.givenNames.count]
    let family = SampleData.familyNames[
      (index / SampleData.givenNames.count + 7) % SampleData.familyNames.count]
    return "\(given) von \(family)"
  }

  private func generator(_ table: UInt64, _ index: Int) -> SplitMix64 {
    SplitMix64(seed: seed &* 0x1_0000_01B3 ^ table << 48 ^ UInt64(index) &* 0x9E37_79B9)
  }

  private func owner(of account: Int) -> String {
    Self.userName(account % count(of: .users))
  }

  private func account(_ index: Int) -> [String] {
    data.account(index) + [owner(of: index), Self.countries[index % Self.countries.count]]
  }

  /// A deal that began on some day of the two years: later days are likelier, and spring and autumn.
  private func deal(_ index: Int) -> [String] {
    var random = generator(1, index)
    let account = Int.random(in: 0..<accountCount, using: &random)
    let began = today.days - Self.historyDays + self.began(using: &random)
    let engaged = began + Int32.random(in: 2...40, using: &random)
    let closed = engaged + Int32.random(in: 5...150, using: &random)
    let product = data.product(Int.random(in: 0..<count(of: .products), using: &random))[0]
    let isWon = random.chance(58)
    let isClosed = closed < today.days && random.chance(92)
    let stage =
      isClosed ? isWon ? "Won" : "Lost" : engaged < today.days ? "Engaging" : "Prospecting"
    let target = isClosed ? closed : max(closed, today.days + Int32(index % 120) - 14)
    func day(_ days: Int32, if isThere: Bool) -> String {
      isThere ? CivilDate(days: days).description : ""
    }
    // Few are large: a product of two draws.
    let size =
      Int.random(in: 2...40, using: &random) * Int.random(in: 1...60, using: &random) * 50
    return [
      "OP-\(100_000 + index)", "\(product) for account \(account + 1)", data.account(account)[0],
      owner(of: account), stage, "\(size).00", random.choice(Self.sources), product,
      random.chance(30) ? random.choice(Self.competitors) : "",
      stage == "Lost" ? random.choice(Self.lossReasons) : "", day(began, if: true),
      day(engaged, if: stage != "Prospecting"), day(closed, if: isClosed), day(target, if: true),
      isClosed ? "" : random.choice(SampleData.nextActions),
    ]
  }

  private func began(using random: inout SplitMix64) -> Int32 {
    let draws = (0..<2).map { _ in Int32.random(in: 0..<Self.historyDays, using: &random) }
    let day = max(draws[0], draws[1])
    // Little begins in high summer.
    return (190...230).contains(day % 365) && random.chance(60) ? max(0, day - 60) : day
  }

  private func engagement(_ index: Int) -> [String] {
    var random = generator(2, index)
    let account = Int.random(in: 0..<accountCount, using: &random)
    let day = CivilDate(days: today.days - Int32.random(in: 0..<Self.historyDays, using: &random))
    let hour = Int.random(in: 8...17, using: &random)
    let type = random.choice(["call", "call", "mail", "mail", "meeting", "visit"])
    return [
      "EN-\(1_000_000 + index)", "\(random.choice(SampleData.needs)) (\(type))",
      "\(day)T\(hour < 10 ? "0" : "")\(hour):\(random.choice(["00", "15", "30"])):00Z", type,
      random.choice(["out", "out", "in"]), data.account(account)[0], owner(of: account),
      "\(random.choice([5, 10, 20, 45, 60, 90]))", random.choice(Self.sentiments),
    ]
  }
}
