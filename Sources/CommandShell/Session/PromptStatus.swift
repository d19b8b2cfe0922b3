import CRDTCore
import ReplicaStore

/// What the prompt says about the node before each command.
struct PromptStatus: Hashable, Sendable {
  /// Up to how many unsynced changes the prompt tells exactly: nobody needs the last digit there.
  private static let unsyncedMax = 1_000
  /// An age that is not worth saying, in milliseconds.
  private static let ageMilliseconds: Int64 = 3_600_000

  var node: NodeStatus?
  var unsynced = 0
  var conflicts = 0
  /// How many of the conflicts the acting user was asked to look at.
  var assigned = 0
  /// Whether a peer's address is known, so that `sync` has somebody to dial.
  var canSync = false
  /// The node met last, if any was.
  var lastMet: NodeStatus?

  init() {}

  /// Looks at the node; unless it is patient, a slow count of conflicts is not waited for.
  init(
    of control: any NodeControl, _ counter: ConflictCounter, at now: Instant,
    isPatient: Bool = false
  ) async throws {
    let replica = try control.replica()
    let nodes = try control.nodes()
    node = nodes.first(where: \.isThisNode)
    // Without another node there is nobody to send anything to.
    unsynced = nodes.count > 1 ? try replica.unconfirmedEntries() : 0
    let count = try await counter.count(in: replica, at: now, isPatient: isPatient)
    (conflicts, assigned) = (count.open, count.assigned)
    canSync = nodes.contains { !$0.isThisNode && $0.address != nil }
    lastMet = nodes.filter { !$0.isThisNode && $0.lastContact != nil }.max {
      ($0.lastContact?.milliseconds ?? 0) < ($1.lastContact?.milliseconds ?? 0)
    }
  }

  /// `4`, or `999+` where counting stopped.
  private var unsyncedText: String {
    unsynced < Self.unsyncedMax ? "\(unsynced)" : "\(Self.unsyncedMax - 1)+"
  }

  /// `lena-x1 ↑4 !3 15h> `.
  func prompt(_ format: PeopleFormat, style: Style) -> String {
    let isQuiet = unsynced == 0 && conflicts == 0
    var parts = [style.paint(PlainText.oneLine(node?.name ?? "kith"), isQuiet ? .green : nil)]
    if unsynced > 0 {
      parts.append(style.paint("\(style.isASCII ? "^" : "↑")\(unsyncedText)", .yellow))
    }
    if conflicts > 0 { parts.append(style.paint("!\(conflicts)", .red)) }
    if let met = lastMet?.lastContact {
      let instant = Instant(met)
      if format.calendar.now.milliseconds - instant.milliseconds > Self.ageMilliseconds {
        parts.append(format.age(of: instant).filter { $0 != " " })
      }
    }
    return parts.joined(separator: " ") + "> "
  }

  /// What a session begins with: who one is, and how far behind.
  ///
  /// `isOffline` says that no peer answers.
  func banner(
    version: String, isOffline: Bool, _ format: PeopleFormat, style: Style
  ) -> [String] {
    var first = ["kith \(version)"]
    if let node {
      first.append("node \(node.name)")
      if let user = node.user {
        first.append("you are \(user)\(node.role.map { " (\($0))" } ?? "")")
      }
    }
    first.append("type help, or press Tab anywhere")
    var lines = [first.joined(separator: style.separator)]
    let changes = unsynced == 1 ? "change" : "changes"
    let waiting =
      unsynced == 0
      ? "Nothing waiting."
      : "\(unsyncedText) \(changes) waiting to be sent\(canSync ? ": sync" : ".")"
    if canSync || lastMet != nil {
      let offline = isOffline ? "Offline: no peer reachable. " : ""
      let last = lastMet.map { "Last sync: \($0.name), \($0.contact(format)). " }
      lines.append(offline + (last ?? "") + waiting)
    }
    if assigned > 0 {
      let are = assigned == 1 ? "1 conflict is" : "\(assigned) conflicts are"
      lines.append("\(are) assigned to you. Start with: conflict work   or   conflict list")
    } else if conflicts > 0 {
      let needs = conflicts == 1 ? "1 conflict needs" : "\(conflicts) conflicts need"
      lines.append("\(needs) a person. Start with: conflict list")
    }
    return lines.map(PlainText.oneLine)
  }
}
