import CRDTCore
import CRMDomain
import Foundation
import Testing

@Suite("ValueReader")
struct ValueReaderTests {
  private func text(
    _ text: String, _ format: FieldFormat, _ order: ValueReader.DateOrder = .ymd
  ) -> String? {
    let reader = ValueReader(
      currency: .euro, dateOrder: order, timeZone: TimeZone(secondsFromGMT: 3600) ?? .gmt)
    return reader.value(of: text, as: format)?.text(of: Field.probe(format))
  }

  @Test(
    "amounts are read exactly, with a currency or without",
    arguments: [
      ("1250", "1250.00 EUR"), ("1,250.5", "1250.50 EUR"), ("-3", "-3.00 EUR"),
      ("€ 6,250", "6250.00 EUR"), ("6250 USD", "6250.00 USD"), ("$-5", "-5.00 USD"),
      ("1'000'000.01", "1000000.01 EUR"), ("JPY 12", "12 JPY"), ("1100.040", "1100.04 EUR"),
      ("1.234", nil), ("12,34", nil), ("1,2345", nil), ("abc", nil), ("JPY 1.5", nil), ("", nil),
      ("92233720368547758.08", nil),
    ] as [(String, String?)])
  func money(input: String, output: String?) {
    #expect(text(input, .money) == output)
  }

  @Test(
    "numeric dates are read in the order told, and ISO dates always",
    arguments: [
      ("3/4/2017", .mdy, "2017-03-04"), ("3/4/2017", .dmy, "2017-04-03"),
      ("13.04.2017", .dmy, "2017-04-13"), ("2017/4/3", .ymd, "2017-04-03"),
      ("2017-04-03", .mdy, "2017-04-03"), ("10/20/2016 0:00", .mdy, "2016-10-20"),
      ("2016-10-20 00:00:00", .dmy, "2016-10-20"), ("13/4/2017", .mdy, nil),
      ("2/30/2017", .mdy, nil), ("3/4/17", .mdy, nil), ("3-4", .mdy, nil), ("today", .ymd, nil),
    ] as [(String, ValueReader.DateOrder, String?)])
  func dates(input: String, order: ValueReader.DateOrder, output: String?) {
    #expect(text(input, .date, order) == output)
  }

  @Test(
    "moments without an offset are those of the time zone told",
    arguments: [
      ("2026-03-13 14:30", "2026-03-13T13:30:00Z"),
      ("2026-03-13T14:30:05Z", "2026-03-13T14:30:05Z"),
      ("2026-03-13T14:30:05.250+02:00", "2026-03-13T12:30:05.250Z"),
      ("2026-03-13", "2026-03-12T23:00:00Z"),
      ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
      ("2026-03-13 25:00", nil), ("2026-03-13 14", nil),
    ] as [(String, String?)])
  func instants(input: String, output: String?) {
    #expect(text(input, .instant) == output)
  }

  @Test(
    "flags, numbers, choices and states are read by their words",
    arguments: [
      ("Yes", .bool, "yes"), ("0", .bool, "no"), ("maybe", .bool, nil), ("1,200", .integer, "1200"),
      ("1.5", .integer, nil), ("30 %", .percent, "30"),
      ("On completion", .choice(["on_completion"]), "on_completion"),
      ("nothing", .choice(["on_completion"]), nil), ("Mu\u{308}ller", .text, "Müller"),
    ] as [(String, FieldFormat, String?)])
  func words(input: String, format: FieldFormat, output: String?) {
    #expect(text(input, format) == output)
  }

  @Test(
    "structures are read from plain text or part by part",
    arguments: [
      ("Anke Dörr", .personName, "given=Anke; family=Dörr"),
      ("Anke Maria Dörr", .personName, "given=Anke Maria; family=Dörr"),
      ("Cher", .personName, "family=Cher"),
      ("given=Anke; family=Dörr; prefix=Dr.", .personName, "prefix=Dr.; given=Anke; family=Dörr"),
      ("Kaistr. 5, Hamburg", .address, "street=Kaistr. 5, Hamburg"),
      ("street=Kaistr. 5; city=Hamburg", .address, "street=Kaistr. 5; city=Hamburg"),
      ("mobile: +49 40 555", .contactPoint, "kind=mobile; value=+49 40 555"),
      ("anke@example.com", .contactPoint, "value=anke@example.com"),
      ("planet=Earth", .address, nil),
    ] as [(String, StructureFormat, String?)])
  func structures(input: String, format: StructureFormat, output: String?) {
    #expect(format.value(of: input).map(format.exactText) == output)
  }

  @Test("names fold without case and accents")
  func folding() {
    #expect(NameFolding.folded("MÜLLER & Söhne") == NameFolding.folded("Muller & so\u{308}hne"))
    #expect(NameFolding.folded("Acme") != NameFolding.folded("Acne"))
  }
}

extension Field {
  /// A field of a format, for its texts.
  fileprivate static func probe(_ format: FieldFormat) -> Field {
    EntityCatalog.standard.entities.lazy.flatMap(\.fields).first { $0.format == format }
      ?? EntityCatalog.standard.entities[0].fields[0]
  }
}
