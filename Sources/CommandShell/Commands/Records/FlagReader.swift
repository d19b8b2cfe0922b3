import CRDTCore
import CRMDomain
import ReplicaStore

/// Reads flags: what holds of a record though no field says so, such as `unsynced`.
struct FlagReader {
  let view: RecordView
  let entity: Entity
  /// After so many days without a change a record is stale.
  private static let staleDays: Int64 = 90

  func filter(_ flag: Flag) throws -> Filter {
    let name = flag.name.description
    if flag.actor == nil, flag.since == nil,
      let field = try? CRMDomain.FieldPath(flag.name.names, from: entity, in: view.catalog).field,
      field.format == .bool
    {
      return .compare(flag.name.names, .equal, .value(.bool(true)))
    }
    switch name {
    case "deleted":
      return flag.actor == nil && flag.since == nil ? .deleted : .deletedIn(try tails(flag))
    case "changed": return .changed(try tails(flag))
    case "created": return .created(try tails(flag))
    case "seen", "unsynced":
      guard view.context.past?.replica == nil else { throw RecordError.presentFlag(name) }
      return name == "seen" ? try seen(flag) : try unsynced()
    case "mine": return try mine()
    case "stale":
      let now = view.context.asOf.milliseconds
      let start = Instant(milliseconds: now - Self.staleDays * 86_400_000)
      return .not(.active(try view.snapshot.tails(since: start)))
    case "unverified": return try unverified()
    case "overdue": return try overdue()
    case "conflicted":
      let keys = try view.snapshot.conflicts().filter(\.isOpen).flatMap(\.records)
      return .records(Set(keys.filter { $0.kind == entity.name }.map(\.id)))
    default: throw RecordError.unknownFlag(name, entity: entity.name)
    }
  }

  /// The entries that `by` and `since` leave.
  private func tails(_ flag: Flag) throws -> LogTails {
    guard flag.actor != nil || flag.since != nil else {
      throw RecordError.missing("who or since when", example: "\(flag.name) since monday")
    }
    let actor = try flag.actor.map { try ActorReader(view: view).actor($0) }
    let calendar = view.context.calendar
    let since = try flag.since.map {
      try DateReader(calendar: calendar).read($0.text).start(in: calendar)
    }
    return try view.snapshot.tails(since: since) { actor?.includes($0) ?? true }
  }

  /// Whether a node has all of a record, as far as is known here.
  private func seen(_ flag: Flag) throws -> Filter {
    guard let node = flag.actor, flag.since == nil else {
      throw RecordError.missing("a node", example: "seen by hamburg")
    }
    let key = try ActorReader(view: view).node(node)
    return .not(.changed(try view.snapshot.tails(unseenBy: key)))
  }

  private func mine() throws -> Filter {
    guard let user = try view.actingUser() else { return .records([]) }
    let fields = ["owner", "assignees"].filter { entity.field(named: $0)?.name == $0 }
    guard !fields.isEmpty else { throw RecordError.unknownFlag("mine", entity: entity.name) }
    return .or(fields.map { .compare([$0], .equal, .value(.reference(user))) })
  }

  /// Whether nobody has confirmed the data for as long as the workspace's settings let them hold.
  func unverified() throws -> Filter {
    let keys: [String: SettingKey] = ["account": .staleAccounts, "contact": .staleContacts]
    guard let key = keys[entity.name],
      let months = try WorkspaceSettings.value(of: key, in: view.snapshot.database)
    else { throw RecordError.unknownFlag("unverified", entity: entity.name) }
    let calendar = view.context.calendar
    let start = try DateReader(calendar: calendar).read("\(months) mo ago").start(in: calendar)
    let field = VerifyCommand.field
    return .or([.isEmpty([field]), .compare([field], .less, .value(.instant(start)))])
  }

  /// Whether what is to be done, kept or answered should have been by now.
  private func overdue() throws -> Filter {
    let (states, field): ([String], String)
    switch entity.name {
    case "task": (states, field) = (["open", "in_progress"], "due")
    case "commitment": (states, field) = (["open"], "due")
    case "case": (states, field) = (["new", "open", "waiting"], "response_due")
    case _: throw RecordError.unknownFlag("overdue", entity: entity.name)
    }
    let now = view.context.asOf
    let calendar = view.context.calendar
    let today = calendar.instant(on: calendar.local(now).day)
    // What is due on a day, and at no hour of it, has all of the day.
    var filters: [Filter] = [
      .compare([field], .less, .value(.instant(now))),
      .compare([field], .notEqual, .value(.instant(today))),
      .among(["status"], states.map { .text($0) }),
    ]
    if entity.name == "case" { filters.append(.isEmpty(["responded_at"])) }
    return .and(filters)
  }

  private func unsynced() throws -> Filter {
    let tails = try view.unconfirmedTails()
    return tails.isEmpty ? .records([]) : .changed(tails)
  }
}
