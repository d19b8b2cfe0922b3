import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

@Suite("Exchange rates")
struct ExchangeRatesTests {
  @Test(
    "ORG-11: an amount is converted exactly, and rounded once, half to even",
    arguments: [
      ("1000.00 USD", "923.19"), ("-1000.00 USD", "-923.19"), ("12.34 EUR", "12.34"),
      // Quoted the other way round: 1 GBP = 1.19 EUR.
      ("100.00 GBP", "119.00"),
      // 1 EUR = 2 AUD, so a cent is half a cent: 0.5, 1.5 and 2.5 cents.
      ("0.01 AUD", "0.00"), ("0.03 AUD", "0.02"), ("0.05 AUD", "0.02"), ("-0.03 AUD", "-0.02"),
      // Currencies without cents, and with thousandths: 1 EUR = 160 JPY, 1 KWD = 3 EUR.
      ("100 JPY", "0.62"), ("8 JPY", "0.05"), ("1.005 KWD", "3.02"), ("0.005 KWD", "0.02"),
      ("92233720368547758.07 USD", "85149298715424444.30"),
    ])
  func conversion(amount: String, euros: String) throws {
    let rates = ExchangeRates(
      [
        try rate("EUR", "USD", "2026-03-12", "1.0832"),
        try rate("GBP", "EUR", "2026-03-12", "1.19"),
        try rate("EUR", "AUD", "2026-03-12", "2"), try rate("EUR", "JPY", "2026-03-12", "160"),
        try rate("KWD", "EUR", "2026-03-12", "3"),
      ], base: .euro)
    #expect(rates.base(try money(amount), on: try day("2026-03-12")) == (try money(euros + " EUR")))
  }

  @Test("ORG-11: the newest rate dated on or before the day counts, and before the first none")
  func dates() throws {
    let rates = ExchangeRates(
      [
        try rate("EUR", "USD", "2026-03-12", "1.25"), try rate("EUR", "USD", "2026-01-02", "1.00"),
        try rate("USD", "EUR", "2026-03-20", "0.5"),
      ], base: .euro)
    func euros(_ date: String) throws -> String? {
      rates.base(try money("100.00 USD"), on: try day(date))?.amountText
    }
    #expect(try euros("2026-01-01") == nil)
    #expect(try euros("2026-01-02") == "100.00")
    #expect(try euros("2026-03-11") == "100.00")
    #expect(try euros("2026-03-12") == "80.00")
    #expect(try euros("2026-03-19") == "80.00")
    // The newer of both directions.
    #expect(try euros("2026-03-20") == "50.00")
    #expect(rates.base(try money("1.00 CHF"), on: try day("2026-03-20")) == nil)
  }

