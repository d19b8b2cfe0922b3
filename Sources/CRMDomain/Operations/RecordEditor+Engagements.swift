import CRDTCore
import Foundation
import ReplicaStore

extension RecordEditor {
  /// Judges and completes a draft by the rules of its kind, and says what follows of it.
  ///
  /// - Throws: ``EditError``, or what reading the tables throws.
  func consequences(
    of draft: inout EditDraft, in snapshot: Snapshot
  ) throws -> (any EditConsequences)? {
    switch draft.entity.name {
    case "deal": return try dealConsequences(of: &draft, in: snapshot)
    case "engagement": return try engagementConsequences(of: &draft, in: snapshot)
    case "task": return taskConsequences(of: &draft, zone: try companyZone(in: snapshot))
    case "case": try complete(serviceCase: &draft, in: snapshot)
    case "question": try complete(question: &draft, in: snapshot)
    case "commitment": try complete(commitment: &draft, in: snapshot)
    case _: break
    }
    return nil
  }

  // MARK: - Engagements

  private func engagementConsequences(
    of draft: inout EditDraft, in snapshot: Snapshot
  ) throws -> EngagementConsequences? {
    try checkClosed(draft)
    guard mode == .person, draft.state == nil else { return nil }
    if draft.elements["users"] == nil, let actingUser {
      draft.elements["users"] = [(.reference(actingUser), true)]
    }
    if draft["account"].isNull, let account = try account(of: draft, in: snapshot) {
      draft.values["account"] = .reference(account)
    }
    guard case .instant(let date) = draft["date_time"] else { return nil }
    let elements = ["deals", "links"].flatMap { references(of: draft, in: $0) }
    let isAnswer = draft["direction"] == .text("out")
    let cases = try isAnswer ? elements.filter { try snapshot.record("case", $0) != nil } : []
    return EngagementConsequences(
      followUps: try EngagementConsequences.followUps(
        of: draft["type"], in: snapshot.database), date: date, assignee: actingUser,
      about: elements.map(Value.reference)
        + (draft["account"].isNull ? [] : [draft["account"]]), answered: cases)
  }

  /// Refuses to change what was said in an engagement that is closed, and to open it again.
  ///
  /// A write that settles a conflict may choose.
  private func checkClosed(_ draft: EditDraft) throws {
    guard let state = draft.state, state["closed"] == .bool(true) else { return }
    for field in Entity.engagementSections + ["closed"] {
      guard let value = draft.values[field], value != state[field],
        (state.basis.heads[field]?.count ?? 0) <= 1
      else { continue }
      throw EditError.closed(field: field, kind: draft.entity.name)
    }
  }

  /// The one account that the contacts, deals and requests of a draft belong to; `nil` if there are several.
  private func account(of draft: EditDraft, in snapshot: Snapshot) throws -> RecordID? {
    var accounts: Set<RecordID> = []
    for (field, kind) in [("contacts", "contact"), ("deals", "deal"), ("links", "case")] {
      for id in references(of: draft, in: field) {
        guard case .reference(let account)? = try snapshot.record(kind, id)?["account"] else {
          continue
        }
        accounts.insert(account)
      }
    }
    return accounts.count == 1 ? accounts.first : nil
  }

  private func references(of draft: EditDraft, in field: String) -> [RecordID] {
    (draft.elements[field] ?? []).compactMap { value, isIn in
      if case .reference(let id) = value, isIn { id } else { nil }
    }
  }

  // MARK: - Tasks

  private func taskConsequences(of draft: inout EditDraft, zone: TimeZone?) -> TaskConsequences? {
    guard case .text(let status)? = draft.values["status"] else { return nil }
    let before = draft.state?["status"] ?? .null
    guard before != .text(status) else { return nil }
    guard status == "done" else {
      if before == .text("done"), draft.values["completed_at"] == nil {
        draft.values["completed_at"] = .null
      }
      return nil
    }
    guard mode == .person else { return nil }
    if draft.values["completed_at"] == nil {
      draft.values["completed_at"] = .instant(occasion.now)
    }
    guard case .text(let text) = draft["recurrence"], let rule = RecurrenceRule(text),
      case .instant(let due) = draft["due"]
    else { return nil }
    return TaskConsequences(rule: rule, due: due, timeZone: zone ?? occasion.timeZone)
  }

  /// Where the company's clock stands, if it says: two nodes that complete one task agree by it when the next
  /// is due.
  private func companyZone(in snapshot: Snapshot) throws -> TimeZone? {
    try WorkspaceSettings.set(.timeZone, in: snapshot.database).flatMap {
      TimeZone(identifier: $0)
    }
  }

  // MARK: - Requests, questions and promises

  private func complete(serviceCase draft: inout EditDraft, in snapshot: Snapshot) throws {
    guard mode == .person else { return }
    if draft.state == nil {
      if draft["opened_at"].isNull { draft.values["opened_at"] = .instant(occasion.now) }
      if draft["account"].isNull, case .reference(let contact) = draft["contact"],
        let account = try snapshot.record("contact", contact)?["account"], !account.isNull
      {
        draft.values["account"] = account
      }
    }
    let isTimed = draft.state == nil || draft.values["priority"] != nil
    if isTimed, draft.values["response_due"] == nil, case .instant(let opened) = draft["opened_at"]
    {
      let due = try ServiceLevel(of: draft, in: snapshot.database).responseDue(after: opened)
      draft.values["response_due"] = .instant(due)
    }
    guard case .text(let status)? = draft.values["status"], draft.values["solved_at"] == nil,
      draft.state?["status"] != .text(status)
    else { return }
    if status == "solved" {
      draft.values["solved_at"] = .instant(occasion.now)
    } else if status != "closed", !draft["solved_at"].isNull {
      draft.values["solved_at"] = .null
    }
  }

  private func complete(question draft: inout EditDraft, in snapshot: Snapshot) throws {
    try takeAccount(&draft, in: snapshot)
    guard draft.values["open"] == nil, draft.state == nil || draft.values["answer"] != nil else {
      return
    }
    draft.values["open"] = .bool(draft["answer"].isNull)
  }

  private func complete(commitment draft: inout EditDraft, in snapshot: Snapshot) throws {
    try takeAccount(&draft, in: snapshot)
    if mode == .person, draft.state == nil, draft["promised_by"].isNull, let actingUser {
      draft.values["promised_by"] = .reference(actingUser)
    }
  }

  /// The account is that of the engagement, unless somebody says otherwise.
  private func takeAccount(_ draft: inout EditDraft, in snapshot: Snapshot) throws {
    guard draft["account"].isNull, case .reference(let engagement) = draft["engagement"],
      let account = try snapshot.record("engagement", engagement)?["account"], !account.isNull
    else { return }
    draft.values["account"] = account
  }
}
