/// Rows of text for other programs: each dialect can be read back without guessing.
package enum RowWriter: String, Sendable, CaseIterable {
  /// RFC 4180 with line feeds: what needs quotes has them.
  case csv
  /// Tabs, line ends and backslashes within a cell are written `\t`, `\n` and `\\`.
  case tsv
  /// A Markdown table.
  case markdown = "md"

  /// Writes the first row.
  package func writeHeader(_ titles: [String], to output: inout some TextOutputStream) {
    write(titles, to: &output)
    if self == .markdown { write(titles.map { _ in "---" }, to: &output) }
  }

  package func write(_ cells: [String], to output: inout some TextOutputStream) {
    let line =
      switch self {
      case .csv: cells.map(Self.quoted).joined(separator: ",")
      case .tsv: cells.map(Self.escaped).joined(separator: "\t")
      case .markdown: "| " + cells.map(Self.markdown).joined(separator: " | ") + " |"
      }
    output.write(line + "\n")
  }

  private static func quoted(_ cell: String) -> String {
    let needsQuotes = cell.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
    guard needsQuotes || cell.first == " " || cell.last == " " else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }

  private static func escaped(_ cell: String) -> String {
    let isSpecial = cell.utf8.contains { $0 == 0x5C || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    guard isSpecial else { return cell }
    return cell.replacing("\\", with: "\\\\").replacing("\t", with: "\\t")
      .replacing("\r\n", with: "\\n").replacing("\n", with: "\\n").replacing("\r", with: "\\r")
  }

  private static func markdown(_ cell: String) -> String {
    PlainText.oneLine(cell).replacing("\\", with: "\\\\").replacing("|", with: "\\|")
  }
}
