import CRDTCore
import Foundation

/// The one sheet of a workbook, row by row.
struct SpreadsheetSheet {
  private let paths: [FieldPath]
  private let timeZone: TimeZone
  private(set) var styles = SpreadsheetStyles()
  private var rowCount = 1
  /// Per column of amounts, what they add up to; `nil` once there are two currencies.
  private var sums: [Int: Money?] = [:]

  /// Days from 1899-12-30, where sheets begin to count, to 1970-01-01.
  private static let daysToEpoch = 25_569
  /// Before it sheets count a day that never was, 1900-02-29.
  private static let serialMin = 61
  private static let day = "yyyy-mm-dd"
  private static let moment = "yyyy-mm-dd hh:mm"
  /// How many digits a sheet's numbers keep.
  private static let digitsMax = 15

  init(_ paths: [FieldPath], timeZone: TimeZone) {
    self.paths = paths
    self.timeZone = timeZone
  }

  /// Everything before the first record.
  var beginning: String {
    mutating get {
      let style = styles.number(of: SpreadsheetStyles.Style(isBold: true))
      let heading = paths.enumerated().map { index, path in
        text(path.text, at: index, style: style)
      }
      let widths = paths.enumerated().map { index, path in
        """
        <col min="\(index + 1)" max="\(index + 1)" width="\(Self.width(of: path))" customWidth="1"/>
        """
      }
      return """
        <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">\
        <sheetViews><sheetView workbookViewId="0">\
        <pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>\
        <cols>\(widths.joined())</cols><sheetData><row r="1">\(heading.joined())</row>
        """
    }
  }

  /// A record's row.
  mutating func row(_ cells: [FieldReading]) -> String {
    rowCount += 1
    var row = "<row r=\"\(rowCount)\">"
    for (index, cell) in cells.enumerated() { row += self.cell(cell, at: index) }
    return row + "</row>"
  }

  /// The sums, and everything behind the last record.
  var end: String {
    mutating get {
      let range = "A1:\(SpreadsheetText.column(max(paths.count - 1, 0)))\(rowCount)"
      var row = ""
      for (index, sum) in sums.sorted(by: { $0.key < $1.key }) {
        guard let sum else { continue }
        let column = SpreadsheetText.column(index)
        let style = styles.number(
          of: SpreadsheetStyles.Style(format: Self.format(of: sum), isBold: true))
        row += """
          <c r="\(column)\(rowCount + 1)" s="\(style)">\
          <f>SUBTOTAL(9,\(column)2:\(column)\(rowCount))</f><v>\(sum.amountText)</v></c>
          """
      }
      if !row.isEmpty { row = "<row r=\"\(rowCount + 1)\">\(row)</row>" }
      return "\(row)</sheetData><autoFilter ref=\"\(range)\"/></worksheet>"
    }
  }

  private mutating func cell(_ reading: FieldReading, at index: Int) -> String {
    let path = paths[index]
    guard case .value(let value) = reading, path.part == nil else {
      let text = reading.text(of: path.field)
      return text.isEmpty ? "" : self.text(text, at: index)
    }
    switch value {
    case .bool(let flag): return "<c r=\"\(place(index))\" t=\"b\"><v>\(flag ? 1 : 0)</v></c>"
    case .integer(let count):
      return number(String(count), at: index, SpreadsheetStyles.Style())
    case .decimal(let decimal):
      let format = path.field.format == .percent ? "General\"%\"" : nil
      return number(decimal.description, at: index, SpreadsheetStyles.Style(format: format))
    case .money(let money):
      add(money, at: index)
      return number(
        money.amountText, at: index, SpreadsheetStyles.Style(format: Self.format(of: money)))
    case .date(let date):
      let serial = Int(date.days) + Self.daysToEpoch
      guard serial >= Self.serialMin else { return text(date.description, at: index) }
      return number(String(serial), at: index, SpreadsheetStyles.Style(format: Self.day))
    case .instant(let instant):
      return number(
        serial(of: instant), at: index, SpreadsheetStyles.Style(format: Self.moment))
    case .null, .text, .bytes, .reference, .structure, .unknown:
      return text(value.text(of: path.field), at: index)
    }
  }

  /// A moment as a day and its part, on the clocks of the person's time zone.
  private func serial(of instant: Instant) -> String {
    let seconds = Double(instant.milliseconds) / 1000
    let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
    let local = (seconds + Double(offset)) / 86_400 + Double(Self.daysToEpoch)
    return String(local)
  }

  private mutating func add(_ money: Money, at index: Int) {
    guard let sum = sums[index] else {
      sums[index] = money
      return
    }
    guard let sum, sum.currency == money.currency else {
      sums[index] = .some(nil)
      return
    }
    let (total, overflows) = sum.minorUnits.addingReportingOverflow(money.minorUnits)
    sums[index] = overflows ? .some(nil) : Money(minorUnits: total, currency: sum.currency)
  }

  /// `#,##0.00 "EUR"`: as many decimals as the currency has, and its code.
  private static func format(of money: Money) -> String {
    let decimals = money.amountText.split(separator: ".").dropFirst().first?.count ?? 0
    let places = decimals == 0 ? "" : "." + String(repeating: "0", count: decimals)
    return "#,##0\(places) \"\(money.currency)\""
  }

  /// A number, or its digits as a text where a sheet would lose some.
  private mutating func number(
    _ digits: String, at index: Int, _ style: SpreadsheetStyles.Style
  ) -> String {
    let isMoment = style.format == Self.moment
    guard isMoment || digits.count(where: \.isNumber) <= Self.digitsMax else {
      return text(digits, at: index)
    }
    let styleNumber = styles.number(of: style)
    return "<c r=\"\(place(index))\" s=\"\(styleNumber)\"><v>\(digits)</v></c>"
  }

  private func text(_ text: String, at index: Int, style: Int = 0) -> String {
    """
    <c r="\(place(index))" s="\(style)" t="inlineStr"><is>\
    <t xml:space="preserve">\(SpreadsheetText.cell(text))</t></is></c>
    """
  }

  private func place(_ index: Int) -> String { SpreadsheetText.column(index) + String(rowCount) }

  private static func width(of path: FieldPath) -> Int {
    switch path.field.format {
    case .bool, .integer, .decimal, .percent: 10
    case .date: 12
    case .instant, .money: 18
    case .longText, .structure: 40
    case .text, .position, .bytes, .choice, .status, .reference, .anyReference, .listed: 24
    }
  }
}
