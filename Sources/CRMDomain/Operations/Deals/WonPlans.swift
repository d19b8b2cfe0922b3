import CRDTCore
import GRDB
import ReplicaStore

/// What is to be done once a deal is won, in how many days: `14 Ask how it runs; 90 Ask for a reference`.
struct FollowUpPlan: Hashable, Sendable {
  struct Item: Hashable, Sendable {
    let days: Int
    let title: String
  }

  let items: [Item]

  /// More than anybody does after one sale; they share the entry of the move.
  private static let itemsMax = 12

  /// Reads a plan; `nil` of a text that is none.
  init?(_ text: String) {
    let parts = text.split(separator: ";").map { String($0).trimmed }.filter { !$0.isEmpty }
    let items = parts.compactMap { part -> Item? in
      let words = part.split(separator: " ", maxSplits: 1)
      guard words.count == 2, let days = Int(words[0]), (0...3_650).contains(days) else {
        return nil
      }
      return Item(days: days, title: String(words[1]).trimmed)
    }
    guard !items.isEmpty, items.count == parts.count, items.count <= Self.itemsMax else {
      return nil
    }
    self.items = items
  }

  /// The task that an item becomes when a deal is won: one, on whichever nodes it is won.
  static func task(_ item: Item, of deal: RecordID) -> RecordID {
    RecordID(
      derivedFrom: "task",
      [
        Array("won".utf8), deal.rawValue.bigEndianBytes, Array("\(item.days)".utf8),
        Array(item.title.utf8),
      ])
  }
}

extension FollowUpPlan: CustomStringConvertible {
  /// As it is stored.
  var description: String { items.map { "\($0.days) \($0.title)" }.joined(separator: "; ") }
}

/// What has to be done with an order, and by whom: `Plan the work: Tom Hale; Send the invoice: Anna Berg`.
struct HandoverPlan: Hashable, Sendable {
  struct Step: Hashable, Sendable {
    let text: String
    /// What the user is called who does it.
    let responsible: String?
  }

  let steps: [Step]

  private static let stepsMax = 12

  /// Reads a plan; `nil` of a text that is none.
  init?(_ text: String) {
    let parts = text.split(separator: ";").map { String($0).trimmed }.filter { !$0.isEmpty }
    let steps = parts.compactMap { part -> Step? in
      let sides = part.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
      guard let text = sides.first, !text.isEmpty else { return nil }
      return Step(text: text, responsible: sides.count > 1 && !sides[1].isEmpty ? sides[1] : nil)
    }
    guard !steps.isEmpty, steps.count == parts.count, steps.count <= Self.stepsMax else {
      return nil
    }
    self.steps = steps
  }

  /// The record of a step of an order.
  static func record(_ step: Step, of order: RecordID) -> RecordID {
    RecordID(
      derivedFrom: "handover_step", [order.rawValue.bigEndianBytes, Array(step.text.utf8)])
  }
}

extension HandoverPlan: CustomStringConvertible {
  /// As it is stored.
  var description: String {
    steps.map { step in step.responsible.map { "\(step.text): \($0)" } ?? step.text }
      .joined(separator: "; ")
  }
}

extension WonDeal {
  /// Makes the tasks that follow a sale, or opens again those that were dropped.
  func followUp(since day: CivilDate, in transaction: Transaction) throws {
    for item in try plan(in: transaction).items {
      let id = FollowUpPlan.task(item, of: deal)
      let state = try transaction.snapshot.record("task", id)
      if let state, state.isDeleted || state["status"] != .text("dropped") { continue }
      guard state == nil else {
        try transaction.edit(
          "task", id, basis: state?.basis ?? Basis(), [status("open", of: .task)])
        continue
      }
      // Noon in UTC is that day almost everywhere, and the same moment on every node.
      let noon = (Int64(day.days) + Int64(item.days)) * 86_400_000 + 43_200_000
      var changes = [
        FieldChange("title", .set(.text(item.title))),
        FieldChange("about", .insert(.reference(deal))),
        FieldChange("due", .set(.instant(Instant(milliseconds: noon)))),
        status("open", of: .task),
      ]
      if case .reference(let owner) = draft["owner"] {
        changes.append(FieldChange("owner", .set(.reference(owner))))
        changes.append(FieldChange("assignees", .insert(.reference(owner))))
      }
      try transaction.edit("task", id, basis: Basis(), changes)
    }
  }

