import CRDTCore
import Foundation
package import GRDB

/// Writes a list of records as a workbook (`.xlsx`) in which dates, amounts and numbers are what they are.
///
/// One sheet with a heading that stays in sight, a row for each record and, where there are amounts in one
/// currency, their sum. Read row by row, held one at a time.
///
/// Source: ECMA-376, Office Open XML, part 1, SpreadsheetML.
package struct SpreadsheetExport {
  private let query: RecordQuery
  private let context: QueryContext

  /// How many rows a sheet has at most, by its format.
  package static let rowsMax = 1_048_576

  /// Creates an export of a query's records with its columns.
  package init(_ query: RecordQuery, _ context: QueryContext) {
    self.query = query
    self.context = context
  }

  /// Writes the workbook.
  ///
  /// - Returns: How many records were written.
  /// - Throws: ``SpreadsheetError``, ``QueryError``, ``FieldPathError``, or what `sink` throws.
  @discardableResult
  package func write(
    in database: Database, to sink: @escaping RecordExport.Sink
  ) throws -> Int {
    let paths = try query.paths(in: context.catalog)
    var sheet = SpreadsheetSheet(paths, timeZone: context.reader.timeZone)
    var archive = ZipWriter(to: sink)
    for (name, text) in Self.parts(sheetName: query.entity.plural) {
      try archive.begin(name)
      try archive.write(Array(text.utf8))
      try archive.end()
    }
    try archive.begin("xl/worksheets/sheet1.xml")
    try archive.write(Array(sheet.beginning.utf8))
    var count = 0
    try query.forEach(in: database, context) { row in
      // The heading and the sums are rows, too.
      guard count < Self.rowsMax - 2 else {
        throw SpreadsheetError.tooManyRows(max: Self.rowsMax)
      }
      count += 1
      try archive.write(Array(sheet.row(row.cells).utf8))
    }
    try archive.write(Array(sheet.end.utf8))
    try archive.end()
    try archive.begin("xl/styles.xml")
    try archive.write(Array(sheet.styles.xml.utf8))
    try archive.end()
    try archive.finish()
    return count
  }

  private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

  /// What every workbook of one sheet says of itself.
  private static func parts(sheetName: String) -> [(name: String, text: String)] {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    let package = "http://schemas.openxmlformats.org/package/2006"
    let type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    func relationships(_ targets: [(type: String, target: String)]) -> String {
      let items = targets.enumerated().map { index, item in
        "<Relationship Id=\"r\(index + 1)\" Type=\"\(office)/\(item.type)\" Target=\"\(item.target)\"/>"
      }
      return
        "\(declaration)<Relationships xmlns=\"\(package)/relationships\">\(items.joined())</Relationships>"
    }
    return [
      (
        "[Content_Types].xml",
        """
        \(declaration)<Types xmlns="\(package)/content-types">\
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
        <Default Extension="xml" ContentType="application/xml"/>\
        <Override PartName="/xl/workbook.xml" ContentType="\(type).sheet.main+xml"/>\
        <Override PartName="/xl/worksheets/sheet1.xml" ContentType="\(type).worksheet+xml"/>\
        <Override PartName="/xl/styles.xml" ContentType="\(type).styles+xml"/></Types>
        """
      ),
      ("_rels/.rels", relationships([("officeDocument", "xl/workbook.xml")])),
      (
        "xl/workbook.xml",
        """
        \(declaration)<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" \
        xmlns:r="\(office)"><sheets>\
        <sheet name="\(SpreadsheetText.escaped(String(sheetName.prefix(31))))" sheetId="1" r:id="r1"/>\
        </sheets></workbook>
        """
      ),
      (
        "xl/_rels/workbook.xml.rels",
        relationships([("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")])
      ),
    ]
  }
}
