package import CRDTCore
import GRDB

/// The rules that administrators have set for fields, in place of those that are built in.
///
/// Each is a record whose id is derived from the field's name, so what is in force is a function of the
/// entries that count, as everything else is. The record's own fields merge as they are built in.
package struct ConflictPolicies: Hashable, Sendable {
  /// The kind of the records; schemas without it know no rules but those built in.
  package static let kind = "conflict_policy"
  /// Its field that says what the rule is for: `deal.amount`.
  package static let field = "field"
  /// Its field that says the rule: one of ``RegisterRule/words``.
  package static let rule = "rule"

  /// The field of a kind.
  struct Place: Hashable {
    let kind: String
    let field: String
  }

  private var words: [Place: String] = [:]

  /// No rule is set.
  init() {}

  /// The rules of the records that show.
  init(in database: Database, layout: Layout) throws {
    guard let kind = layout[Self.kind], let field = kind[Self.field], let rule = kind[Self.rule]
    else { return }
    let selection = try Statement(
      cached: """
        SELECT id, \(field.columns[0]), \(rule.columns[0]) FROM \(kind.table)
        WHERE _hidden IS NULL AND \(field.columns[0]) IS NOT NULL AND \(rule.columns[0]) IS NOT NULL
        """, in: database)
    defer { selection.reset() }
    while try selection.step() {
      let name = selection.text(1)
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      // A record under another id sets nothing, or nodes would differ in which of two counts.
      guard parts.count == 2, selection.number(0) == Self.record(of: name).rawValue else {
        continue
      }
      words[Place(kind: parts[0], field: parts[1])] = selection.text(2)
    }
  }

  /// The record that says a field's rule.
  package static func record(of kind: String, field: String) -> RecordID {
    record(of: "\(kind).\(field)")
  }

  private static func record(of name: String) -> RecordID {
    RecordID(derivedFrom: Self.kind, [Array(name.utf8)])
  }

  /// Whether a rule can be set for a field at all.
  ///
  /// Not for what decides who may act or which rule holds, and not for what decides which record owns
  /// another: a line would come and go with its document.
  package static func allows(_ field: FieldSchema, of kind: KindSchema) -> Bool {
    !RosterNames.isForAdministrators(kind.name) && kind.owner != field.name
  }

  /// The rule in force for a register; `nil` of what is none.
  func rule(of field: FieldLayout, in kind: KindLayout) -> RegisterRule? {
    guard let builtIn = field.schema.merge.rule else { return nil }
    guard !words.isEmpty, Self.allows(field.schema, of: kind.schema),
      let word = words[Place(kind: kind.name, field: field.name)]
    else { return builtIn }
    return RegisterRule(word, inPlaceOf: builtIn) ?? builtIn
  }

  /// Which of several heads of a register shows.
  func policy(of field: FieldLayout, in kind: KindLayout) -> MergePolicy {
    rule(of: field, in: kind)?.policy ?? .lastWriter
  }

  /// The fields whose word is another one than it was.
  func changes(since before: Self) -> [Place] {
    Set(words.keys).union(before.words.keys).filter { words[$0] != before.words[$0] }
      .sorted { ($0.kind, $0.field) < ($1.kind, $1.field) }
  }
}

extension Snapshot {
  /// The rule in force for a register; `nil` of what is none, or is not known.
  package func rule(of kind: String, field: String) throws -> RegisterRule? {
    guard let kind = layout[kind], let field = kind[field] else { return nil }
    return try policies().rule(of: field, in: kind)
  }

  /// The conflicts of one field as another rule would have them.
  package func conflicts(
    of kind: String, field: String, under rule: RegisterRule
  ) throws -> [Conflict] {
    try ConflictFinder(self).fieldConflicts(of: kind, field: field, under: rule)
  }
}
