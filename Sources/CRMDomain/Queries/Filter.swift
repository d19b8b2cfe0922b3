package import CRDTCore
package import ReplicaStore

/// Which records a query is about.
///
/// Paths are words as a person types them; ``FieldPath`` says what they may be. A comparison with an
/// empty field is false, and its negation true.
package indirect enum Filter: Hashable, Sendable {
  case and([Filter])
  case or([Filter])
  case not(Filter)
  case compare([String], Comparison, Operand)
  /// The field's text, or the name of a record it refers to, fits the pattern.
  case matches([String], TextPattern)
  case among([String], [Operand])
  /// The set holds all of the elements, or any.
  case has([String], all: Bool, [Operand])
  case isEmpty([String])
  /// One of these; for what the tables do not say, such as records in conflict.
  case records(Set<RecordID>)
  /// Deleted ones; a filter that does not speak of them leaves them out.
  case deleted
  /// Ones that entries of these parts of the log have changed, deletions among the changes.
  case changed(LogTails)
  /// Ones that entries of these parts of the log have made.
  case created(LogTails)
  /// Deleted ones whose deletion is in these parts of the log.
  case deletedIn(LogTails)
  /// Ones that these parts of the log have changed, or that have to do with engagements and tasks which
  /// they have changed.
  case active(LogTails)

  /// Whether the filter speaks of deleted records.
  var mentionsDeleted: Bool {
    switch self {
    case .deleted, .deletedIn: true
    case .and(let filters), .or(let filters): filters.contains(where: \.mentionsDeleted)
    case .not(let filter): filter.mentionsDeleted
    case .compare, .matches, .among, .has, .isEmpty, .records, .changed, .created, .active: false
    }
  }

  /// Whether the filter speaks of a field of the record itself.
  func mentions(_ field: String) -> Bool {
    switch self {
    case .and(let filters), .or(let filters): filters.contains { $0.mentions(field) }
    case .not(let filter): filter.mentions(field)
    case .compare(let path, _, _), .matches(let path, _), .among(let path, _),
      .has(let path, _, _), .isEmpty(let path):
      path.count == 1 && path.first.map(FieldName.normalized) == field
    case .records, .deleted, .changed, .created, .deletedIn, .active: false
    }
  }
}

/// How a field's value meets the one given; the raw value is the symbol that people type.
package enum Comparison: String, Hashable, Sendable, CaseIterable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  /// Contains the text, without regard to case and accents.
  case contains = "~"
  case lacks = "!~"
}
