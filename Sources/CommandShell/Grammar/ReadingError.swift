package import CRDTCore

/// A typed value that cannot be read as what its field holds.
package enum ReadingError: Error, Hashable, Sendable {
  /// `suggestions` are days or words near what was typed, as people write them.
  case notADate(String, suggestions: [String])
  /// The date lies so far away that it is probably a slip.
  case farDate(String, year: Int)
  /// What was known is asked of a moment that is still to come.
  case future(String)
  case notAnAmount(String)
  case unknownCurrency(String, nearest: [String])
  /// More digits behind the point than the currency has.
  case tooPrecise(String, currency: CurrencyCode)
  case tooLong(String)
  case notANumber(String)
  case notAWholeNumber(String)
  case notYesOrNo(String)
  /// `@` and a word that is none of the references.
  case unknownReference(String, nearest: [String])
}

extension ReadingError: UserFacingError {
  package var summary: String {
    switch self {
    case .notADate(let text, _): "\"\(text)\" is not a date."
    case .farDate(let text, let year): "\"\(text)\" is in the year \(year)."
    case .future(let text): "\"\(text)\" is still to come."
    case .notAnAmount(let text): "\"\(text)\" is not an amount."
    case .unknownCurrency(let text, _): "\"\(text)\" is not a currency."
    case .tooPrecise(let text, let currency):
      "\"\(text)\" has more digits behind the point than \(currency) has."
    case .tooLong(let text): "\"\(text)\" has too many digits."
    case .notANumber(let text): "\"\(text)\" is not a number."
    case .notAWholeNumber(let text): "\"\(text)\" is not a whole number."
    case .notYesOrNo(let text): "\"\(text)\" is neither yes nor no."
    case .unknownReference(let text, _): "\"\(text)\" refers to nothing."
    }
  }

  package var hint: String? {
    switch self {
    case .notADate(_, suggestions: []):
      "Write it like this: friday, next friday, in 3 days, 13 mar or 2026-03-13."
    case .notADate(_, let suggestions), .unknownCurrency(_, let suggestions),
      .unknownReference(_, let suggestions):
      suggestions.isEmpty ? nil : "Did you mean \(suggestions.joined(separator: " or "))?"
    case .farDate: "Check the year."
    case .future: "Write it like this: at yesterday, at last friday 17:00 or at 2026-03-06."
    case .notAnAmount: "Write it like this: 6250, €6,250.50, 10k or 6250 EUR."
    case .tooPrecise: "A point separates cents; thousands go with a comma or with nothing."
    case .tooLong: nil
    case .notANumber: "Write it like this: 1250, 1,250 or 12.5."
    case .notAWholeNumber: "Write it like this: 12 or -3."
    case .notYesOrNo: "Type yes or no."
    }
  }
}
