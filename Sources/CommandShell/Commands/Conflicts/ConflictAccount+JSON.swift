import CRDTCore
import CRMDomain
import ReplicaStore

extension ConflictAccount {
  /// `kith.conflict/1`.
  func json() throws -> JSONValue {
    guard case .object(let members) = try conflict.json(sideMembers: members) else { return .null }
    let more: [JSONValue.Member] = [
      .init("sentence", .string(try sentence())),
      .init("rule", conflict.rule.map { .string($0.name) } ?? .null),
      .init("rule_text", try conflict.rule.map { .string(try view.words(of: $0)) } ?? .null),
      .init("blocks", .array(conflict.blocks.map(JSONValue.string))),
      .init("reason", conflict.conflict.reason == nil ? .null : .string(conflict.reasonInWords)),
      .init("ahead", try decisionsJSON()),
      .init("base", .array(try origin.ancestors.map(ancestor))),
      .init(
        "clock",
        clocks.map { clocks in
          [
            "gap_ms": .integer(clocks.gapMilliseconds),
            "skew_ms": clocks.skewMilliseconds.map(JSONValue.integer) ?? .null,
            "could_have_decided": clocks.couldHaveDecided.map(JSONValue.bool) ?? .null,
          ]
        } ?? .null),
      .init(
        "heads",
        .array(conflict.heads.map { .string(ConflictDescription.headText($0)) })),
      .init("repairs", .array(try ConflictRepair.all(of: conflict).map { .string($0.text) })),
      .init("merge", mergingJSON()), .init("resolution", .null),
    ]
    return .object([.init("schema", "kith.conflict/1")] + members + more)
  }

  /// The text that holds all edits; null where they overlap or are not of a text.
  private func mergingJSON() -> JSONValue {
    guard case .merged(let text)? = merging() else { return .null }
    return .string(text)
  }

  private func members(of side: ConflictSide) throws -> [JSONValue.Member] {
    let entry = origin.entry(of: side)
    return [
      .init("stamp", .string(try stamp(side.stamp))),
      .init("based_on", .array(try origin.seen(by: side).map { .string(try stamp($0.stamp)) })),
      .init("reason", entry?.reason.map(JSONValue.string) ?? .null),
    ]
  }

  private func ancestor(_ entry: ReplicaStore.HistoryEntry) throws -> JSONValue {
    [
      "stamp": .string(try stamp(entry.stamp)),
      "value": .string(try entry.writes.map(text).joined(separator: " | ")),
      "user": .string(try conflict.names.author(entry.member, view)),
      "node": .string(try conflict.names.node(entry.stamp.dot, view)),
    ]
  }

  /// A stamp in full: time in UTC to the millisecond, counter, node.
  private func stamp(_ stamp: Stamp) throws -> String {
    let time = PeopleFormat.utcTimestamp(Self.time(stamp))
    return "\(time)/\(stamp.time.counter)/\(try conflict.names.node(stamp.dot, view))"
  }
}
