import CRDTCore
import CRMDomain
import ReplicaStore

/// The conflicts of one moment.
struct ConflictFinding {
  let view: RecordView
  let all: [ConflictDescription]
  /// The fewest characters by which a conflict is named, its letter counted.
  private static let prefixLengthMin = 4

  init(_ view: RecordView) throws {
    self.view = view
    let names = ConflictNames()
    let handlings = try ConflictHandling.all(in: view.snapshot)
    all = try view.snapshot.conflicts().map {
      try ConflictDescription($0, view, names, handlings)
    }
  }

  var open: [ConflictDescription] { all.filter(\.conflict.isOpen) }

  /// The conflict whose id begins with a text, open or settled by a rule.
  func conflict(_ word: String) throws -> ConflictDescription {
    let digits = word.dropFirst().lowercased()
    guard word.count >= Self.prefixLengthMin, word.lowercased().first == "x" else {
      throw RecordError.noSuchConflict(word)
    }
    var found = all.filter { $0.conflict.id.text.hasPrefix(digits) }
    // Whoever knew a conflict before it was settled and reopened finds it under the id of then.
    if found.isEmpty {
      found = all.filter { $0.reopening?.former.text.hasPrefix(digits) == true }
    }
    guard let first = found.first else { throw try past(word, digits) }
    guard found.count == 1 else {
      throw RecordError.ambiguousConflict(word, candidates: found.map(\.fullID))
    }
    return first
  }

  /// What is to be said of a conflict that is not, or no longer, there.
  private func past(_ word: String, _ digits: String) throws -> RecordError {
    guard digits.count >= ConflictDescription.digitCount else { return .noSuchConflict(word) }
    guard let settlement = try view.snapshot.settlement(ofConflict: digits) else {
      let now = try view.snapshot.successor(ofConflict: digits)
      return now.map {
        .grownConflict(
          word, now: ConflictDescription.shortID(of: $0), sideCount: $0.sides.count)
      }
        ?? .noSuchConflict(word)
    }
    let time = Instant(milliseconds: Int64(clamping: settlement.stamp.time.wallMilliseconds))
    let reason = settlement.reason.map { ": \"\($0)\"" } ?? ""
    return .settledConflict(
      word,
      act: """
        on \(view.people.stamp(time)) by \(try view.authorName(settlement.member))\(reason)
        """,
      history: try settlement.record.map { record in
        try view.shortID(record) + (settlement.field.map { "." + $0 } ?? "")
      })
  }

  /// The conflicts that several words name, each once.
  func conflicts(_ words: ArraySlice<String>) throws -> [ConflictDescription] {
    var seen: Set<ConflictID> = []
    return try words.map(conflict).filter { seen.insert($0.conflict.id).inserted }
  }

  /// The open conflicts of a record.
  func conflicts(of key: RecordKey) -> [ConflictDescription] {
    open.filter { $0.conflict.records.contains(key) }
  }
}
