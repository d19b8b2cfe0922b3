import CRDTCore
import CRMDomain
import ReplicaStore

extension ConflictAccount {
  private static let decisionsShown = 10

  /// Whose clock it was, how many entries carry its time, and what shows because of them.
  func clockLines() throws -> [String] {
    guard let first = conflict.conflict.sides.first, let last = conflict.conflict.sides.last else {
      return []
    }
    let ahead = try view.snapshot.entriesAhead(of: conflict.conflict)
    var rows = [
      Row("clock of", [try view.nodeName(first.stamp.dot), try view.authorName(first.member)])
    ]
    let from = view.people.stamp(ConflictDescription.time(of: first))
    let to = view.people.stamp(ConflictDescription.time(of: last))
    rows.append(Row("entries", ["\(ahead.count)", from == to ? from : "\(from) to \(to)"]))
    for decision in ahead.decisions.prefix(Self.decisionsShown) {
      rows.append(Row("showing", try cells(of: decision)))
    }
    if ahead.decisions.isEmpty {
      rows.append(Row("showing", ["nothing: later writes have replaced all that they said"]))
    }
    let hidden = ahead.decisions.count - Self.decisionsShown
    if hidden > 0 { rows.append(Row("", ["and \(hidden) more"])) }
    return Row.lines(rows, [], view.context.output.style)
  }

  private func cells(of decision: EntriesAhead.Decision) throws -> [String] {
    let key = decision.record
    guard let entity = view.catalog[key.kind] else { return ["(of a later version)"] }
    let name = try view.lookup.record(key.id, of: entity)?.name ?? ""
    let value = try entity.field(named: decision.field).map {
      try view.text(decision.value, of: $0)
    }
    return [
      "\(entity.name) \(try view.shortID(key)) \(name)", decision.field,
      value ?? "(of a later version)",
    ]
  }

  /// What shows because of a clock that was ahead, for programs.
  func decisionsJSON() throws -> JSONValue {
    guard conflict.conflict.kind == .clock else { return .null }
    let ahead = try view.snapshot.entriesAhead(of: conflict.conflict)
    let decisions = try ahead.decisions.map { decision in
      let field = view.catalog[decision.record.kind]?.field(named: decision.field)
      let value = try field.map { try view.fields.reading(decision.value, of: $0).json(of: $0) }
      return [
        "record": .string(decision.record.id.description), "kind": .string(decision.record.kind),
        "field": .string(decision.field), "value": value.map(JSONValue.init) ?? .null,
      ] as JSONValue
    }
    return ["entries": .integer(Int64(ahead.count)), "showing": .array(decisions)]
  }
}
