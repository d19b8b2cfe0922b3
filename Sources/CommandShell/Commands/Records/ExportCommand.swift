import CRMDomain
import ReplicaStore

/// `export KIND FILE`: writes records as a file that an import reads back.
package struct ExportCommand: ShellCommand {
  package let name = "export"
  package let summary = "Writes records to a file, or to standard output with -."
  package let syntax = [
    "export KIND FILE|- [where FILTER] [cols FIELD,…] [at TIME] [--format csv|json|xlsx]",
    "export contacts FILE.vcf [where FILTER] [at TIME]",
    "export events FILE.ics [where FILTER] [at TIME]",
  ]
  package let examples = [
    "export deals deals.csv",
    "export accounts - --format json",
    "export contacts vip.csv where labels has vip cols name, email",
    "export deals won.csv where stage = Won sort -amount limit 100",
    "export contacts people.vcf where account = müller",
    "export events mine.ics where users has @me",
    "export deals pipeline.xlsx where open cols name, account, amount, target_close",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.where, .sort, .limit, .cols, .at], formats: Self.formats)
  /// The formats of files.
  static let formats = ["csv", "json", "xlsx"]

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let file)? = command.targets.first else {
      throw RecordError.missing("a file", example: examples[0])
    }
    let suffix = Self.formats.first { file.text.lowercased().hasSuffix("." + $0) }
    let format = context.options.format ?? suffix ?? "csv"
    guard Self.formats.contains(format), file.text != "-" || format != "xlsx" else {
      throw RecordError.unknownWord(
        format, expected: file.text == "-" ? "csv or json" : "csv, json or xlsx")
    }
    try context.read { view in
      let entity = try view.requiredEntity(command, example: examples[0])
      var query = try QueryWords(view, entity).query(of: command)
      if command.clauses.columns.isEmpty { query.columns = RecordExport.columns(of: entity) }
      query.includesArchived = true
      let export = RecordExport(query, view.queries)
      let database = view.snapshot.database
      if file.text == "-" {
        let lines = LineSink(output: context.output)
        _ =
          try format == "csv"
          ? export.csv(in: database, to: lines.write) : export.json(in: database, to: lines.write)
        lines.finish()
        return
      }
      let name = file.text.lowercased()
      let isCards = entity.name == "contact" && name.hasSuffix(".vcf")
      let isCalendar = entity.name == "event" && name.hasSuffix(".ics")
      let sink = try FileSink(path: context.settings.path(file.text))
      defer { sink.close() }
      let count =
        if isCards {
          try VCardExport(query, view.queries).write(in: database, to: sink.write)
        } else if isCalendar {
          try Self.calendar(query, view).write(in: database, to: sink.write)
        } else {
          try write(export, as: format, query, view, to: sink)
        }
      try sink.flush()
      let word = count == 1 ? entity.name : entity.plural
      context.talk("\(PeopleFormat.number(count)) \(word) written to \(file.text)")
    }
    return .done
  }

  /// Events for other calendars; what is archived was called off.
  private static func calendar(_ query: RecordQuery, _ view: RecordView) -> ICalendarExport {
    var query = query
    query.includesArchived = false
    return ICalendarExport(query, view.queries, at: view.context.calendar.now)
  }

  private func write(
    _ export: RecordExport, as format: String, _ query: RecordQuery, _ view: RecordView,
    to sink: FileSink
  ) throws -> Int {
    let database = view.snapshot.database
    return switch format {
    case "json": try export.json(in: database, to: sink.write)
    case "xlsx": try SpreadsheetExport(query, view.queries).write(in: database, to: sink.write)
    case _: try export.csv(in: database, to: sink.write)
    }
  }
}

/// Bytes of text, handed on line by line.
private final class LineSink {
  private let output: CommandOutput
  private var pending: [UInt8] = []

  init(output: CommandOutput) { self.output = output }

  func write(_ bytes: [UInt8]) {
    pending += bytes
    guard let end = pending.lastIndex(of: UInt8(ascii: "\n")) else { return }
    output.data(String(decoding: pending[..<end], as: UTF8.self))
    pending.removeSubrange(...end)
  }

  func finish() {
    if !pending.isEmpty { output.data(String(decoding: pending, as: UTF8.self)) }
    pending = []
  }
}
