package import CRDTCore
import GRDB
import ReplicaStore

/// What follows of an engagement: the tasks that the workspace's follow-ups ask for, and that a customer who
/// waited for an answer to a request has heard from us.
struct EngagementConsequences: EditConsequences {
  /// A follow-up that the engagement is of the type of.
  struct FollowUp: Hashable, Sendable {
    let id: RecordID
    let title: String
    let days: Int64
  }

  let followUps: [FollowUp]
  let date: Instant
  /// Who does what follows.
  let assignee: RecordID?
  /// What the tasks are about, beside the engagement.
  let about: [Value]
  /// The requests that it answers.
  let answered: [RecordID]

  var size: WriteSize {
    var size = WriteSize(count: answered.count, bytes: 80 * answered.count)
    for _ in followUps { size += DerivedTask.size }
    return size
  }

  func apply(to record: RecordID, in transaction: Transaction) throws {
    for followUp in followUps {
      let due = Instant(milliseconds: date.milliseconds &+ followUp.days &* 86_400_000)
      try DerivedTask.following(
        record, of: followUp.id.rawValue.bigEndianBytes, title: followUp.title, due: due,
        assignee: assignee, about: about
      ).write(in: transaction)
    }
    for id in answered {
      guard let state = try transaction.snapshot.record("case", id), !state.isDeleted else {
        continue
      }
      if case .instant(let earlier) = state["responded_at"], earlier <= date { continue }
      try transaction.edit(
        "case", id, basis: state.basis, [FieldChange("responded_at", .set(.instant(date)))])
    }
  }

  /// How many follow-ups one engagement has at most.
  private static let followUpsMax = 50

  /// The follow-ups of a type of engagement, in the order of their ids.
  static func followUps(of type: Value, in database: Database) throws -> [FollowUp] {
    var id: RecordID?
    if case .reference(let reference) = type { id = reference }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, title, days FROM follow_up
        WHERE _hidden IS NULL AND archived IS NOT 1 AND title IS NOT NULL
          AND (type IS NULL OR type = ?) ORDER BY id LIMIT \(Self.followUpsMax)
        """, arguments: [id?.databaseValue])
    return rows.compactMap { row in
      RecordID(row[0] as DatabaseValue).map {
        FollowUp(id: $0, title: row[1], days: min(36_600, max(0, row[2] ?? 0)))
      }
    }
  }
}

extension DerivedTask {
  /// A task that follows of an engagement by `cause`: a rule's id, or the words of a next step.
  ///
  /// It is about the engagement, and about what is named besides.
  package static func following(
    _ engagement: RecordID, of cause: [UInt8], title: String, due: Instant?, assignee: RecordID?,
    about: [Value]
  ) -> DerivedTask {
    var fields = [FieldChange("title", .set(.text(NameFolding.normalized(title))))]
    if let due { fields.append(FieldChange("due", .set(.instant(due)))) }
    if let assignee {
      fields.append(FieldChange("owner", .set(.reference(assignee))))
      fields.append(FieldChange("assignees", .insert(.reference(assignee))))
    }
    let all = [Value.reference(engagement)] + about
    fields += all.map { FieldChange("about", .insert($0)) }
    return DerivedTask(of: [engagement.rawValue.bigEndianBytes, cause], fields)
  }
}
