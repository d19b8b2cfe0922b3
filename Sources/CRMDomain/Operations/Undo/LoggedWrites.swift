import CRDTCore
import ReplicaStore

/// A place of a record that writes replace each other in.
enum WritePlace: Hashable {
  /// The record's existence.
  case lifecycle
  case register(String)
  case element(String, ElementKey)
}

/// Looks up single writes of the log, and what writes that take others back stand for.
///
/// Belongs to one snapshot.
final class LoggedWrites {
  /// An entry with its records at hand.
  private struct Known {
    let entry: LoggedEntry
    let operation: OperationID
    let reversal: Reversal?
    let edits: [RecordKey: RecordEdit]
  }

  private struct Question: Hashable {
    let dot: Dot
    let key: RecordKey
    let place: WritePlace
  }

  /// Decoded entries kept at hand; an import has a thousand records in each.
  private static let knownMax = 512
  /// How often undo and redo of one value are followed back; nobody has more in mind.
  private static let depthMax = 100

  private let snapshot: Snapshot
  private var known: [Dot: Known] = [:]
  private var steps: [Question: [Dot]] = [:]

  init(_ snapshot: Snapshot) { self.snapshot = snapshot }

  /// The entry of a write; `nil` if it is not held.
  func entry(_ dot: Dot) throws -> LoggedEntry? { try known(dot)?.entry }

  /// Whether an entry takes back another.
  func isReversal(_ dot: Dot) throws -> Bool { try known(dot)?.reversal != nil }

  /// What an entry wrote to a record.
  func writes(_ dot: Dot, to key: RecordKey) throws -> [(field: String, write: FieldWrite)] {
    guard let known = try known(dot), let edit = known.edits[key] else { return [] }
    let payload = known.entry.payload
    return payload.writes[edit.writes].compactMap { write in
      payload.name(write.field).map { ($0, write) }
    }
  }

  /// What an entry wrote to a place of a record.
  func write(_ dot: Dot, to key: RecordKey, at place: WritePlace) throws -> FieldWrite? {
    try writes(dot, to: key).first { WritePlace(of: $0.write, field: $0.field) == place }?.write
  }

  /// The writes of `operation` that one stands for; empty if it stands for none of them.
  ///
  /// It is one of them itself, or it has taken back what replaced one of them, and so says again
  /// what the operation had written.
  func writes(
    of operation: OperationID, behind dot: Dot, _ key: RecordKey, at place: WritePlace,
    depth: Int = 0
  ) throws -> [Dot] {
    guard let known = try known(dot) else { return [] }
    if known.operation == operation { return [dot] }
    guard depth < Self.depthMax, known.reversal != nil else { return [] }
    var found: [Dot] = []
    for next in try step(dot, key, place, depth: depth) {
      found += try writes(of: operation, behind: next, key, at: place, depth: depth + 1)
    }
    return found
  }

  /// Whether a write has taken back the first one of its place, so that the place is as if never
  /// written.
  func isBlank(_ dot: Dot, _ key: RecordKey, at place: WritePlace, depth: Int = 0) throws -> Bool {
    guard depth < Self.depthMax, try isReversal(dot) else { return false }
    return try step(dot, key, place, depth: depth).allSatisfy {
      try isBlank($0, key, at: place, depth: depth + 1)
    }
  }

  /// The writes whose values one brought back by taking others back.
  private func step(
    _ dot: Dot, _ key: RecordKey, _ place: WritePlace, depth: Int
  ) throws -> [Dot] {
    let question = Question(dot: dot, key: key, place: place)
    if let answer = steps[question] { return answer }
    guard let target = try known(dot)?.reversal?.operation,
      let write = try write(dot, to: key, at: place)
    else { return [] }
    var answer: [Dot] = []
    for replaced in write.replaces {
      for own in try writes(of: target, behind: replaced, key, at: place, depth: depth + 1) {
        answer += try replacedFromOutside(by: own, of: target, key, at: place)
      }
    }
    if steps.count >= Self.knownMax { steps.removeAll() }
    steps[question] = answer
    return answer
  }

  /// What a write of an operation, or an earlier one of the same operation, replaced that was not the
  /// operation's own.
  func replacedFromOutside(
    by dot: Dot, of operation: OperationID, _ key: RecordKey, at place: WritePlace
  ) throws -> [Dot] {
    var waiting = [dot]
    var seen = Set(waiting)
    var outside: [Dot] = []
    while let next = waiting.popLast() {
      for replaced in try write(next, to: key, at: place)?.replaces ?? []
      where seen.insert(replaced).inserted {
        let entry = try known(replaced)
        // What an entry says that was set aside never showed; what it replaced did.
        if entry?.operation == operation || entry?.entry.verdict != nil {
          waiting.append(replaced)
        } else {
          outside.append(replaced)
        }
      }
    }
    return outside.sorted()
  }

  private func known(_ dot: Dot) throws -> Known? {
    if let known = known[dot] { return known }
    guard let entry = try snapshot.entry(dot) else { return nil }
    var edits: [RecordKey: RecordEdit] = [:]
    for edit in entry.payload.records {
      guard let kind = entry.payload.name(edit.kind) else { continue }
      edits[RecordKey(kind: kind, id: edit.id)] = edit
    }
    if known.count >= Self.knownMax { known.removeAll() }
    let answer = Known(
      entry: entry, operation: OperationID(of: entry),
      reversal: entry.payload.command.flatMap(Reversal.init(command:)), edits: edits)
    known[dot] = answer
    return answer
  }
}

extension WritePlace {
  /// The place that a write is about; `nil` of a counter's, which replace nothing.
  init?(of write: FieldWrite, field: String) {
    switch write.change {
    case .register, .sides: self = .register(field)
    case .element(let key, _, _): self = .element(field, key)
    case .delete, .restore: self = .lifecycle
    case .counter, .unknown: return nil
    }
  }
}
