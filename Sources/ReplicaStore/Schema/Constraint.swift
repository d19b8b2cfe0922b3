/// What has to hold between records, and may not once what people wrote apart has come together.
///
/// Nothing is refused for it: a merge takes every write, and what holds no longer is listed as a conflict.
package struct Constraint: Hashable, Sendable {
  /// The kinds of constraints.
  package enum Rule: Hashable, Sendable {
    /// Following the field from record to record never leads back to the first.
    case acyclic
    /// At most one record says yes.
    case single
    /// The numbers of all records whose field `per` refers to one record come to so much.
    case total(Int64, per: String)
    /// The record that the field refers to is not deleted.
    case living
    /// The record that the field refers to says nothing in that field of its own.
    case current(unless: String)
    /// The field says `except`, or the record that the path of references leads to says `value`.
    case backed(except: String, path: [String], field: String, value: String)
  }

  /// The kind of the records it is about.
  package let kind: String
  /// Their field.
  package let field: String
  /// What has to hold.
  package let rule: Rule

  /// Creates a constraint.
  package init(_ kind: String, _ field: String, _ rule: Rule) {
    self.kind = kind
    self.field = field
    self.rule = rule
  }

  /// What conflicts that it makes are.
  package var conflict: ConflictKind {
    switch rule {
    case .acyclic, .single, .total, .living, .current: .constraint
    case .backed: .transition
    }
  }

  /// What it brings to the ids of its conflicts: `deal.stage current`.
  package var name: String {
    let word =
      switch rule {
      case .acyclic: "acyclic"
      case .single: "single"
      case .total: "total"
      case .living: "living"
      case .current: "current"
      case .backed: "backed"
      }
    return "\(kind).\(field) \(word)"
  }
}
