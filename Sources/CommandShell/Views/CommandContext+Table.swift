extension CommandContext {
  /// Whether rows are written for a person to look at, rather than for a program.
  var isForPeople: Bool {
    ["table", "card"].contains(format(onTerminal: "table", elsewhere: "tsv"))
  }

  /// A footer of these parts, and of the moment where that is not now; `nil` if there is nothing to say.
  func footer(_ parts: [String?]) -> String? {
    let parts = (parts + [asOfText]).compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: output.style.separator)
  }

  /// Ends lines for people with the moment, where it is not now.
  func writeMoment() {
    if let asOfText { output.data(asOfText) }
  }

  /// Writes a table: for people as it fits, for programs a line a row, with a header.
  ///
  /// A column without a title, such as that of the row numbers, is for people alone.
  ///
  /// - Throws: `CancellationError` if the command was stopped; of what is written nothing more is.
  func write(_ table: TableView) throws {
    guard let writer = RowWriter(rawValue: format(onTerminal: "table", elsewhere: "tsv")) else {
      var table = table
      table.footer = footer([table.footer])
      let width = output.isTerminal ? output.width : nil
      try table.forEachLine(
        width: width, style: output.style, check: { try Task.checkCancellation() }, output.data)
      return
    }
    let indices = table.columns.indices.filter { !table.columns[$0].title.isEmpty }
    var text = ""
    writer.writeHeader(indices.map { table.columns[$0].title }, to: &text)
    for row in table.rows {
      try Task.checkCancellation()
      writer.write(indices.map { row.indices.contains($0) ? row[$0].text : "" }, to: &text)
    }
    // A line of output ends where `data` ends it.
    output.data(String(text.dropLast()))
  }
}
