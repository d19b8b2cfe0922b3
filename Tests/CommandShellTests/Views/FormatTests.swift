import CRDTCore
import CommandShell
import Testing

@Suite("PeopleFormat")
struct PeopleFormatTests {
  private func format() throws -> PeopleFormat { PeopleFormat(calendar: try .sample()) }

  @Test(
    "days are said as people say them",
    arguments: [
      ("2026-03-12", "today", "Thu 12 Mar"), ("2026-03-13", "tomorrow", "Fri 13 Mar"),
      ("2026-03-11", "yesterday", "Wed 11 Mar"), ("2026-03-20", "Fri 20 Mar", "Fri 20 Mar"),
      ("2027-01-01", "Fri 1 Jan 2027", "Fri 1 Jan 2027"),
    ])
  func days(date: String, relative: String, plain: String) throws {
    let day = try #require(CivilDate(date))
    #expect(try format().day(day) == relative)
    #expect(try format().weekdayAndDate(day) == plain)
  }

  @Test("moments have the precision their reader needs")
  func moments() throws {
    let format = try format()
    let day = try #require(CivilDate("2026-03-11"))
    let instant = format.calendar.instant(on: day, second: 18 * 3_600 + 42 * 60 + 5)
    #expect(format.moment(instant) == "yesterday 18:42")
    #expect(format.dayOrMoment(instant) == "yesterday 18:42")
    #expect(format.dayOrMoment(format.calendar.instant(on: day)) == "yesterday")
    #expect(format.stamp(instant) == "Wed 11 Mar 18:42:05")
    #expect(format.time(instant) == "18:42")
    #expect(format.timestamp(instant) == "2026-03-11T18:42:05+01:00")
    #expect(format.age(of: instant) == "14 h")
    #expect(try format.resolved(#require(CivilDate("2026-03-13"))) == "Fri 2026-03-13")
  }

  @Test(
    "ages have one unit, durations two",
    arguments: [
      (0, "now", "0 s"), (2_000, "2 s", "2 s"), (61_000, "1 min", "1 min 1 s"),
      (16_117_691, "4 h", "4 h 28 min"), (86_400_000, "24 h", "1 d"),
      (270_000_000, "3 d", "3 d 3 h"), (-5_000, "now", "5 s"),
      (315_532_800_000, "3652 d", "10 y 2 d"),
    ])
  func spans(milliseconds: Int64, age: String, duration: String) {
    #expect(PeopleFormat.age(milliseconds: milliseconds) == age)
    #expect(PeopleFormat.duration(milliseconds: milliseconds) == duration)
  }

  @Test(
    "amounts show their currency, thousands, and minor units where there are any",
    arguments: [
      ("18400", "€18,400"), ("6250.50", "€6,250.50"), ("-3", "-€3"), ("-0.05", "-€0.05"),
      ("CHF 1200", "CHF 1,200"), ("¥1234567", "¥1,234,567"), ("999", "€999"),
      ("1.5 KWD", "KWD 1.500"),
    ])
  func money(typed: String, shown: String) throws {
    #expect(PeopleFormat.money(try AmountReader(currency: .euro).money(typed)) == shown)
  }

  @Test("numbers are grouped by thousands")
  func numbers() throws {
    #expect(PeopleFormat.number(8_800) == "8,800")
    #expect(PeopleFormat.number(-1_000_000) == "-1,000,000")
    #expect(PeopleFormat.number(Int64.min) == "-9,223,372,036,854,775,808")
    #expect(PeopleFormat.number(try #require(DecimalNumber("-1250.50"))) == "-1,250.50")
  }
}

@Suite("JSONView")
struct JSONViewTests {
  @Test("members keep their order; text is escaped; there are no spaces")
  func writing() throws {
    let value: JSONValue = [
      "schema": "kith.list/1", "count": 2, "open": true, "as_of": nil,
      "rows": [["z": "a\"\\\n\r\t\u{1}\u{7F}é😀"], []],
    ]
    #expect(
      JSONView.text(value)
        == #"{"schema":"kith.list/1","count":2,"open":true,"as_of":null,"#
        + #""rows":[{"z":"a\"\\\n\r\t\u0001\u007fé😀"},[]]}"#)
    var lines = ""
    JSONView.writeLine(["a": 1], to: &lines)
    JSONView.writeLine(["a": 2], to: &lines)
    #expect(lines == "{\"a\":1}\n{\"a\":2}\n")
  }

  @Test("stored values are written without floating point and with full ids")
  func values() throws {
    let format = PeopleFormat(calendar: try .sample())
    func text(_ value: Value) -> String { JSONView.text(JSONValue(value, format: format)) }
    #expect(text(.null) == "null")
    #expect(
      text(.money(Money(minorUnits: 1_800_000, currency: .euro)))
        == #"{"amount":"18000.00","currency":"EUR"}"#)
    #expect(text(.decimal(try #require(DecimalNumber("12.50")))) == #""12.50""#)
    #expect(text(.integer(.max)) == "9223372036854775807")
    #expect(text(.date(try #require(CivilDate("2026-03-13")))) == #""2026-03-13""#)
    #expect(text(.instant(format.calendar.now)) == #""2026-03-12T09:40:00+01:00""#)
    #expect(text(.reference(RecordID(rawValue: 7))) == "\"00000000000000000000000007\"")
    #expect(
      text(.structure([StructurePart(name: "city", value: .text("Kiel"))])) == #"{"city":"Kiel"}"#)
  }
}

@Suite("RowWriter")
struct RowWriterTests {
  private let cells = ["a", "b,\"c\"", "d\ne\tf", "g|h\\", " i"]

  private func text(_ writer: RowWriter) -> String {
    var text = ""
    writer.writeHeader(["1", "2", "3", "4", "5"], to: &text)
    writer.write(cells, to: &text)
    return text
  }

  @Test("each dialect escapes what would break it")
  func dialects() {
    #expect(text(.csv) == "1,2,3,4,5\na,\"b,\"\"c\"\"\",\"d\ne\tf\",g|h\\,\" i\"\n")
    #expect(text(.tsv) == "1\t2\t3\t4\t5\na\tb,\"c\"\td\\ne\\tf\tg|h\\\\\t i\n")
    #expect(
      text(.markdown)
        == "| 1 | 2 | 3 | 4 | 5 |\n| --- | --- | --- | --- | --- |\n"
        + "| a | b,\"c\" | d e f | g\\|h\\\\ |  i |\n")
  }
}
