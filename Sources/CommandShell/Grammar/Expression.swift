package import CRMDomain

/// A filter as written after `where` or `if`; fields and values are still unresolved text.
package indirect enum Expression: Hashable, Sendable {
  /// Every part holds.
  case all([Expression])
  /// At least one part holds.
  case any([Expression])
  case not(Expression)
  case comparison(FieldPath, Comparison, ValueText)
  /// The field's value is one of these; `isNegated` for `not in`.
  case membership(FieldPath, [ValueText], isNegated: Bool)
  /// The field's set holds one, or all, of these elements.
  case has(FieldPath, Quantifier, [ValueText])
  /// `is set`; `isNegated` for `is not set` and `is empty`.
  case isSet(FieldPath, isNegated: Bool)
  /// A flag such as `unsynced`, or a yes-or-no field such as `paid`.
  case flag(Flag)

  package enum Quantifier: String, Hashable, Sendable {
    case any
    case all
  }
}

extension Comparison {
  /// The operator spelt as a word, for shells that dislike symbols.
  init?(word: String) {
    switch word {
    case "eq": self = .equal
    case "ne": self = .notEqual
    case "lt": self = .less
    case "le": self = .lessOrEqual
    case "gt": self = .greater
    case "ge": self = .greaterOrEqual
    case "contains": self = .contains
    default: return nil
    }
  }
}

/// A bare name that is true or false of a record, with who and since when where that has meaning.
package struct Flag: Hashable, Sendable {
  /// The flags that no field holds and every kind knows.
  package static let standard = [
    "unsynced", "conflicted", "deleted", "mine", "stale", "changed", "created", "seen",
  ]
  /// Those that `by` and `since` may follow; after any other, `by` begins the grouping clause.
  static let withActor: Set<String> = ["deleted", "changed", "created", "seen"]

  package let name: FieldPath
  /// The user or node after `by`.
  package let actor: ValueText?
  package let since: ValueText?
}

extension Expression: CustomStringConvertible {
  /// The filter as it can be typed again, with parentheses only where they matter.
  package var description: String { text(inside: .disjunction) }

  private enum Binding: Int, Comparable {
    case disjunction, conjunction, negation

    static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
  }

  private func text(inside context: Binding) -> String {
    switch self {
    case .any(let parts):
      let text = parts.map { $0.text(inside: .conjunction) }.joined(separator: " or ")
      return context > .disjunction ? "(\(text))" : text
    case .all(let parts):
      let text = parts.map { $0.text(inside: .negation) }.joined(separator: " and ")
      return context > .conjunction ? "(\(text))" : text
    case .not(let part):
      return "not \(part.text(inside: .negation))"
    case .comparison(let path, let comparison, let value):
      return "\(path) \(comparison.rawValue) \(value)"
    case .membership(let path, let values, let isNegated):
      return "\(path) \(isNegated ? "not in" : "in") \(Self.list(values))"
    case .has(let path, let quantifier, let values):
      let only = values.count == 1 ? values.first : nil
      return only.map { "\(path) has \($0)" }
        ?? "\(path) has \(quantifier.rawValue) \(Self.list(values))"
    case .isSet(let path, let isNegated):
      return "\(path) is \(isNegated ? "empty" : "set")"
    case .flag(let flag):
      return flag.name.description + (flag.actor.map { " by \($0)" } ?? "")
        + (flag.since.map { " since \($0)" } ?? "")
    }
  }

  private static func list(_ values: [ValueText]) -> String {
    "(" + values.map(\.description).joined(separator: ", ") + ")"
  }
}
