import CRDTCore

/// A question that the tables cannot answer.
package enum QueryError: Error, Hashable, Sendable {
  /// Nothing of the kind has that name.
  case noSuchRecord(text: String, kind: String, closest: String?)
  /// The text is no value of the field's type.
  case unreadableValue(text: String, field: String, example: String)
  /// The field's values have no order, or are no texts.
  case notComparable(field: String, comparison: String)
  /// Lists cannot be ordered by the field.
  case notSortable(field: String)
  /// Records cannot be counted by the field, or not by periods of it.
  case notGroupable(field: String, period: String?)
  /// The field's values cannot be added up.
  case notSummable(field: String)
  /// The kind has no field whose values could be columns.
  case noBoard(entity: String)
  /// The text is no regular expression.
  case badPattern(text: String, reason: String)
}

extension QueryError: UserFacingError {
  package var summary: String {
    switch self {
    case .noSuchRecord(let text, let kind, _): "There is no \(kind) “\(text)”."
    case .unreadableValue(let text, let field, _): "“\(text)” cannot be read as \(field)."
    case .notComparable(let field, let comparison):
      "\(field) cannot be compared with \(comparison)."
    case .notSortable(let field): "Lists cannot be sorted by \(field)."
    case .notGroupable(let field, let period):
      period.map { "\(field) is not a day, so it has no \($0)." }
        ?? "Records cannot be counted by \(field)."
    case .notSummable(let field): "\(field) cannot be added up."
    case .noBoard(let entity): "There is no board of the kind \(entity)."
    case .badPattern(let text, let reason): "/\(text)/ is no pattern: \(reason)."
    }
  }

  package var hint: String? {
    switch self {
    case .noSuchRecord(_, _, let closest): closest.map { "Did you mean “\($0)”?" }
    case .unreadableValue(_, _, let example): "Write it like this: \(example)."
    case .notComparable: "Use =, !=, ~ or `is empty`."
    case .notSortable, .notGroupable, .noBoard: nil
    case .badPattern: "Look for a plain text in quotes: ~ \"TEXT\"."
    case .notSummable: "Amounts, whole numbers and counters can."
    }
  }
}
