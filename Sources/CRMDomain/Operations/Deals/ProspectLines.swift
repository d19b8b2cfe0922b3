package import CRDTCore
package import GRDB

/// What a deal is likely to hold, line by line.
package struct ProspectLines: Sendable {
  /// One line, as far as it is reckoned with.
  package struct Line: Hashable, Sendable {
    package let id: RecordID
    package let product: RecordID?
    package let quantity: DecimalNumber
    package let unitPrice: Money?
    package let discountPercent: DecimalNumber
    package let isOptional: Bool

    /// Quantity × price × (1 − discount), rounded once, half to even; `nil` without a price.
    package var net: Money? {
      guard let unitPrice else { return nil }
      let scale = Self.power(Int(quantity.scale)) * Self.power(Int(discountPercent.scale)) * 100
      let kept = 100 * Self.power(Int(discountPercent.scale)) - Int128(discountPercent.mantissa)
      // A peer's numbers may be any: what is beyond all amounts is no amount.
      let (amount, isBeyond) = Int128(quantity.mantissa).multipliedReportingOverflow(
        by: Int128(unitPrice.minorUnits))
      let (product, isTooMuch) = amount.multipliedReportingOverflow(by: kept)
      guard !isBeyond, !isTooMuch,
        let units = Int64(exactly: Fraction.rounded(product, by: scale))
      else { return nil }
      return Money(minorUnits: units, currency: unitPrice.currency)
    }

    private static func power(_ exponent: Int) -> Int128 {
      (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 }
    }
  }

  /// In their order.
  package let lines: [Line]

  package init(of deal: RecordID, in database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT l.id, l.product, l.quantity,
          IFNULL(l.unit_price, p.price), IFNULL(l.unit_price_currency, p.price_currency),
          l.discount_percent, l.optional
        FROM prospect_line l LEFT JOIN product p ON p.id = l.product
        WHERE l.deal = ? AND l._hidden IS NULL ORDER BY l.position IS NULL, l.position, l.id
        """, arguments: [deal.databaseValue])
    lines = rows.compactMap { row in
      guard let id = RecordID(row[0] as DatabaseValue) else { return nil }
      var price: Money?
      if let units: Int64 = row[3], let currency = (row[4] as String?).flatMap({ CurrencyCode($0) })
      {
        price = Money(minorUnits: units, currency: currency)
      }
      return Line(
        id: id, product: RecordID(row[1] as DatabaseValue),
        quantity: (row[2] as String?).flatMap { DecimalNumber($0) } ?? DecimalNumber(1),
        unitPrice: price,
        discountPercent: (row[5] as String?).flatMap { DecimalNumber($0) } ?? DecimalNumber(0),
        isOptional: row[6] ?? false)
    }
  }

  /// The sum of the lines that are not optional; `nil` where they have several currencies, no price, or there
  /// are none.
  package var total: Money? {
    let counted = lines.filter { !$0.isOptional }
    var sum: Money?
    for line in counted {
      guard let net = line.net, sum.map({ $0.currency == net.currency }) ?? true else { return nil }
      let (units, isTooMuch) = (sum?.minorUnits ?? 0).addingReportingOverflow(net.minorUnits)
      guard !isTooMuch else { return nil }
      sum = Money(minorUnits: units, currency: net.currency)
    }
    return sum
  }
}
