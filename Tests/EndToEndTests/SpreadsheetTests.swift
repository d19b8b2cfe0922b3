import Foundation
import TestSupport
import Testing

/// A reader of workbooks that shares no code with ours.
private enum SpreadsheetReader {
  static let program = "/usr/bin/python3"
  static let isPresent = FileManager.default.isExecutableFile(atPath: program)
}

/// Workbooks, read by a program that shares no code with ours.
@Suite(
  "Workbooks",
  .enabled(if: SpreadsheetReader.isPresent, "There is no /usr/bin/python3 to read them with."))
struct SpreadsheetTests {
  /// Prints a line for each cell: place, type, format of its number, value.
  private static let reader = """
    import sys, zipfile, xml.etree.ElementTree as tree
    book = zipfile.ZipFile(sys.argv[1])
    assert book.testzip() is None
    parts = {name: tree.fromstring(book.read(name)) for name in book.namelist()}
    main = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
    styles = parts['xl/styles.xml']
    codes = {f.get('numFmtId'): f.get('formatCode') for f in styles.iter(main + 'numFmt')}
    formats = [codes.get(x.get('numFmtId'), '') for x in styles.find(main + 'cellXfs')]
    sheet = parts['xl/worksheets/sheet1.xml']
    for cell in sheet.iter(main + 'c'):
        value = ''.join(t.text or '' for t in cell.iter() if t.tag in (main + 'v', main + 't'))
        formula = ''.join('=' + f.text for f in cell.iter(main + 'f'))
        print(cell.get('r'), cell.get('t', 'n'), formats[int(cell.get('s', 0))], formula + value, sep='|')
    """

  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
  }

  private func cells(_ words: String...) throws -> [String] {
    let path = nodes.folder.path("out.xlsx")
    try nodes.kith(
      "office", ["export", words[0], path] + words.dropFirst(), environment: ["TZ": "UTC"])
    let result = try KithProcess.run(
      ["-c", Self.reader, path], program: URL(fileURLWithPath: SpreadsheetReader.program))
    #expect(result.code == 0, "\(result.errors)")
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test(
    "BLK-05, IMX-06: dates, amounts, numbers and yes or no are what they are, and amounts are summed"
  )
  func types() throws {
    try nodes.kith("office", "field", "add", "deal", "visits", "type=whole number")
    try nodes.kith("office", "field", "add", "deal", "urgent", "type=yes or no")
    try nodes.kith("office", "field", "add", "deal", "met_at", "type=moment")
    try nodes.kith(
      "office", "new", "deal", "Pump <&> \"rest\"", "amount=1200.50 EUR", "target_close=2026-03-13",
      "probability=12.5", "visits=3", "urgent=yes", "met_at=2026-03-13T06:00:00Z")
    try nodes.kith("office", "new", "deal", "Valve", "amount=99.50 EUR", "target_close=1899-01-01")
    let cells = try cells(
      "deals", "where", "amount > 0", "cols",
      "name,amount,target_close,probability_override,visits,urgent,met_at", "sort", "-amount")
    #expect(cells.contains("A1|inlineStr||name"))
    #expect(cells.contains("A2|inlineStr||Pump <&> \"rest\""))
    #expect(cells.contains("B2|n|#,##0.00 \"EUR\"|1200.50"))
    #expect(cells.contains("C2|n|yyyy-mm-dd|46094"))
    #expect(cells.contains("D2|n|General\"%\"|12.5"))
    #expect(cells.contains("E2|n||3"))
    #expect(cells.contains("F2|b||1"))
    #expect(cells.contains("G2|n|yyyy-mm-dd hh:mm|46094.25"))
    // Before sheets' days begin, a day is a text.
    #expect(cells.contains("C3|inlineStr||1899-01-01"))
    #expect(cells.last == "B4|n|#,##0.00 \"EUR\"|=SUBTOTAL(9,B2:B3)1300.00")
  }

  @Test("amounts of two currencies are not added up, and no digit of a long number is lost")
  func limits() throws {
    try nodes.kith("office", "field", "add", "deal", "serial", "type=whole number")
    try nodes.kith("office", "new", "deal", "Pump", "amount=5 EUR", "serial=1234567890123456")
    try nodes.kith("office", "new", "deal", "Valve", "amount=5 USD")
    let cells = try cells("deals", "cols", "name,amount,serial")
    #expect(!cells.contains { $0.contains("SUBTOTAL") })
    #expect(cells.contains("C2|inlineStr||1234567890123456"))
    #expect(cells.contains("B3|n|#,##0.00 \"USD\"|5.00"))
    #expect(
      try nodes.kith("office", "export", "deals", "-", "--format", "xlsx", code: 2).errors
        .contains("csv or json"))
  }

  @Test("a large selection is written whole")
  func large() throws {
    let rows = (1...20_000).map { "Account \($0)" }.joined(separator: "\n")
    let file = try nodes.folder.write("name\n\(rows)\n", to: "accounts.csv")
    _ = try nodes.importFile(file, as: "accounts", on: "office")
    let cells = try cells("accounts", "cols", "name")
    #expect(
      cells.count == 20_001 && Set(cells.map { $0.split(separator: "|").last }).count == 20_001)
  }
}
