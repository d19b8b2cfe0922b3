import CRDTCore
import Foundation
import ReplicaStore

/// The tasks that follow of a lead's way into a stage which keeps leads warm, one for each of its days.
///
/// Their ids are derived from the visit and the day, so that two nodes which make one move write each once.
struct FollowUps {
  private static let kind = "task"

  private let name: Value
  private let owner: Value
  private let days: [Int64]
  private let occasion: EditOccasion

  /// `nil` of a stage that keeps nobody warm.
  init?(for draft: EditDraft, in stage: DealStages.Stage, on occasion: EditOccasion) {
    guard stage.nurtures else { return nil }
    name = draft["name"]
    owner = draft["owner"]
    days = stage.followUpDays
    self.occasion = occasion
  }

  /// What they take of an entry.
  var size: WriteSize { WriteSize(count: 6 * days.count, bytes: 500 * days.count) }

  func write(of deal: RecordID, in visit: RecordID, _ transaction: Transaction) throws {
    // By the company's clock, so that two nodes in different places say the same.
    let zone =
      try WorkspaceSettings.set(.timeZone, in: transaction.snapshot.database)
      .flatMap { TimeZone(identifier: $0) } ?? occasion.timeZone
    let today = occasion.now.day(in: zone)
    for day in days {
      let id = Self.id(in: visit, day)
      let due = CivilDate(days: today.days + Int32(clamping: day))
      var changes = [
        FieldChange("title", .set(.text(title))),
        FieldChange("about", .insert(.reference(deal))),
        FieldChange("due", .set(.instant(due.start(in: zone)))),
        FieldChange("status", .set(.text("open"), rank: StatusMachine.task.rank(of: "open"))),
      ]
      if case .reference = owner {
        changes += [FieldChange("assignees", .insert(owner)), FieldChange("owner", .set(owner))]
      }
      try transaction.create(Self.kind, id: id, changes)
    }
  }

  /// Drops those of a visit that nobody has done.
  func drop(of visit: RecordID, in transaction: Transaction) throws {
    for day in days {
      let id = Self.id(in: visit, day)
      guard let state = try transaction.snapshot.record(Self.kind, id), !state.isDeleted,
        [.text("open"), .text("in_progress")].contains(state["status"])
      else { continue }
      let rank = StatusMachine.task.rank(of: "dropped")
      try transaction.edit(
        Self.kind, id, basis: state.basis,
        [FieldChange("status", .set(.text("dropped"), rank: rank))])
    }
  }

  private var title: String {
    if case .text(let name) = name { "Follow up: \(name)" } else { "Follow up" }
  }

  private static func id(in visit: RecordID, _ day: Int64) -> RecordID {
    RecordID(derivedFrom: kind, [visit.rawValue.bigEndianBytes, Array("\(day)".utf8)])
  }
}
