import CRDTCore

/// An edit that cannot become a write; nothing was stored.
package enum EditError: Error, Hashable, Sendable {
  /// The text is not a value of the field's type.
  case unreadableValue(text: String, field: String, example: String)
  /// The text is none of the few values that the field may have.
  case unknownChoice(text: String, field: String, choices: [String], closest: String?)
  /// The text names no record of the kind that the field refers to.
  case noSuchRecord(text: String, field: String, kind: String, closest: String?)
  /// The text names several records.
  case ambiguousReference(text: String, field: String, kind: String, candidates: [RecordReference])
  /// A counter was given a number instead of a difference.
  case counterSet(field: String, present: Int64, wanted: Int64?)
  /// The field is no counter, or was not given what was counted.
  case notCounted(field: String)
  /// The field does not take `+=` or `-=`.
  case noSuchOperation(field: String, operation: String)
  /// The status machine has no such move.
  case impossibleMove(field: String, from: String, to: String, allowed: [String])
  /// A record has to have these fields.
  case missingFields([String], entity: String)
  /// Another live record has the value, which should be unique.
  case notUnique(field: String, value: String, holder: String)
  /// The number is below the least or above the greatest that the field takes.
  case outOfBounds(field: String, value: String, bounds: FieldBounds)
  /// The record would refer to itself.
  case selfReference(field: String, kind: String)
  /// The value was taken out of what its list offers.
  case retiredValue(text: String, field: String)
  /// The workspace no longer wants the field to be filled in.
  case retiredField(field: String)
  /// What the field once said is never changed.
  case fixedField(field: String, kind: String)
  /// What was said is complete, and is only added to.
  case closed(field: String, kind: String)
  /// A deal is reopened, or criteria are passed over, and nobody says why.
  case needsReason(from: String?, to: String)
  /// A deal is not what the stages ask that it would leave; `remedies` is what to type.
  case unmetCriteria(stage: String, criteria: [String], remedies: [String])
  /// A deal is lost, and nobody says what for.
  case needsCloseReason(stage: String)

  /// The field at fault; `nil` where it is the record as a whole.
  package var field: String? {
    switch self {
    case .unreadableValue(_, let field, _), .unknownChoice(_, let field, _, _),
      .noSuchRecord(_, let field, _, _), .ambiguousReference(_, let field, _, _),
      .counterSet(let field, _, _), .notCounted(let field), .noSuchOperation(let field, _),
      .impossibleMove(let field, _, _, _), .notUnique(let field, _, _),
      .outOfBounds(let field, _, _), .selfReference(let field, _), .retiredValue(_, let field),
      .fixedField(let field, _), .retiredField(let field), .closed(let field, _):
      field
    case .missingFields: nil
    case .needsReason, .unmetCriteria, .needsCloseReason: "stage"
    }
  }
}

extension EditError: UserFacingError {
  package var summary: String {
    switch self {
    case .unreadableValue(let text, let field, _): "“\(text)” cannot be read as \(field)."
    case .unknownChoice(let text, let field, _, _): "“\(text)” is not \(field.withArticle)."
    case .noSuchRecord(let text, let field, let kind, _):
      field == kind
        ? "There is no \(kind) “\(text)”." : "There is no \(kind) “\(text)” for \(field)."
    case .ambiguousReference(let text, _, let kind, let candidates):
      "“\(text)” names \(candidates.count) records of the kind \(kind)."
    case .counterSet(let field, _, _):
      """
      \(field) is a counter: every node's changes are added up, so it can't be set to a number.
      """
    case .notCounted(let field): "\(field) is no counter that was given what was counted."
    case .noSuchOperation(let field, let operation):
      "\(field) holds one value, so `\(field)\(operation)` says nothing."
    case .impossibleMove(let field, let from, let to, _):
      "The \(field) cannot go from \(Self.words(from)) to \(Self.words(to))."
    case .missingFields(let fields, let entity):
      "The \(entity) lacks \(fields.joined(separator: ", "))."
    case .notUnique(let field, let value, let holder):
      "\(holder) has the \(field) “\(value)” already."
    case .outOfBounds(let field, let value, let bounds):
      "The \(Self.words(field)) cannot be \(value): it is \(bounds)."
    case .fixedField(let field, let kind):
      "The \(Self.words(field)) of \(kind.withArticle) is never changed."
    case .closed(let field, let kind):
      "The \(kind) is closed; its \(Self.words(field)) is never changed."
    case .retiredValue(let text, let field):
      "“\(text)” is no longer to be chosen for \(Self.words(field))."
    case .retiredField(let field): "\(field) was retired and is no longer filled in."
    case .selfReference(let field, let kind):
      "\(Self.capitalized(kind.withArticle)) cannot be its own \(Self.words(field))."
    case .needsReason(let from, let to):
      "Going \(from.map { "from \($0) " } ?? "")to \(to) needs a reason."
    case .unmetCriteria(let stage, let criteria, _):
      "The deal cannot go to \(stage) yet: \(criteria.joined(separator: "; "))."
    case .needsCloseReason(let stage):
      "A deal that goes to \(stage) needs a reason it was lost for."
    }
  }

