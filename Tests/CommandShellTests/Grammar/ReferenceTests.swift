import CommandShell
import Testing

@Suite("Reference")
struct ReferenceTests {
  private func read(_ text: String, namesHaveFields: Bool = false) throws -> String {
    let line = "show " + text
    let parser = CommandParser(vocabulary: .sample)
    guard case .word(let word) = try parser.parse(line)[0].targets.first else { return "" }
    let reference = try Reference(word, vocabulary: .sample, namesHaveFields: namesHaveFields)
    let path = reference.path.map { ".\($0)" } ?? ""
    switch reference.subject {
    case .row(let row): return "row \(row)\(path)"
    case .rows(let rows): return "rows \(rows.lowerBound) to \(rows.upperBound)\(path)"
    case .view(let name): return "view \(name)"
    case .shortID(let id): return "id \(id.letter) \(id.digits)\(path)"
    case .name(let name):
      return "name \(name.kind ?? "-") \(name.text)\(name.isExact ? " exactly" : "")\(path)"
    case .last, .all, .marked, .me, .node: return "\(reference.subject)\(path)"
    }
  }

  @Test(
    "each form means what the design says",
    arguments: [
      ("@2-20", "rows 2 to 20"), ("d7h2k", "id d 7h2k"), ("D7H2K", "id d 7h2k"),
      ("dOiL2", "id d 0112"),
      ("i9wd4", "id i 9wd4"), ("d7h", "name - d7h"), ("du123", "name - du123"),
      ("müller", "name - müller"), ("\"Müller GmbH\"", "name - Müller GmbH exactly"),
      ("account:müller", "name account müller"), ("company:müller", "name account müller"),
      ("account:\"Müller GmbH\"", "name account Müller GmbH exactly"),
      ("visit:7h2k0", "name visit 7h2k0"), ("10.0.0.5:7000", "name - 10.0.0.5:7000"),
      ("INV-1042", "name - INV-1042"), ("example.com", "id e xamp1e.com"),
      ("müller.de", "name - müller.de"),
      ("@1", "row 1"), ("@12.value", "row 12.value"), ("@last", "last"), ("@all", "all"),
      ("@marked", "marked"), ("@me", "me"), ("@node", "node"), ("@last.value", "last.value"),
      ("%stale", "view stale"), ("d7h2k.value", "id d 7h2k.value"),
      ("d7h2k.account.city", "id d 7h2k.account.city"),
      ("\"Müller GmbH\".phone", "name - Müller GmbH exactly.phone"),
      ("\"@me\"", "name - @me exactly"), ("anna", "id a nna"),
    ])
  func forms(text: String, expected: String) throws {
    #expect(try read(text) == expected)
  }

  @Test(
    "where a field is asked for, a name may have one",
    arguments: [
      ("müller.phone", true, "müller", ["phone"]), ("müller.phone", false, "müller.phone", nil),
      ("st.gallen.phone", true, "st.gallen", ["phone"]), (".phone", true, ".phone", nil),
      ("5.0", true, "5.0", nil),
    ] as [(String, Bool, String, [String]?)])
  func fields(text: String, namesHaveFields: Bool, name: String, path: [String]?) throws {
    let word = ValueText(text, range: 5..<5 + text.count)
    let reference = try Reference(
      word, vocabulary: .sample, namesHaveFields: namesHaveFields)
    #expect(reference.subject == .name(.init(text: name, kind: nil, isExact: false)))
    #expect(reference.path?.names == path)
    if path != nil {
      #expect(reference.path?.range == word.range.upperBound - 5..<word.range.upperBound)
    }
  }

  @Test("what is shaped like a short id is a name with a field where no record has the id")
  func readAgain() throws {
    for (text, name) in [("jonas.phone", "jonas"), ("example.com.phone", "example.com")] {
      let reference = try Reference(
        ValueText(text), vocabulary: .sample, namesHaveFields: true, readsShortIDs: false)
      #expect(reference.subject == .name(.init(text: name, kind: nil, isExact: false)))
      #expect(reference.path?.names == ["phone"])
    }
  }

  @Test("an id of a kind without a letter is written with the kind")
  func kindAndID() throws {
    let reference = try Reference(ValueText("visit:7HO2k"), vocabulary: .sample)
    guard case .name(let name) = reference.subject else {
      Issue.record("not a name")
      return
    }
    #expect(name.digits == "7h02k")
  }

  @Test("an unknown @ is named with the nearest one")
  func unknown() {
    #expect(throws: ReadingError.unknownReference("@lats", nearest: ["@last"])) {
      try Reference(ValueText("@lats"), vocabulary: .sample)
    }
    #expect(throws: ReadingError.self) { try Reference(ValueText("@0"), vocabulary: .sample) }
  }
}

@Suite("NameMatcher")
struct NameMatcherTests {
  @Test(
    "case and accents are folded, and a better fit ranks higher",
    arguments: [
      ("muller gmbh", "Müller GmbH", NameMatcher.Rank.exact),
      ("MÜLLER", "Müller GmbH", .prefix),
      ("mull", "Müller GmbH", .prefix),
      ("gmbh", "Müller GmbH", .wordPrefix),
      ("mü gm", "Müller GmbH", .wordPrefix),
      ("mlgm", "Müller GmbH", .subsequence),
      ("mulelr", "Müller GmbH", .typo),
      ("strasse", "Straße", .exact),
      ("lodz", "Łódź", .exact),
      ("oresund", "Øresund", .exact),
      ("北京", "北京 Trading", .prefix),
      ("gm mü", "Müller GmbH", nil),
      ("mx", "Müller GmbH", nil),
      ("", "Müller GmbH", nil),
      ("weber", "Müller GmbH", nil),
    ] as [(String, String, NameMatcher.Rank?)])
  func ranks(query: String, name: String, rank: NameMatcher.Rank?) {
    #expect(NameMatcher(query).rank(of: name) == rank)
  }

  @Test("only the best fits are returned, in the order given")
  func best() {
    let names = ["Webering", "Jonas Weber", "Weber", "Max Weber", "weber"]
    let found = NameMatcher("weber").best(of: names, named: { $0 })
    #expect(found?.rank == .exact)
    #expect(found?.candidates == ["Weber", "weber"])
    #expect(NameMatcher("xyz").best(of: names, named: { $0 })?.candidates == nil)
  }
}
