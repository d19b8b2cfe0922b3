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
  /// Whether a peer's address is known, so that `sync` has somebody to dial.
  var canSync = false
  /// The node met last, if any was.
  var lastMet: NodeStatus?

  init() {}

  init(of control: any NodeControl, _ counter: ConflictCounter, at now: Instant) async throws {
    let replica = try control.replica()
    let nodes = try control.nodes()
    node = nodes.first(where: \.isThisNode)
    // Without another node there is nobody to send anything to.
    unsynced = nodes.count > 1 ? try replica.unconfirmedEntries() : 0
    conflicts = try await counter.count(in: replica, at: now)
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
  func banner(version: String, _ format: PeopleFormat, style: Style) -> [String] {
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
    if let lastMet {
      lines.append("Last sync: \(lastMet.name), \(lastMet.contact(format)). \(waiting)")
    }
    if conflicts > 0 {
      let needs = conflicts == 1 ? "1 conflict needs" : "\(conflicts) conflicts need"
      lines.append("\(needs) a person. Start with: conflict list")
    }
    return lines.map(PlainText.oneLine)
  }
}