  package var hint: String? {
    switch self {
    case .unreadableValue(_, _, let example): "Write it like this: \(example)."
    case .unknownChoice(_, _, let choices, let closest):
      closest.map { "Did you mean “\($0)”?" } ?? "It can be \(choices.joined(separator: ", "))."
    case .noSuchRecord(_, _, let kind, let closest):
      closest.map { "Did you mean “\($0)”?" } ?? "Make it first: `new \(kind) …`."
    case .ambiguousReference(_, _, _, let candidates):
      "Use the id of one: "
        + candidates.prefix(Self.candidatesShown).map { "\($0.shortText) \($0.name ?? "")" }
        .joined(separator: ", ") + (candidates.count > Self.candidatesShown ? ", …" : ".")
    case .counterSet(let field, let present, let wanted):
      Self.counterHint(field, present, wanted ?? present)
    case .notCounted(let field): "Counters are recounted with `\(field)=NUMBER`; others are edited."
    case .noSuchOperation(let field, _): "Write `\(field)=…`."
    case .impossibleMove(_, let from, _, let allowed):
      allowed.isEmpty
        ? "Nothing follows \(Self.words(from))."
        : "From there it can go to \(allowed.map(Self.words).joined(separator: ", "))."
    case .missingFields(let fields, _): "Add `\(fields.first ?? "")=…`."
    case .notUnique: "Give it another, or edit that record."
    case .outOfBounds(let field, _, _): "Write `\(field)=…` with a number in these bounds."
    case .fixedField(_, let kind): "Make another: `new \(kind) …`."
    case .closed: "Add to it: `amend REF \"TEXT\"`."
    case .retiredValue: "See what can be: picklist list"
    case .retiredField: "What records say in it stays; an administrator can revive it."
    case .selfReference(let field, let kind): "Name another \(kind), or clear it with `\(field)=`."
    case .needsReason: "Add `because \"WHY\"`."
    case .unmetCriteria(_, _, let remedies):
      """
      Add \(remedies.map { "`\($0)`" }.joined(separator: " ")), or pass it over with `--override because "WHY"`.
      """
    case .needsCloseReason: "Add `close_reason=…`, such as price, no budget or competitor."
    }
  }

  private static let candidatesShown = 5

  private static func counterHint(_ field: String, _ present: Int64, _ wanted: Int64) -> String {
    let distance = Int128(wanted) - Int128(present)
    let difference =
      distance < 0
      ? "took some? `\(field)-=\(distance.magnitude)`" : "got some? `\(field)+=\(distance)`"
    return "Now \(present) · \(difference)"
  }

  private static func capitalized(_ sentence: String) -> String {
    sentence.prefix(1).uppercased() + sentence.dropFirst()
  }

  private static func words(_ state: String) -> String {
    String(state.map { $0 == "_" ? " " : $0 })
  }
}
