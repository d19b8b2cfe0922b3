import CRDTCore
import CommandShell
import Testing

@Suite("AmountReader")
struct AmountReaderTests {
  private let reader = AmountReader(currency: .euro)

  @Test(
    "amounts are read exactly, in the currency they name or the workspace's",
    arguments: [
      ("1054", "1054.00 EUR"), ("10k", "10000.00 EUR"), ("1.5m", "1500000.00 EUR"),
      ("€6,250", "6250.00 EUR"), ("6250 EUR", "6250.00 EUR"), ("6250EUR", "6250.00 EUR"),
      ("EUR 12.5", "12.50 EUR"), ("-€3", "-3.00 EUR"), ("€-3", "-3.00 EUR"), ("−3", "-3.00 EUR"),
      ("$1,234,567.89", "1234567.89 USD"), ("1.25k USD", "1250.00 USD"),
      ("1.234567k kwd", "1234.567 KWD"), ("¥500", "500 JPY"), ("1.5k JPY", "1500 JPY"),
      ("2.125 BHD", "2.125 BHD"), ("5m MXN", "5000000.00 MXN"), ("5 MXN", "5.00 MXN"),
      ("3kKES", "3000.00 KES"), ("0.1", "0.10 EUR"), ("100 €", "100.00 EUR"),
      ("92233720368547758.07", "92233720368547758.07 EUR"), ("0", "0.00 EUR"),
    ])
  func amounts(text: String, expected: String) throws {
    #expect(try reader.money(text).description == expected)
  }

  @Test(
    "what could be meant in two ways, or not at all, is refused",
    arguments: [
      ("6.250", ReadingError.tooPrecise("6.250", currency: .euro)),
      ("0.001", .tooPrecise("0.001", currency: .euro)),
      ("6,25", .notAnAmount("6,25")), ("1,2345", .notAnAmount("1,2345")),
      (",5", .notAnAmount(",5")), ("1.2.3", .notAnAmount("1.2.3")), ("1.", .notAnAmount("1.")),
      ("", .notAnAmount("")), ("EUR", .notAnAmount("EUR")), ("ten", .notAnAmount("ten")),
      ("--5", .notAnAmount("--5")), ("€5 USD", .notAnAmount("€5 USD")),
      ("5 EUT", .unknownCurrency("EUT", nearest: ["EUR"])),
      ("5 apples", .unknownCurrency("apples", nearest: [])),
      ("92233720368547758.08", .notAnAmount("92233720368547758.08")),
      ("999999999999999999m", .tooLong("999999999999999999m")),
    ])
  func refusals(text: String, expected: ReadingError) {
    #expect(throws: expected) { try reader.money(text) }
  }

  @Test("a currency without minor units takes no digits behind the point")
  func yen() throws {
    let yen = try AmountReader(currency: AmountReader.currency(named: "jpy"))
    #expect(try yen.money("6,250") == Money(minorUnits: 6_250, currency: yen.currency))
    #expect(throws: ReadingError.tooPrecise("6.2", currency: yen.currency)) {
      try yen.money("6.2")
    }
  }

  @Test("numbers, percentages and whole numbers keep their digits")
  func numbers() throws {
    #expect(try AmountReader.decimal("1,250.50").description == "1250.50")
    #expect(try AmountReader.decimal("1.25k").description == "1250")
    #expect(try AmountReader.decimal("-0.125").description == "-0.125")
    #expect(try AmountReader.percent("80%").description == "80")
    #expect(try AmountReader.percent("12.5 %").description == "12.5")
    #expect(try AmountReader.integer("1,250") == 1_250)
    #expect(throws: ReadingError.notAWholeNumber("1.5")) { try AmountReader.integer("1.5") }
    #expect(throws: ReadingError.notANumber("5 EUR")) { try AmountReader.decimal("5 EUR") }
    #expect(throws: ReadingError.tooLong("0.1234567891")) {
      try AmountReader.decimal("0.1234567891")
    }
  }

  @Test("yes and no")
  func booleans() throws {
    for text in ["yes", "Y", "true", "on", "1"] { #expect(try AmountReader.boolean(text)) }
    for text in ["no", "n", "FALSE", "off", "0"] { #expect(try !AmountReader.boolean(text)) }
    #expect(throws: ReadingError.notYesOrNo("maybe")) { try AmountReader.boolean("maybe") }
  }
}
