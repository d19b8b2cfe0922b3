import CRDTCore
import Foundation
import ReplicaStore

/// What follows when a task is done that comes again: the next one, due when the rule says.
struct TaskConsequences: EditConsequences {
  /// The rule, and when the task that is done was due.
  let rule: RecurrenceRule
  let due: Instant
  let timeZone: TimeZone

  var size: WriteSize { DerivedTask.size }

  func apply(to record: RecordID, in transaction: Transaction) throws {
    let start = LocalTime(due, in: timeZone)
    guard let next = next(after: start),
      let state = try transaction.snapshot.record(DerivedTask.kind, record)
    else { return }
    var fields = [
      FieldChange(
        "due", .set(.instant(LocalTime(next, second: start.second).instant(in: timeZone)))),
      FieldChange("follows", .set(.reference(record))),
    ]
    for field in ["title", "priority", "notes", "owner", "region"] where !state[field].isNull {
      fields.append(FieldChange(field, .set(state[field])))
    }
    for field in ["about", "assignees", "reminder_offsets", "teams", "labels"] {
      fields += state.elements(of: field).map { FieldChange(field, .insert($0)) }
    }
    fields.append(FieldChange("recurrence", .set(.text(rest.description))))
    try DerivedTask(of: [Array("next".utf8), record.rawValue.bigEndianBytes], fields)
      .write(in: transaction)
  }

  /// The day on which it comes next; `nil` of the last one.
  private func next(after start: LocalTime) -> CivilDate? {
    if let count = rule.count, count <= 1 { return nil }
    var endless = rule
    endless.count = nil
    return Occurrences.day(after: start.day, of: endless, from: start, in: timeZone)
  }

  /// What is left of the rule.
  private var rest: RecurrenceRule {
    var rest = rule
    rest.count = rule.count.map { $0 - 1 }
    return rest
  }
}
