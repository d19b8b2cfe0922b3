import CRMDomain
import ReplicaStore

/// `conflict list`: what needs a person.
package struct ConflictListCommand: ShellCommand {
  package let name = "conflict list"
  package let summary = "Lists the conflicts that a person has to look at."
  package let syntax = [
    "conflict list [where FILTER] [by FIELD,…] [limit N] [at TIME] [--fail-on-conflict]",
    "conflict list --mine | --deferred | --auto | --closed",
  ]
  package let examples = [
    "conflict list", "conflict list where entity = deal and author = lena", "conflict list by node",
    "conflict list where written >= monday --format json", "conflict list by age --mine",
  ]
  package let use = CommandUse(
    clauses: [.where, .by, .limit, .at],
    options: ["mine", "deferred", "auto", "closed", "fail-on-conflict"],
    formats: CommandUse.rowFormats)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let openCount = try context.read { view in
      if command.has("closed") {
        try ConflictLog(command, view).write()
        return try view.snapshot.openConflictCount()
      }
      let finding = try ConflictFinding(view)
      try ConflictListing(of: finding, command, view).write()
      if finding.open.isEmpty, context.isForPeople, context.output.isTerminal {
        context.talk("Records that may be the same are no conflict. See: duplicates")
      }
      return finding.open.count
    }
    return openCount > 0 && context.options.isFailOnConflict ? .openConflicts : .done
  }
}

/// The conflicts that a command asks for, and how each format writes them.
private struct ConflictListing {
  private struct Row {
    /// What the conflict says of the fields that rows are grouped by.
    let group: [String]
    let conflict: ConflictDescription
  }

  private let view: RecordView
  private let groups: [ConflictField]
  private let rows: [Row]
  /// How many conflicts the rows are about; one may stand in several groups.
  private let count: Int
  private let footer: String

  init(of finding: ConflictFinding, _ command: Command, _ view: RecordView) throws {
    self.view = view
    let clauses = command.clauses
    let status: ConflictDescription.Status =
      command.has("auto") ? .automatic : command.has("deferred") ? .deferred : .open
    var shown = finding.all.filter { $0.status == status }
    if command.has("mine") {
      let user = try view.actingUser()
      shown = shown.filter { conflict in
        user.map { conflict.handling?.assignees.contains($0) == true } ?? false
      }
    }
    if let expression = clauses.filter {
      let test = try ConflictFilter(command: command, view: view).test(expression)
      if status == .open, !command.has("mine"), ConflictFilter.speaksOfStatus(expression) {
        shown = finding.all
      }
      shown = try shown.filter(test)
    }
    groups = try clauses.groups.map { group in
      guard group.period == nil else {
        throw command.rejection(
          "conflicts are not grouped by periods", hint: "write by \(group.path)",
          at: group.path.range)
      }
      return try ConflictField(group.path, in: command)
    }
    let all = shown.count
    if let limit = clauses.limit { shown = Array(shown.prefix(limit)) }
    count = shown.count
    rows = try Self.rows(shown, by: groups)
    let deferred = finding.open.count { $0.status == .deferred }
    let open = finding.open.count - deferred
    let separator = view.context.output.style.separator
    let counts = "\(open) open\(separator)\(deferred) deferred"
    footer = count == open && all == open ? counts : "\(count) of \(all) shown\(separator)\(counts)"
  }

  private static func rows(
    _ conflicts: [ConflictDescription], by groups: [ConflictField]
  ) throws -> [Row] {
    var rows = conflicts.map { Row(group: [], conflict: $0) }
    for field in groups {
      rows = try rows.flatMap { row in
        let values = try field.values(of: row.conflict)
        return (values.isEmpty ? [""] : values).map {
          Row(group: row.group + [$0], conflict: row.conflict)
        }
      }
    }
    // Stable: within a group the conflicts keep their order.
    return rows.enumerated().sorted { one, two in
      one.element.group != two.element.group
        ? one.element.group.lexicographicallyPrecedes(two.element.group) : one.offset < two.offset
    }.map(\.element)
  }

  func write() throws {
    let context = view.context
    switch context.options.format {
    case "json":
      context.json([
        "schema": "kith.conflicts/1", "count": .integer(Int64(count)),
        "rows": .array(try rows.map(json)),
      ])
    case "ndjson": for row in rows { context.json(try json(row)) }
    case "ids":
      var seen: Set<String> = []
      for row in rows where seen.insert(row.conflict.fullID).inserted {
        context.output.data(row.conflict.fullID)
      }
    default: try context.write(table())
    }
  }

  private func json(_ row: Row) throws -> JSONValue {
    guard case .object(let members) = try row.conflict.json() else { return .null }
    guard !groups.isEmpty else { return .object(members) }
    let group = zip(groups, row.group).map { JSONValue.Member($0.rawValue, .string($1)) }
    return .object(members + [.init("by", .object(group))])
  }

  private func table() throws -> TableView {
    // A field that rows are grouped by need not stand in its own column again.
    let hidden = Set(groups.map(\.rawValue))
    let isForPeople = view.context.isForPeople
    let indices = ConflictDescription.columns.indices.filter {
      !hidden.contains(ConflictDescription.columns[$0].title)
    }
    return TableView(
      columns: groups.map { TableView.Column($0.rawValue, importance: 9) }
        + indices.map { ConflictDescription.columns[$0] },
      rows: try rows.map { row in
        let cells = try row.conflict.cells(isForPeople: isForPeople)
        return row.group.map { TableView.Cell($0, ink: .bold) } + indices.map { cells[$0] }
      }, footer: footer)
  }
}
