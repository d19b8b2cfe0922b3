package import CRDTCore
package import GRDB
package import ReplicaStore

/// What one currency was worth in another on a day: 1 EUR = 1.0832 USD on 2026-03-12.
///
/// Kept as it was quoted, so that nothing is lost to a division; one pair and day is one record,
/// whichever node it is set on.
package struct ExchangeRate: Hashable, Sendable {
  /// The kind of the records.
  package static let kind = "rate"

  /// The currency of which one is worth ``value``.
  package let currency: CurrencyCode
  /// The currency in which it is told.
  package let counter: CurrencyCode
  package let day: CivilDate
  /// More than 0, at most ``valueMax``.
  package let value: DecimalNumber

  /// More than any currency is worth in another; leaves room for exact products of two rates.
  private static let valueMax = DecimalNumber(100_000_000)

  /// - Throws: ``RateError``.
  package init(
    _ currency: CurrencyCode, in counter: CurrencyCode, on day: CivilDate, _ value: DecimalNumber
  ) throws(RateError) {
    guard currency != counter else { throw .sameCurrency(currency) }
    guard value > DecimalNumber(0), value <= Self.valueMax else { throw .wrongValue("\(value)") }
    self.currency = currency
    self.counter = counter
    self.day = day
    self.value = value
  }

  /// The record that it is or will be.
  package var id: RecordID {
    RecordID(
      derivedFrom: Self.kind,
      ["\(currency)", "\(counter)", "\(day)"].map { Array($0.utf8) })
  }

  /// The rates that the workspace knows, by pair and day.
  package static func all(in database: Database) throws -> [ExchangeRate] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT currency, counter_currency, date, value FROM rate
        WHERE _hidden IS NULL ORDER BY currency, counter_currency, date, id
        """)
    var rates: [ExchangeRate] = []
    while let row = try rows.next() {
      guard let currency = (row[0] as String?).flatMap({ CurrencyCode($0) }),
        let counter = (row[1] as String?).flatMap({ CurrencyCode($0) }),
        let day = (row[2] as String?).flatMap({ CivilDate($0) }),
        let value = (row[3] as String?).flatMap({ DecimalNumber($0) }),
        // What an entry of another program may hold and no rate is, is none.
        let rate = try? ExchangeRate(currency, in: counter, on: day, value)
      else { continue }
      rates.append(rate)
    }
    return rates
  }

  /// Sets the rate, from what is known of it now.
  package func write(in transaction: Transaction) throws {
    let state = try transaction.snapshot.record(Self.kind, id)
    var changes = [FieldChange("value", .set(.decimal(value)))]
    if state == nil {
      changes =
        [
          FieldChange("currency", .set(.text("\(currency)"))),
          FieldChange("counter_currency", .set(.text("\(counter)"))),
          FieldChange("date", .set(.date(day))),
        ] + changes
    }
    if let state, state.isDeleted {
      try transaction.restore(Self.kind, id, basis: state.basis, changes)
    } else {
      try transaction.edit(Self.kind, id, basis: state?.basis ?? Basis(), changes)
    }
  }
}

/// A rate that is none; nothing was stored.
package enum RateError: Error, Hashable, Sendable {
  case unknownCurrency(String)
  case sameCurrency(CurrencyCode)
  case wrongValue(String)
  /// A file that holds no rates.
  case unreadableFile(reason: String)
}

extension RateError: UserFacingError {
  package var summary: String {
    switch self {
    case .unknownCurrency(let text): "“\(text)” is no currency's code."
    case .sameCurrency(let currency): "One \(currency) is always worth one \(currency)."
    case .wrongValue(let text): "“\(text)” is no rate."
    case .unreadableFile(let reason): "The file holds no rates: \(reason)."
    }
  }

  package var hint: String? {
    switch self {
    case .unknownCurrency: "Give three letters of ISO 4217, such as USD."
    case .sameCurrency: "Name two currencies, as in: rate set EUR USD 1.0832"
    case .wrongValue: "Give a number above 0 with a point, such as 1.0832."
    case .unreadableFile:
      "Give the central bank's XML, or CSV with the columns date, currency, rate."
    }
  }
}
