/// The formats of cells that a workbook uses, numbered as they are come upon.
struct SpreadsheetStyles {
  /// One format of numbers, plain or bold.
  struct Style: Hashable {
    /// The code of the number format; `nil` for the general one.
    var format: String?
    var isBold = false
  }

  private var numbers: [Style: Int] = [Style(): 0]
  private var styles = [Style()]

  /// A style's number in the workbook.
  mutating func number(of style: Style) -> Int {
    if let known = numbers[style] { return known }
    numbers[style] = styles.count
    styles.append(style)
    return styles.count - 1
  }

  /// The first number that a workbook may give to formats of its own.
  private static let formatsStart = 164

  /// The part `xl/styles.xml`.
  var xml: String {
    let codes = styles.compactMap(\.format).reduce(into: [String]()) { codes, code in
      if !codes.contains(code) { codes.append(code) }
    }
    let formats = codes.enumerated().map { index, code in
      """
      <numFmt numFmtId="\(Self.formatsStart + index)" formatCode="\(SpreadsheetText.escaped(code))"/>
      """
    }
    let cells = styles.map { style in
      let format = style.format.flatMap(codes.firstIndex).map { Self.formatsStart + $0 } ?? 0
      return """
        <xf numFmtId="\(format)" fontId="\(style.isBold ? 1 : 0)" fillId="0" borderId="0" xfId="0" \
        applyNumberFormat="1" applyFont="1"/>
        """
    }
    let font = "<sz val=\"11\"/><name val=\"Calibri\"/>"
    return """
      <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
      <styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">\
      \(formats.isEmpty ? "" : "<numFmts count=\"\(formats.count)\">\(formats.joined())</numFmts>")\
      <fonts count="2"><font>\(font)</font><font><b/>\(font)</font></fonts>\
      <fills count="2"><fill><patternFill patternType="none"/></fill>\
      <fill><patternFill patternType="gray125"/></fill></fills>\
      <borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
      <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
      <cellXfs count="\(cells.count)">\(cells.joined())</cellXfs></styleSheet>
      """
  }
}

/// Texts as a workbook writes them.
enum SpreadsheetText {
  /// The most characters that a cell takes.
  private static let lengthMax = 32_767

  /// A text within XML: its signs escaped, and without the control characters that XML cannot hold.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": continue
      case _: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// What goes into a cell, cut to what one takes.
  static func cell(_ text: String) -> String {
    escaped(
      text.utf16.count <= lengthMax ? text : String(text.unicodeScalars.prefix(lengthMax / 2)))
  }

  /// The letters of a column, counted from 0: `A`, `Z`, `AA`.
  static func column(_ index: Int) -> String {
    var letters = ""
    var rest = index + 1
    while rest > 0 {
      let digit = (rest - 1) % 26
      letters = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(digit))) + letters
      rest = (rest - 1) / 26
    }
    return letters
  }
}
