import CRDTCore
import CRMDomain
import ReplicaStore

/// `log`: what was done, when and by whom, newest first.
struct InspectLogCommand: ShellCommand {
  let name = "log"
  let summary = "Lists what was done, newest first: when, who, where, the command and the reason."
  let syntax = ["log [limit N]"]
  let examples = ["log limit 20", "log --format json"]
  let use = CommandUse(clauses: [.limit], formats: ["table", "json", "csv", "tsv", "md"])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let names = ConflictNames()
      let rows = try view.listedEntries(limit: command.clauses.limit ?? .max).map { entry in
        let time = ConflictAccount.time(entry.stamp)
        return [
          TableView.Cell(
            context.isForPeople ? view.people.stamp(time) : view.people.timestamp(time)),
          TableView.Cell(try names.author(entry.member, view)),
          TableView.Cell(try names.node(entry.stamp.dot, view)),
          TableView.Cell(entry.text), TableView.Cell(entry.command ?? ""),
          TableView.Cell(entry.reason.map { "\"\($0)\"" } ?? ""),
        ]
      }
      let columns = [
        TableView.Column("when", importance: 8), TableView.Column("who", importance: 7),
        TableView.Column("node", importance: 4), TableView.Column("wrote to", importance: 6),
        TableView.Column("command", importance: 5), TableView.Column("why", importance: 3),
      ]
      try context.write(TableView(columns: columns, rows: rows))
    }
    return .done
  }
}

/// `entries`: the log as it is stored.
struct InspectEntriesCommand: ShellCommand {
  let name = "entries"
  let summary = "Lists the log as it is stored: place, name, hash, size, whether it counts."
  let syntax = ["entries [limit N]"]
  let examples = ["entries limit 20", "entries --format csv"]
  let use = CommandUse(clauses: [.limit], formats: ["table", "json", "csv", "tsv", "md"])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let rows = try view.listedEntries(limit: command.clauses.limit ?? .max).map { entry in
        [
          TableView.Cell("\(entry.arrival)"),
          TableView.Cell(ConflictDescription.headText(entry.stamp)),
          TableView.Cell(PeopleFormat.utcTimestamp(ConflictAccount.time(entry.stamp))),
          TableView.Cell("\(entry.stamp.time.counter)"),
          TableView.Cell(entry.stamp.hash.hexadecimal), TableView.Cell("\(entry.byteCount)"),
          TableView.Cell(entry.standing),
        ]
      }
      let columns = [
        TableView.Column("arrival", importance: 6),
        TableView.Column("entry", importance: 9, isWhole: true),
        TableView.Column("time", importance: 7), TableView.Column("counter", importance: 1),
        TableView.Column("hash", importance: 5), TableView.Column("bytes", importance: 2),
        TableView.Column("counts", importance: 8),
      ]
      try context.write(TableView(columns: columns, rows: rows))
    }
    return .done
  }
}

/// `graph`: a conflict, or the history of a record or field, drawn.
struct InspectGraphCommand: ShellCommand {
  let name = "graph"
  let summary = "Draws a conflict, or how a record or field came to what it says, newest on top."
  let syntax = ["graph X", "graph REF[.FIELD]"]
  let examples = ["graph x7m2q", "graph d7h2k.amount"]
  let use = CommandUse(words: 1)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    do {
      return try await ConflictGraphCommand().run(command, in: context)
    } catch RecordError.noConflictOn {
      try context.read { view in
        let subject = try FieldSubject(of: command, view, example: examples[1])
        let entries = try view.snapshot.history(
          subject.entity.name, subject.state.id, field: subject.field?.name)
        let lines = HistoryLines(subject: subject, entries: entries, view: view)
        for line in try lines.graph().lines(style: context.output.style) {
          context.output.data(line)
        }
      }
      return .done
    }
  }
}

extension RecordView {
  fileprivate func listedEntries(limit: Int) throws -> [ListedEntry] {
    var entries: [ListedEntry] = []
    guard limit > 0 else { return [] }
    try snapshot.forEachListedEntry { entry in
      entries.append(entry)
      return entries.count < limit
    }
    return entries
  }
}

extension ListedEntry {
  /// What it wrote to, in a few words.
  fileprivate var text: String {
    guard let records else { return "(cannot be decoded)" }
    guard let first = records.first, records.count < 3 else { return "\(records.count) records" }
    return records.count == 1
      ? "\(first.key.kind): \(first.fields.map { $0.isEmpty ? "existence" : $0 }.joined(separator: ", "))"
      : records.map(\.key.kind).joined(separator: ", ")
  }

  /// Whether it counts, or why not.
  fileprivate var standing: String {
    switch verdict {
    case nil: records == nil ? "unreadable" : "yes"
    case .unknownAuthor: "no, its author was not in the roster"
    case .notAdministrator: "no, only administrators may write that"
    case .malformed: "no, it breaks a rule of the format"
    }
  }
}
