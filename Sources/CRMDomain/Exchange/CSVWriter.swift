/// Writes rows of comma-separated values as RFC 4180 has them, with LF at the end of each.
package struct CSVWriter: Sendable {
  /// What separates the cells.
  package let delimiter: UInt8

  package init(delimiter: UInt8 = UInt8(ascii: ",")) { self.delimiter = delimiter }

  /// The row's bytes; cells that hold separators, quotes or line ends are quoted.
  package func line(_ cells: some Sequence<String>) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(delimiter) }
      append(cell, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private func append(_ cell: String, to bytes: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let needsQuotes = cell.utf8.contains { $0 == delimiter || $0 == quote || $0 == 10 || $0 == 13 }
    guard needsQuotes else {
      bytes += cell.utf8
      return
    }
    bytes.append(quote)
    for byte in cell.utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }
}
