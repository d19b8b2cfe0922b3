import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

@Suite("Settings")
struct SettingsTests {
  @Test(
    "ORG-10: a fiscal year may begin in any month, and bears the year in which it ends",
    arguments: [
      (1, "2026-01-01", 2026, 1), (1, "2026-12-31", 2026, 4), (4, "2026-03-31", 2026, 4),
      (4, "2026-04-01", 2027, 1), (4, "2026-12-31", 2027, 3), (12, "2026-11-30", 2026, 4),
      (12, "2026-12-01", 2027, 1), (2, "2028-02-29", 2029, 1), (2, "2028-01-31", 2028, 4),
    ])
  func fiscalYears(start: Int, day: String, year: Int, quarter: Int) throws {
    let fiscal = FiscalYear(startMonth: start)
    let day = try #require(CivilDate(day))
    #expect(fiscal.place(of: day) == (year, quarter))
    #expect(try #require(fiscal.days(of: year)).contains(day))
    for other in 1...4 {
      #expect(
        try #require(fiscal.days(of: year, quarter: other)).contains(day) == (other == quarter))
    }
  }

  @Test("ORG-10: the quarters of a fiscal year follow one another without a gap")
  func quarters() throws {
    for start in 1...12 {
      let fiscal = FiscalYear(startMonth: start)
      let year = try #require(fiscal.days(of: 2028))
      let quarters = try (1...4).map { try #require(fiscal.days(of: 2028, quarter: $0)) }
      #expect(quarters.first?.lowerBound == year.lowerBound)
      #expect(quarters.last?.upperBound == year.upperBound)
      for (one, next) in zip(quarters, quarters.dropFirst()) {
        #expect(one.upperBound.days + 1 == next.lowerBound.days)
      }
      #expect(fiscal.days(of: 2028, quarter: 5) == nil)
    }
  }

  @Test(
    "ORG-13: a setting is stored in one form, and what cannot be its value is refused",
    arguments: [
      ("currency", "usd", "USD"), ("currency", "dollar", nil), ("fiscal_year.start", "Apr", "4"),
      ("fiscal_year.start", "13", nil), ("fiscal_year.start", "12", "12"),
      ("time_zone", "Europe/Berlin", "Europe/Berlin"), ("time_zone", "Berlin", nil),
      ("company.iban", "de89370400440532013000", "DE89 3704 0044 0532 0130 00"),
      ("company.iban", "DE88 3704 0044 0532 0130 00", nil),
      ("company.bic", "cobadeffxxx", "COBADEFFXXX"), ("company.bic", "COBA", nil),
      ("company.email", "sales@Pumps.Example", "sales@pumps.example"),
      ("company.email", "sales at pumps", nil),
      ("company.phone", "0049 (40) 555-12", "+49 40 555 12"),
      ("company.web", "https://Pumps.example/en", "https://pumps.example/en"),
      ("company.web", "pumps", nil), ("phone.country", "49", "+49"), ("phone.country", "049", nil),
      ("working.days", "Mon-Thu, sat", "mon tue wed thu sat"), ("working.days", "noday", nil),
      ("working.hours", "8:30 - 17", "08:30-17:00"), ("working.hours", "17:00-8:00", nil),
      ("sla.quote_approval", "24", "24"), ("sla.quote_approval", "0", nil),
      ("sla.large_quote", "50000", "50000.00 EUR"), ("customer.automatic", "off", "no"),
      ("company.name", "Müller\nPumps", nil),
    ] as [(String, String, String?)])
  func values(key: String, text: String, stored: String?) throws {
    let format = try SettingKey(named: key).format
    let reader = ValueReader(currency: .euro)
    #expect(format.canonical(text, reader: reader) == stored)
    if let stored { #expect(format.canonical(stored, reader: reader) == stored) }
  }

  @Test(
    "ORG-14: every key has a meaning, an example that it takes, and a usual value that it takes")
  func table() throws {
    let reader = ValueReader(currency: .euro)
    for key in SettingKey.allCases {
      #expect(key.meaning.hasSuffix("."))
      #expect(key.format.canonical(key.format.example, reader: reader) != nil, "\(key)")
      if let usual = key.usual {
        #expect(key.format.canonical(usual, reader: reader) == usual, "\(key)")
      }
    }
    #expect(throws: SettingError.unknownKey("curency", closest: "currency")) {
      try SettingKey(named: "curency")
    }
  }

  @Test("ORG-10: what is set holds until it is taken back, and then what is usual")
  func setting() throws {
    let office = try TestOffice(currency: .euro)
    func month() throws -> Int {
      try office.replica.read { try WorkspaceSettings.fiscalYear(in: $0.database).startMonth }
    }
    #expect(try month() == 1)
    try office.replica.write { try WorkspaceSettings.set(.fiscalYearStart, to: "4", in: $0) }
    #expect(try month() == 4)
    try office.replica.write { try WorkspaceSettings.set(.fiscalYearStart, to: nil, in: $0) }
    #expect(try month() == 1)
    let state = try office.state(
      WorkspaceSettings.kind, WorkspaceSettings.id(of: .fiscalYearStart))
    #expect(state?["key"] == .text("fiscal_year.start"))
  }
}