  /// Drops the tasks that were to follow a sale and that nobody has done.
  func dropFollowUps(in transaction: Transaction) throws {
    for item in try plan(in: transaction).items {
      let id = FollowUpPlan.task(item, of: deal)
      guard let state = try transaction.snapshot.record("task", id), !state.isDeleted,
        [.text("open"), .text("in_progress")].contains(state["status"])
      else { continue }
      try transaction.edit("task", id, basis: state.basis, [status("dropped", of: .task)])
    }
  }

  private func plan(in transaction: Transaction) throws -> FollowUpPlan {
    let text = try WorkspaceSettings.value(of: .followUp, in: transaction.snapshot.database)
    return text.flatMap { FollowUpPlan($0) } ?? FollowUpPlan.none
  }

  /// Makes the list of what has to be done with the order, as far as it is not there.
  func makeSteps(in transaction: Transaction) throws {
    let database = transaction.snapshot.database
    guard
      let plan = try WorkspaceSettings.value(of: .orderSteps, in: database).flatMap({
        HandoverPlan($0)
      })
    else { return }
    let order = Self.order(of: deal)
    for (step, position) in zip(plan.steps, PositionKey.row(of: plan.steps.count)) {
      let id = HandoverPlan.record(step, of: order)
      guard try transaction.snapshot.record("handover_step", id) == nil else { continue }
      var changes = [
        FieldChange("order", .set(.reference(order))), FieldChange("text", .set(.text(step.text))),
        FieldChange("position", .set(.text(position))),
      ]
      if let user = try step.responsible.flatMap({ try Self.user(named: $0, in: database) }) {
        changes.append(FieldChange("owner", .set(.reference(user))))
      }
      try transaction.edit("handover_step", id, basis: Basis(), changes)
    }
  }

  /// The one user of a name; `nil` of none, or of several.
  private static func user(named name: String, in database: Database) throws -> RecordID? {
    let folded = NameFolding.folded(name)
    let rows = try Row.fetchAll(
      database, sql: "SELECT id, name FROM user WHERE _hidden IS NULL ORDER BY id")
    let found = rows.filter { NameFolding.folded($0[1] ?? "") == folded }
    return found.count == 1 ? RecordID(found[0][0] as DatabaseValue) : nil
  }
}

extension FollowUpPlan {
  /// The plan of those who plan nothing.
  static let none = FollowUpPlan(items: [])

  private init(items: [Item]) { self.items = items }
}

/// The tasks that go with a deal which is lost or archived.
enum DroppedTasks {
  /// Those that are open and about no other deal.
  static func ids(of deal: RecordID, in snapshot: Snapshot) throws -> [RecordID] {
    try OpenTasks.ids(about: deal, in: snapshot.database).filter { id in
      guard let task = try snapshot.record("task", id) else { return false }
      for case .reference(let other) in task.elements(of: "about") where other != deal {
        if let state = try snapshot.record("deal", other), !state.isDeleted { return false }
      }
      return true
    }
  }

  static func drop(_ ids: [RecordID], in transaction: Transaction) throws {
    let status = FieldChange(
      "status", .set(.text("dropped"), rank: StatusMachine.task.rank(of: "dropped")))
    for id in ids {
      guard let task = try transaction.snapshot.record("task", id), !task.isDeleted else {
        continue
      }
      try transaction.edit("task", id, basis: task.basis, [status])
    }
  }
}
