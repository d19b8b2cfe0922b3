package import CRDTCore

/// The act that ended a conflict.
package struct ConflictSettlement: Hashable, Sendable {
  /// The record it was about; `nil` if the log does not tell.
  package let record: RecordKey?
  /// The field it was about; `nil` if it was about the record's existence, or about several fields.
  package let field: String?
  /// The name and time of the entry.
  package let stamp: Stamp
  /// For whom its author's node wrote.
  package let member: MemberID
  /// Why, in the author's words.
  package let reason: String?
}

extension Snapshot {
  /// What settled the conflict whose id begins with these digits, as far as the log tells.
  ///
  /// A write that replaces several values tells which conflict it settled; of other kinds only commands
  /// that name the conflict do.
  ///
  /// - Complexity: O(entries since), each of which is read.
  package func settlement(ofConflict digits: String) throws -> ConflictSettlement? {
    let directory = try directory()
    let reader = LogReader(directory: directory, log: try LogTable(database))
    let selection = try Statement(
      database,
      "SELECT \(LogTable.rowColumns) FROM _log WHERE verdict IS NULL ORDER BY arrival DESC")
    while try selection.step() {
      try Task.checkCancellation()
      let row = try LogTable.row(from: selection)
      let dot = try directory.dot(row.dot)
      guard let author = directory[dot.replica],
        let payload = try reader.payload(of: row),
        let (record, field) = PastConflicts(digits: digits).settled(by: payload)
      else { continue }
      return ConflictSettlement(
        record: record, field: field,
        stamp: Stamp(dot: dot, time: row.time, hash: row.hash), member: author.member,
        reason: payload.reason)
    }
    return nil
  }

  /// The present conflict that one with these first digits has become, since more was written.
  package func successor(ofConflict digits: String) throws -> Conflict? {
    let past = PastConflicts(digits: digits)
    return try conflicts().first { conflict in
      switch conflict.kind {
      case .unique, .constraint, .transition, .held, .clock, .fork: return false
      case .field, .lifecycle: break
      }
      guard let key = conflict.records.first else { return false }
      let history = try history(key.kind, key.id, field: conflict.field)
      let dots = conflict.sides.map(\.stamp.dot) + history.map(\.stamp.dot)
      return past.isMade(of: dots, conflict.kind, key, conflict.field)
    }
  }
}

extension Snapshot {
  /// Whether these are the first digits of a conflict about the record's existence, as far as two or three
  /// of the writes to it made it.
  package func hasBeenInConflict(_ record: RecordKey, digits: String) throws -> Bool {
    let dots = try history(record.kind, record.id).map(\.stamp.dot)
    return PastConflicts(digits: digits).isMade(of: dots, .lifecycle, record, nil)
  }
}

/// Recognises a conflict that is no more by the id that its sides made.
private struct PastConflicts {
  /// The first characters of the id.
  let digits: String
  /// Of how many writes the sides of a conflict that has grown since are sought among.
  private static let dotsMax = 12
  /// The fewest characters by which a command names a conflict, without its letter.
  private static let typedMin = 3

  /// The record and the field of the conflict that an entry's writes settled.
  func settled(by payload: Payload) -> (RecordKey?, field: String?)? {
    for edit in payload.records {
      guard let kind = payload.name(edit.kind) else { continue }
      let key = RecordKey(kind: kind, id: edit.id)
      for write in payload.writes[edit.writes] where write.replaces.count > 1 {
        guard let field = payload.name(write.field) else { continue }
        if matches(write.replaces, .field, key, field)
          || isMade(of: write.replaces, .field, key, field)
        {
          return (key, field)
        }
      }
    }
    guard isNamed(in: payload.command ?? "") else { return nil }
    // An entry that settled several conflicts does not tell which record was in this one.
    guard payload.records.count == 1, let kind = payload.name(payload.records[0].kind),
      kind != Dismissal.kind
    else { return (nil, nil) }
    return (RecordKey(kind: kind, id: payload.records[0].id), nil)
  }

  /// Whether two or three of these writes were the sides of the conflict.
  func isMade(of dots: [Dot], _ kind: ConflictKind, _ key: RecordKey, _ field: String?) -> Bool {
    var known: [Dot] = []
    for dot in dots where !known.contains(dot) && known.count < Self.dotsMax { known.append(dot) }
    for (index, first) in known.enumerated() {
      for (next, second) in known.enumerated().dropFirst(index + 1) {
        if matches([first, second], kind, key, field) { return true }
        for third in known.dropFirst(next + 1)
        where matches([first, second, third], kind, key, field) {
          return true
        }
      }
    }
    return false
  }

  private func matches(
    _ dots: [Dot], _ kind: ConflictKind, _ key: RecordKey, _ field: String?
  ) -> Bool {
    let place = [Array(key.kind.utf8), key.id.rawValue.bigEndianBytes]
    let parts = place + [field.map { Array($0.utf8) }].compactMap(\.self)
    return ConflictID(kind, parts + dots.sorted().map(\.encoded)).text.hasPrefix(digits)
  }

  /// Whether a command that settles conflicts names this one.
  private func isNamed(in command: String) -> Bool {
    let words = command.lowercased().split(separator: " ")
    guard words.first == "conflict" else { return false }
    return words.dropFirst(2).contains { word in
      let typed = word.dropFirst()
      return word.first == "x" && typed.count >= Self.typedMin
        && (typed.hasPrefix(digits) || digits.hasPrefix(typed))
    }
  }
}