  @Test(
    "ORG-11: what nobody quoted directly is compared through the currency with the newest rates")
  func crossRates() throws {
    let dollar = try #require(CurrencyCode("USD"))
    let central = [
      try rate("EUR", "USD", "2026-03-12", "1.0832"), try rate("EUR", "GBP", "2026-03-12", "0.85"),
    ]
    let pounds = try money("100.00 GBP")
    let late = try day("2026-04-01")
    #expect(
      ExchangeRates(central, base: dollar).base(pounds, on: late) == (try money("127.44 USD")))
    let through =
      central + [
        try rate("CHF", "USD", "2026-03-20", "1.1"), try rate("CHF", "GBP", "2026-03-21", "0.9"),
      ]
    #expect(
      ExchangeRates(through, base: dollar).base(pounds, on: late) == (try money("122.22 USD")))
    let early = try day("2026-03-20")
    #expect(
      ExchangeRates(through, base: dollar).base(pounds, on: early) == (try money("127.44 USD")))
    let direct = through + [try rate("GBP", "USD", "2020-01-01", "2")]
    #expect(ExchangeRates(direct, base: dollar).base(pounds, on: late) == (try money("200.00 USD")))
  }

  @Test("ORG-11: rates with all their digits lose nothing on the way through a third currency")
  func wideProducts() throws {
    let dollar = try #require(CurrencyCode("USD"))
    let rates = ExchangeRates(
      [
        try rate("GBP", "CHF", "2026-03-12", "0.123456789"),
        try rate("USD", "CHF", "2026-03-12", "0.987654321"),
      ], base: dollar)
    let pounds = Money(
      minorUnits: 123_456_789_012_345_678, currency: try #require(CurrencyCode("GBP")))
    #expect(
      rates.base(pounds, on: try day("2026-03-12"))
        == Money(minorUnits: 15_432_098_485_918_211, currency: dollar))
    // More than a 64-bit amount holds is missing rather than wrong.
    let huge = ExchangeRates(
      [try rate("GBP", "USD", "2026-03-12", "100000000")], base: dollar)
    #expect(huge.base(pounds, on: try day("2026-03-12")) == nil)
    #expect(throws: RateError.self) { try rate("GBP", "USD", "2026-03-12", "100000001") }
  }

  @Test("ORG-11: the largest rates with the most digits still have room, however they are joined")
  func largestRates() throws {
    let (unit, dinar) = (try #require(CurrencyCode("CLF")), try #require(CurrencyCode("UYW")))
    for (one, other) in [("CLF", "GBP"), ("GBP", "CLF")] {
      for (two, last) in [("GBP", "UYW"), ("UYW", "GBP")] {
        let rates = ExchangeRates(
          [
            try rate(one, other, "2026-03-12", "99999999.999999999"),
            try rate(two, last, "2026-03-12", "99999999.999999999"),
          ], base: dinar)
        for units in [Int64.max, 1] {
          _ = rates.base(
            Money(minorUnits: units, currency: unit), on: try day("2026-03-12"))
        }
      }
    }
  }

  @Test("ORG-11: what another program wrote and is no rate is none")
  func foreignRates() throws {
    let office = try TestOffice()
    try office.replica.write { transaction in
      try transaction.create(
        "rate",
        [
          FieldChange("currency", .set(.text("EUR"))),
          FieldChange("counter_currency", .set(.text("USD"))),
          FieldChange("date", .set(.date(try day("2026-03-12")))),
          FieldChange("value", .set(.decimal(try #require(DecimalNumber("9000000000"))))),
        ])
      try WorkspaceSettings.set(.fiscalYearStart, to: "13", in: transaction)
    }
    #expect(try office.replica.read { try ExchangeRate.all(in: $0.database) }.isEmpty)
    #expect(
      try office.replica.read { try WorkspaceSettings.fiscalYear(in: $0.database) }
        == FiscalYear(startMonth: 1))
  }

  @Test("ORG-11: one pair and day is one record, and a later rate takes its place")
  func records() throws {
    let office = try TestOffice()
    let first = try rate("EUR", "USD", "2026-03-12", "1.0832")
    try office.replica.write { try first.write(in: $0) }
    try office.replica.write { try rate("EUR", "USD", "2026-03-12", "1.09").write(in: $0) }
    let all = try office.replica.read { try ExchangeRate.all(in: $0.database) }
    #expect(all == [try rate("EUR", "USD", "2026-03-12", "1.09")])
    let rates = try office.replica.read { try ExchangeRates(in: $0.database) }
    #expect(rates.base(try money("109.00 USD"), on: first.day) == (try money("100.00 EUR")))
    try office.delete(ExchangeRate.kind, first.id)
    #expect(try office.replica.read { try ExchangeRate.all(in: $0.database) }.isEmpty)
    try office.replica.write { try first.write(in: $0) }
    #expect(try office.replica.read { try ExchangeRate.all(in: $0.database) } == [first])
  }

  @Test(
    "ORG-11: a rate is above zero and between two currencies",
    arguments: [
      ("EUR", "EUR", "1"), ("EUR", "USD", "0"), ("EUR", "USD", "-1"), ("EUR", "USD", "1000000001"),
    ])
  func refusals(one: String, other: String, value: String) throws {
    #expect(throws: RateError.self) { try rate(one, other, "2026-03-12", value) }
  }

  @Test("ORG-11: the central bank's XML is read, day by day")
  func xml() throws {
    let file = try read(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
      xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
      <gesmes:subject>Reference rates</gesmes:subject>
      <Cube><Cube time='2026-03-12'>
      <Cube currency='USD' rate='1.0832'/><Cube currency='JPY' rate='160.25'/>
      </Cube><Cube time="2026-03-11"><Cube currency="USD" rate="1.0810"/>
      <Cube currency="CHF" rate="none"/></Cube></Cube></gesmes:Envelope>
      """)
    #expect(
      file.rates == [
        try rate("EUR", "USD", "2026-03-12", "1.0832"),
        try rate("EUR", "JPY", "2026-03-12", "160.25"),
        try rate("EUR", "USD", "2026-03-11", "1.081"),
      ])
    #expect(file.rejections.map(\.line) == [7])
    #expect(file.rejections.map(\.reason) == ["“none” is no rate."])
  }

  @Test("ORG-11: an XML file that is cut or names an entity is no file of rates")
  func brokenXML() throws {
    #expect(throws: RateError.self) { try read("<Cube><Cube time='2026-03-12'>") }
    #expect(throws: RateError.self) { try read("<a>no rates</a>") }
    let outside = """
      <!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>
      <Cube time='2026-03-12'><Cube currency='USD' rate='1.1'/>&b;</Cube>
      """
    #expect((try? read(outside))?.rates.count ?? 0 <= 1)
  }

  @Test("ORG-11: CSV is read with a row a rate or a column a currency, rejects told by line")
  func csv() throws {
    let narrow = try read(
      """
      date,currency,rate,base
      2026-03-12,USD,1.0832,
      2026-03-12,usd,1.27,GBP
      2026-03-12,DOLLAR,1.1,
      yesterday,USD,1.1,
      2026-03-12,CHF,0,
      2026-03-12,USD,1.0840,
      """)
    #expect(
      narrow.rates == [
        try rate("EUR", "USD", "2026-03-12", "1.084"), try rate("GBP", "USD", "2026-03-12", "1.27"),
      ])
    #expect(narrow.rejections.map(\.line) == [4, 5, 6])
    let wide = try read(
      "Date,USD,CYP,JPY,\r\n2026-03-12,1.0832,N/A,160.25,\r\n2026-03-11,1.081,,,\r\n")
    #expect(
      wide.rates == [
        try rate("EUR", "USD", "2026-03-12", "1.0832"),
        try rate("EUR", "JPY", "2026-03-12", "160.25"),
        try rate("EUR", "USD", "2026-03-11", "1.081"),
      ])
    #expect(wide.rejections.isEmpty)
    #expect(throws: RateError.self) { try read("name,city\nMüller,Bremen\n") }
  }

  private func read(_ text: String) throws -> RateFile {
    var rest = [Array(text.utf8)]
    return try RateFile(reading: { rest.popLast() ?? [] }, base: .euro)
  }

  private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

  private func money(_ text: String) throws -> Money {
    try #require(ValueReader(currency: .euro).money(text))
  }

  private func rate(
    _ currency: String, _ counter: String, _ date: String, _ value: String
  ) throws -> ExchangeRate {
    try ExchangeRate(
      try #require(CurrencyCode(currency)), in: try #require(CurrencyCode(counter)),
      on: try day(date), try #require(DecimalNumber(value)))
  }
}
