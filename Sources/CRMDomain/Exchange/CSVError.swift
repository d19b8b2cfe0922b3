import CRDTCore

/// A file that is no table of comma-separated values.
package enum CSVError: Error, Hashable, Sendable {
  case empty
  case notUTF8(line: Int)
  case notText(line: Int)
  case json
  case unclosedQuote(line: Int)
  case textBehindQuote(line: Int)
  case cellTooLong(line: Int)
  case rowTooLong(line: Int)
  case tooManyColumns(line: Int)
  case repeatedColumn(String)
  case unnamedColumn(number: Int)
}

extension CSVError: UserFacingError {
  package var summary: String {
    switch self {
    case .empty: "The file is empty."
    case .notUTF8(let line): "Line \(line) of the file is not UTF-8 text."
    case .notText(let line): "Line \(line) of the file holds zero bytes, which no text does."
    case .json: "The file holds JSON, not comma-separated values."
    case .unclosedQuote(let line): "The quote that opens in line \(line) is never closed."
    case .textBehindQuote(let line): "In line \(line), text follows a closing quote."
    case .cellTooLong(let line):
      "In line \(line), a value is longer than \(ExchangeLimits.cellBytesMax >> 20) MiB."
    case .rowTooLong(let line):
      "The row in line \(line) is longer than \(ExchangeLimits.rowBytesMax >> 20) MiB."
    case .tooManyColumns(let line):
      "The row in line \(line) has more than \(ExchangeLimits.columnsMax) columns."
    case .repeatedColumn(let name): "The file has two columns named “\(name)”."
    case .unnamedColumn(let number): "Column \(number) of the file has no name."
    }
  }

  package var hint: String? {
    switch self {
    case .empty: "The first line of the file has to name its columns."
    case .notText: "Export it as CSV in UTF-8 and import that."
    case .json: "Convert it to CSV and import that."
    case .notUTF8: "Save the file as UTF-8 and import it again."
    case .unclosedQuote, .textBehindQuote:
      "Within a quoted value, write each quote twice."
    case .cellTooLong, .rowTooLong: "Look for a quote that is opened and not closed."
    case .tooManyColumns: nil
    case .repeatedColumn, .unnamedColumn: "Give every column in the first line a name of its own."
    }
  }
}
