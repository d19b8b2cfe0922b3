import CRDTCore
import TestSupport
import Testing

@Suite("Values")
struct ValueTests {
  @Test("the encoding of a value is one, and survives damage", arguments: Seed.all)
  func codec(_ seed: Seed) {
    var random = seed.generator()
    for _ in 0..<8 {
      var writer = ByteWriter()
      writer.write(value: .random(using: &random))
      #expect(
        CRDTLaws.violation(ofDecoding: writer.bytes) { bytes in
          reencoded(bytes, { try $0.readValue() }, { $0.write(value: $1) })
        } == nil)
    }
  }

  @Test("equal values have equal hashes", arguments: Seed.all)
  func hashing(_ seed: Seed) {
    var random = seed.generator()
    let values = (0..<30).map { _ in Value.random(using: &random) }
    for one in values {
      for two in values where one == two { #expect(one.hashValue == two.hashValue) }
    }
  }

  @Test("structures nest only as deep as the limit")
  func depth() {
    func nested(_ depth: Int) -> Value {
      depth == 0
        ? .null : .structure([StructurePart(name: "part", value: nested(depth - 1))])
    }
    for (depth, isTaken) in [(Limits.depthMax, true), (Limits.depthMax + 1, false)] {
      var writer = ByteWriter()
      writer.write(value: nested(depth))
      #expect(
        (reencoded(writer.bytes, { try $0.readValue() }, { $0.write(value: $1) }) != nil) == isTaken
      )
    }
  }

  @Test("a text of fewer than 128 bytes has only its short form")
  func longTextForm() {
    var reader = ByteReader([5, 1, 0x61])
    #expect(throws: MalformedBytes.self) { try reader.readValue() }
  }
}

@Suite("DecimalNumber")
struct DecimalNumberTests {
  @Test(
    "a number reads and shows every digit typed",
    arguments: [
      ("0", 0, 0), ("12.50", 1250, 2), ("-12.50", -1250, 2), ("-0.05", -5, 2),
      ("0.000000001", 1, 9),
      ("9223372036854775807", .max, 0), ("-9223372036854775808", .min, 0),
      ("-9223372036.854775808", .min, 9),
    ] as [(String, Int64, UInt8)])
  func reading(text: String, mantissa: Int64, scale: UInt8) throws {
    let number = try #require(DecimalNumber(text))
    #expect(number.mantissa == mantissa)
    #expect(number.scale == scale)
    #expect(number.description == text)
  }

  @Test("a plus sign and leading zeros are taken")
  func leniency() {
    #expect(DecimalNumber("+007.5")?.description == "7.5")
    #expect(DecimalNumber("-0")?.description == "0")
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "-", "+", ".5", "5.", "1.2.3", "1,5", "1e5", " 1", "1 ", "--1", "+-1", "٣", "0x1",
      "1.0000000000", "9223372036854775808", "99999999999999999999",
    ])
  func refusal(text: String) { #expect(DecimalNumber(text) == nil) }

  @Test(
    "numbers compare by what they are worth, not by their digits",
    arguments: [
      ("1.5", "1.50"), ("0", "0.000000000"), ("-2", "-2.0"),
      ("9223372036854775807", "9223372036854775807"),
    ])
  func equality(one: String, two: String) throws {
    let (one, two) = (try #require(DecimalNumber(one)), try #require(DecimalNumber(two)))
    #expect(one == two)
    #expect(one.hashValue == two.hashValue)
    #expect(!(one < two) && !(two < one))
  }

  @Test("the extremes compare without overflow")
  func extremes() throws {
    let rising = [
      "-9223372036854775808", "-0.000000001", "0", "0.000000001", "9223372036854775807",
    ]
    .compactMap { DecimalNumber($0) }
    #expect(rising.count == 5)
    #expect(rising == rising.sorted())
    #expect(DecimalNumber(mantissa: 1, scale: 10) == nil)
  }
}

@Suite("Money")
struct MoneyTests {
  @Test(
    "an amount shows the digits that its currency has",
    arguments: [
      (1_800_000, "EUR", "18000.00 EUR"), (-5, "EUR", "-0.05 EUR"), (1_800, "JPY", "1800 JPY"),
      (1_234, "KWD", "1.234 KWD"), (.min, "EUR", "-92233720368547758.08 EUR"),
    ] as [(Int64, String, String)])
  func amounts(minorUnits: Int64, code: String, text: String) throws {
    let currency = try #require(CurrencyCode(code))
    #expect(Money(minorUnits: minorUnits, currency: currency).description == text)
  }

  @Test("a code is three capital letters", arguments: ["", "EU", "EURO", "eur", "EÜR", "E1R"])
  func malformedCodes(text: String) { #expect(CurrencyCode(text) == nil) }

  @Test("codes order alphabetically and read back")
  func codes() throws {
    let codes = try ["CHF", "EUR", "USD"].map { try #require(CurrencyCode($0)) }
    #expect(codes == codes.sorted())
    #expect(codes.map(\.description) == ["CHF", "EUR", "USD"])
    #expect(codes[1] == .euro)
  }
}

@Suite("CivilDate")
struct CivilDateTests {
  @Test(
    "days count from 1970 as every calendar does",
    arguments: [
      ("1970-01-01", 0, 4), ("1969-12-31", -1, 3), ("2000-02-29", 11_016, 2),
      ("2026-03-13", 20_525, 5), ("0001-01-01", -719_162, 1), ("9999-12-31", 2_932_896, 5),
    ] as [(String, Int32, Int)])
  func days(text: String, days: Int32, weekday: Int) throws {
    let date = try #require(CivilDate(text))
    #expect(date.days == days)
    #expect(date.weekday == weekday)
    #expect(date.description == text)
  }

  @Test("every day of four centuries reads back, one after another")
  func everyDay() throws {
    let first = try #require(CivilDate("1899-12-31"))
    var previous = first.parts
    for offset in 1...146_097 {
      let date = CivilDate(days: first.days + Int32(offset))
      let (year, month, day) = date.parts
      let follows =
        day == previous.day + 1 && month == previous.month && year == previous.year
        || day == 1
          && previous.day == CivilDate.dayCount(year: previous.year, month: previous.month)
          && (month == previous.month + 1 && year == previous.year
            || month == 1 && previous.month == 12 && year == previous.year + 1)
      guard follows, CivilDate(year: year, month: month, day: day) == date else {
        Issue.record("\(previous) is followed by \(date)")
        return
      }
      previous = date.parts
    }
  }

  @Test(
    "text that is no day is refused",
    arguments: [
      "", "2026-3-13", "26-03-13", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10",
      "2026-01-32", "2026-01-00", "0000-01-01", "2026-01-01-", "2026/01/01", "+026-01-01",
      "2026-01-0١",
    ])
  func malformed(text: String) { #expect(CivilDate(text) == nil) }

  @Test("a stored day of any number shows without a trap", arguments: [Int32.min, -800_000, .max])
  func anyDay(days: Int32) { #expect(!CivilDate(days: days).description.isEmpty) }
}
