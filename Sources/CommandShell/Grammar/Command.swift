/// One command as the person gave it, from the prompt, a script or a shell alike.
///
/// Everything that needs the catalogue or the store (fields, names, dates, amounts) is still text
/// with its place in ``source``, so that the command can point at what it cannot use.
package struct Command: Hashable, Sendable {
  /// What to do: a verb on records, or a subsystem's own verb.
  package enum Action: Hashable, Sendable {
    case record(verb: String)
    /// `verb` is `nil` where the subsystem has one that need not be typed, as in `sync`.
    case subsystem(noun: String, verb: String?)
  }

  package let action: Action
  /// The canonical name of the kind that was named, if any.
  package let kind: KindWord?
  package let targets: [Target]
  package let assignments: [Assignment]
  package let clauses: Clauses
  package let options: [Option]
  /// The command that this one is about, as of `watch`: one or none.
  package internal(set) var inner: [Command] = []
  /// The line it was read from; the ranges of its parts count characters of this text.
  package let source: String
  /// Where the command stands in ``source``, which may hold several.
  package let range: SourceRange

  /// The command as typed, without its neighbours.
  package var text: String { source.characters(in: range) }

  /// The last value given for an option, `nil` if it is absent or takes none.
  package func value(of option: String) -> String? {
    options.last { $0.name == option }?.value?.text
  }

  /// Whether an option was given.
  package func has(_ option: String) -> Bool { options.contains { $0.name == option } }
}

/// A kind as it was named in a command.
package struct KindWord: Hashable, Sendable {
  /// The vocabulary's name for the kind.
  package let name: String
  /// The word typed: a plural or an alias, perhaps.
  package let typed: String
  package let range: SourceRange
}

/// What a command acts on.
package enum Target: Hashable, Sendable {
  /// A reference, or any other word the verb takes: a file, an address, a side.
  case word(ValueText)
  /// `(deals where …)`; `kind` is `nil` where the subsystem has only one sort of thing.
  case filter(kind: KindWord?, Expression?, SourceRange)

  package var range: SourceRange {
    switch self {
    case .word(let word): word.range
    case .filter(_, _, let range): range
    }
  }
}

/// One `field=value`.
package struct Assignment: Hashable, Sendable {
  package enum Operation: String, Hashable, Sendable {
    case set = "="
    case add = "+="
    case remove = "-="
  }

  package enum Value: Hashable, Sendable {
    /// `field=`: nothing after the sign.
    case empty
    case one(ValueText)
    /// `(a, b)`.
    case list([ValueText])
  }

  package let field: FieldPath
  package let operation: Operation
  package let value: Value
  /// The whole assignment.
  package let range: SourceRange

  /// The elements meant for a field that is a set; a value in parentheses is taken apart.
  ///
  /// A shell hands over `labels+=(a,b)` as one verbatim value, the prompt as a list; both answer
  /// alike here.
  package var elements: [ValueText] {
    switch value {
    case .empty: return []
    case .list(let values): return values
    case .one(let value):
      guard value.form == .bare, value.text.first == "(", value.text.last == ")" else {
        return [value]
      }
      return value.text.dropFirst().dropLast().split(separator: ",").map {
        ValueText($0.trimmed, range: value.range)
      }
    }
  }
}

/// The clauses of a command, each at most once.
package struct Clauses: Hashable, Sendable {
  package internal(set) var filter: Expression?
  package internal(set) var sort: [SortKey] = []
  package internal(set) var limit: Int?
  package internal(set) var columns: [ColumnChoice] = []
  package internal(set) var groups: [Group] = []
  package internal(set) var sums: [FieldPath] = []
  package internal(set) var at: ValueText?
  package internal(set) var since: ValueText?
  package internal(set) var until: ValueText?
  /// The condition after `if` that guards a write.
  package internal(set) var precondition: Expression?
  /// The reason after `because`.
  package internal(set) var reason: ValueText?
  /// The rule after `using`.
  package internal(set) var rule: ValueText?
  /// Which clauses were given, in the order typed.
  package internal(set) var words: [ClauseWord] = []
}

/// The words that begin a clause.
package enum ClauseWord: String, Hashable, Sendable, CaseIterable {
  case `where`, sort, limit, cols, by, sum, at, since, until, `if`, because, using
}

package struct SortKey: Hashable, Sendable {
  package let path: FieldPath
  package let isDescending: Bool
}

/// One item of `cols`.
package struct ColumnChoice: Hashable, Sendable {
  package enum Change: Hashable, Sendable {
    /// A plain name: the columns are exactly those named.
    case exactly
    /// `+name`: beside the default columns.
    case adding
    /// `-name`: the default columns without it.
    case removing
  }

  package let path: FieldPath
  package let change: Change
}

/// One item of `by`: a field, or the periods of a date field.
package struct Group: Hashable, Sendable {
  package enum Period: String, Hashable, Sendable, CaseIterable {
    case week, month, quarter, year
  }

  /// The field; after `log` and `ops`, a user or a node.
  package let path: FieldPath
  package let period: Period?
}

/// An option that was given.
package struct Option: Hashable, Sendable {
  /// The vocabulary's name for it, without dashes.
  package let name: String
  package let value: ValueText?
  package let range: SourceRange
}
