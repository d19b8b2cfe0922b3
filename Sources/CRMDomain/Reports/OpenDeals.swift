import CRDTCore
import GRDB

/// The open deals of a request, with what they would bring.
struct OpenDeals {
  struct Figure {
    var count = 0
    var withoutAmount = 0
    /// In minor units of the base currency.
    var value: Int128 = 0
    var weightedParts: Int128 = 0
    var records: [RecordID] = []

    /// In minor units of the base currency.
    var weighted: Int128 { Fraction.rounded(weightedParts, by: OpenDeals.weightScale) }
  }

  /// Chances are percent with up to nine digits behind the point.
  static let weightScale: Int128 = 100_000_000_000

  /// One open deal.
  struct Deal {
    let id: RecordID
    let key: [DatabaseValue]
    /// In minor units of the base currency; `nil` of one without an amount, or without a rate for it.
    let value: Int128?
    /// Its chance in percent, times a thousand million.
    let chance: Int128
    let targetClose: CivilDate?

    var weighted: Int128 { (value ?? 0) * chance }
  }

  let deals: [Deal]
  let groups: [[DatabaseValue]: Figure]
  let whole: Figure

  init(_ figures: DealFigures, where narrowing: String? = nil) throws {
    let rows = try figures.rows.each(
      """
      t.amount_currency, t.amount, t.id, IFNULL(t.probability_override, \(figures.stage).probability),
      t.target_close
      """,
      where: "\(figures.stage).kind = 'open'" + (narrowing.map { " AND \($0)" } ?? ""))
    let today = figures.request.today
    deals = rows.compactMap { row in
      let fields = row.dropFirst(figures.keyCount)
      let place = fields.startIndex
      guard let id = RecordID(fields[place + 2]) else { return nil }
      return Deal(
        id: id, key: Array(row.prefix(figures.keyCount)),
        value: figures.base(fields, count: 1, on: today).map { Int128($0.minorUnits) },
        chance: fields[place + 3].decimal.map(Self.thousandMillionths) ?? 0,
        targetClose: fields[place + 4].day)
    }
    var groups: [[DatabaseValue]: Figure] = [:]
    var whole = Figure()
    var seen: Set<RecordID> = []
    for deal in deals {
      groups[deal.key, default: Figure()].add(deal)
      if seen.insert(deal.id).inserted { whole.add(deal) }
    }
    self.groups = groups
    self.whole = whole
  }

  private static func thousandMillionths(_ number: DecimalNumber) -> Int128 {
    let parts = (number.scale..<DecimalNumber.scaleMax).reduce(Int128(number.mantissa)) {
      parts, _ in
      parts * 10
    }
    // A peer's chance may be any number.
    return min(max(parts, 0), weightScale)
  }
}

extension OpenDeals.Figure {
  mutating func add(_ deal: OpenDeals.Deal) {
    count += 1
    if deal.value == nil { withoutAmount += 1 }
    value += deal.value ?? 0
    weightedParts += deal.weighted
    records.append(deal.id)
  }
}
