package import CRDTCore
package import ReplicaStore

/// What somebody says to an invitation: one record for each event and person, on whichever node it is said.
package enum EventAnswer {
  static let kind = "event_answer"

  /// Writes `open`, `yes`, `no` or `maybe` of a person by id or address, and says whether that was new.
  @discardableResult
  package static func write(
    _ answer: String, of who: String, to event: RecordID, in transaction: Transaction
  ) throws -> Bool {
    let id = RecordID(derivedFrom: kind, [event.rawValue.bigEndianBytes, Array(who.utf8)])
    let state = try transaction.snapshot.record(kind, id)
    guard state?["answer"] != .text(answer), state != nil || answer != "open" else { return false }
    var changes = [FieldChange("answer", .set(.text(answer)))]
    if state == nil {
      changes.append(FieldChange("event", .set(.reference(event))))
      changes.append(FieldChange("who", .set(.text(who))))
    }
    try transaction.edit(kind, id, basis: state?.basis ?? Basis(), changes)
    return true
  }
}
