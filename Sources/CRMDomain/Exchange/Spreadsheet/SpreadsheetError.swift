import CRDTCore

/// A workbook that cannot be written.
package enum SpreadsheetError: Error, Hashable, Sendable {
  case tooManyRows(max: Int)
  case tooLarge
}

extension SpreadsheetError: UserFacingError {
  package var summary: String {
    switch self {
    case .tooManyRows(let max): "A sheet has \(max) rows at most."
    case .tooLarge: "The workbook would be larger than 4 GB."
    }
  }

  package var hint: String? { "Narrow the filter, or write a file of comma-separated values." }
}
