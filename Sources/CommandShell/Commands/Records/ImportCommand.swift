import CRDTCore
import CRMDomain
import ReplicaStore

/// `import KIND FILE`: takes records from a file of comma-separated values, contacts also from vCards, and events
/// from calendars.
package struct ImportCommand: ShellCommand {
  package let name = "import"
  package let summary =
    """
    Takes records from a CSV file, contacts from vCards, events from calendars; what cannot be taken is told one \
    by one.
    """
  package let syntax = [
    """
    import KIND FILE [--map field=column,…] [--values field:from=to,…] [--set field=value,…] \
    [--date-format ymd|mdy|dmy] [--visits stage=column,…] [--key field] [--rejects FILE] [--dry-run]
    """, "import events FILE.ics [--dry-run]",
  ]
  package let examples = [
    "import accounts accounts.csv --map name=account --key name",
    "import deals pipeline.csv --key number --date-format ymd --rejects rejects.csv",
    "import accounts accounts.csv --values sector:technolgy=technology --dry-run",
    "import contacts fair.csv --set labels=fair because \"spring fair\"",
    "import contacts people.vcf --key primary_email --dry-run",
    "import events invitation.ics because \"Anke invites us\"",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.because],
    options: ["map", "values", "set", "date-format", "visits", "key", "rejects", "dry-run"],
    formats: ["json"], changes: true)

  /// How many rows not taken are told one by one.
  private static let rejectionsShown = 20

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let entity = command.kind.flatMap({ context.catalog[$0.name] }) else {
      throw RecordError.missing("a kind of record", example: examples[0])
    }
    guard case .word(let file)? = command.targets.first else {
      throw RecordError.missing("a file", example: examples[0])
    }
    if entity.name == "event", file.text.lowercased().hasSuffix(".ics") {
      return try CalendarFile(command, context).take(from: file.text)
    }
    var options = try Self.options(command, context)
    try context.read { view in
      options.newDealPhase = view.dealPhase(of: command.kind)
      options.routingRules = entity.name == "deal" ? try LeadRules(view).routing().rules : []
    }
    let open = try Self.opening(SourceFile(path: context.settings.path(file.text)), entity)
    let rejects = try command.value(of: "rejects").map {
      try FileSink(path: context.settings.path($0))
    }
    defer { rejects?.close() }
    var soFar: ImportReport?
    let report: ImportReport
    do {
      report = try CSVImport(entity, options, in: context.catalog).run(
        on: try context.node.replica(), open: open,
        rejects: rejects.map { sink in { try sink.write($0) } },
        progress: {
          soFar = $0
          context.output.progress?("\(PeopleFormat.number($0.rows)) rows …")
        })
    } catch is CancellationError {
      context.output.talk(
        Self.kept(soFar, entity, key: options.key) ?? "Stopped. Nothing was saved.")
      return .interrupted
    } catch {
      // What the error names is one batch's failure; those before it are kept.
      if let kept = Self.kept(soFar, entity, key: options.key) { context.output.talk(kept) }
      throw error
    }
    if context.options.format == "json" {
      context.json(Self.document(report, entity))
    } else if context.options.isQuiet {
      Self.tellFailures(of: report, to: context.output.talk)
    } else {
      Self.tell(report, entity, to: context, rejects: rejects?.path)
    }
    return report.rejected > 0 && rejects == nil ? .refused : .done
  }

  /// How the file is opened: vCards of contacts as the table that they come to.
  private static func opening(
    _ source: SourceFile, _ entity: Entity
  ) throws -> CSVImport.Opening {
    guard entity.name == "contact", source.path.lowercased().hasSuffix(".vcf") else {
      return source.open
    }
    let table = try VCardTable(reading: try source.open()).csv
    return {
      var rest = [table]
      return { rest.popLast() ?? [] }
    }
  }

  /// What an import that did not get to its end has kept; `nil` if nothing.
  private static func kept(
    _ report: ImportReport?, _ entity: Entity, key: String?
  ) -> String? {
    guard let report, !report.isDryRun, report.created + report.changed > 0 else { return nil }
    let saved = """
      Stopped. \(number(report.created)) \(entity.plural) created and \(number(report.changed)) \
      changed are saved, those of the first \(rows(report.rows)).
      """
    guard report.waiting > 0 else { return saved }
    let again = key.map { "with --key \($0)" } ?? "with --key and a field that tells rows apart"
    return """
      \(saved) \(number(report.waiting)) of their references to later rows are still empty; \
      importing the same file again \(again) fills them.
      """
  }

  private static func options(
    _ command: Command, _ context: CommandContext
  ) throws -> ImportOptions {
    let batch = context.random(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    var options = ImportOptions(batch: batch, now: context.calendar.now)
    options.columns = try pairs(command, "map").map {
      ImportOptions.ColumnMapping(field: $0.0, column: $0.1)
    }
    options.values = try pairs(command, "values").map { left, to in
      let parts = left.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw RecordError.unknownWord("\(left)=\(to)", expected: "field:from=to")
      }
      return ImportOptions.ValueMapping(field: parts[0], from: parts[1], to: to)
    }
    options.constants = try pairs(command, "set").map { (field: $0.0, text: $0.1) }
    options.visits = try pairs(command, "visits").map { (stage: $0.0, column: $0.1) }
    if let order = command.value(of: "date-format") {
      guard let read = ValueReader.DateOrder(rawValue: order) else {
        throw RecordError.unknownWord(order, expected: "ymd, mdy or dmy")
      }
      options.dateOrder = read
    }
    options.timeZone = context.calendar.timeZone
    options.key = command.value(of: "key")
    options.isDryRun = context.options.isDryRun
    options.command = context.commandText
    options.reason = command.clauses.reason?.text
    return options
  }

  /// `a=b,c=d`, from every time that the option was given.
  private static func pairs(_ command: Command, _ option: String) throws -> [(String, String)] {
    let texts = command.options.filter { $0.name == option }.compactMap { $0.value?.text }
    return try texts.flatMap { $0.split(separator: ",") }.map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw RecordError.unknownWord(String(pair), expected: "two words joined by =")
      }
      return (parts[0].trimmed, parts[1].trimmed)
    }
  }

  private static func tell(
    _ report: ImportReport, _ entity: Entity, to context: CommandContext, rejects: String?
  ) {
    let data = { context.output.data(PlainText.oneLine($0)) }
    let verb = report.isDryRun ? "would be " : ""
    let created = report.created == 1 ? entity.name : entity.plural
    data(
      """
      \(rows(report.rows)) read: \(number(report.created)) \(created) \(verb)created, \
      \(number(report.changed)) \(verb)changed, \(number(report.unchanged)) unchanged, \
      \(number(report.rejected)) rejected
      """)
    data(
      "  columns  "
        + report.columns.map { "\($0.column) → \($0.field)" }.joined(separator: ", "))
    if !report.ignoredColumns.isEmpty {
      data("  ignored  " + report.ignoredColumns.joined(separator: ", "))
    }
    for (list, values) in listed(report) {
      data("  made     \(list): \(values.joined(separator: ", "))")
    }
    for (field, count) in report.emptyReferences where count > 0 {
      data("  \(rows(count)) \(count == 1 ? "has" : "have") no \(field); kept with it empty")
    }
    for missing in report.missingRecords {
      let first =
        missing.kind == entity.name
        ? "Give them rows of their own" : "Import the \(missing.kindPlural) first"
      data(
        """
          \(rows(missing.count)) \(missing.count == 1 ? "names" : "name") in \(missing.column) \
        \(missing.kind.withArticle) that is not here. \(first), or leave the column out: --map \(missing.field)=
        """)
    }
    tellFailures(of: report, to: data)
    if let rejects, report.rejected > 0 { data("  the rejected rows are in \(rejects)") }
    if report.isDryRun { data("Nothing was written.") }
  }

  /// What was not taken, which is told even where nothing else is.
  private static func tellFailures(of report: ImportReport, to write: (String) -> Void) {
    tell(report.leftEmpty, "kept with the reference empty", to: write)
    tell(report.rejections, "rejected", count: report.rejected, to: write)
  }

  private static func tell(
    _ rejections: [ImportReport.Rejection], _ what: String, count: Int? = nil,
    to data: (String) -> Void
  ) {
    for rejection in rejections.prefix(rejectionsShown) {
      let place = rejection.column.map { ", \($0) “\(rejection.value)”" } ?? ""
      data(PlainText.oneLine("  line \(rejection.line)\(place): \(rejection.reason) (\(what))"))
    }
    let more = (count ?? rejections.count) - rejectionsShown
    if more > 0 { data("  … and \(number(more)) more") }
  }

  private static func listed(_ report: ImportReport) -> [(String, [String])] {
    var lists: [(String, [String])] = []
    for value in report.listed {
      if let index = lists.firstIndex(where: { $0.0 == value.listName }) {
        lists[index].1.append(value.name)
      } else {
        lists.append((value.listName, [value.name]))
      }
    }
    return lists
  }

  private static func document(_ report: ImportReport, _ entity: Entity) -> JSONValue {
    func rows(_ rejections: [ImportReport.Rejection]) -> JSONValue {
      .array(
        rejections.map {
          [
            "line": .integer(Int64($0.line)), "column": $0.column.map(JSONValue.string) ?? .null,
            "value": .string($0.value), "reason": .string($0.reason),
          ]
        })
    }
    return [
      "schema": "kith.import/1", "kind": .string(entity.name), "dry_run": .bool(report.isDryRun),
      "rows": .integer(Int64(report.rows)), "created": .integer(Int64(report.created)),
      "changed": .integer(Int64(report.changed)), "unchanged": .integer(Int64(report.unchanged)),
      "rejected": .integer(Int64(report.rejected)),
      "columns": .array(
        report.columns.map { ["field": .string($0.field), "column": .string($0.column)] }),
      "ignored_columns": .array(report.ignoredColumns.map(JSONValue.string)),
      "rejections": rows(report.rejections), "left_empty": rows(report.leftEmpty),
      "empty_references": .array(
        report.emptyReferences.map {
          ["field": .string($0.field), "count": .integer(Int64($0.count))]
        }),
      "listed": .array(
        report.listed.map { ["list": .string($0.listName), "name": .string($0.name)] }),
    ]
  }

  private static func number(_ number: Int) -> String { PeopleFormat.number(number) }

  private static func rows(_ count: Int) -> String {
    count == 1 ? "1 row" : "\(number(count)) rows"
  }
}
