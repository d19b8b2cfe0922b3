import CRDTCore
import CRMDomain
import ReplicaStore

/// `rate list`: what currencies were worth.
package struct RateListCommand: ShellCommand {
  package let name = "rate list"
  package let summary = "Lists exchange rates: the newest of each pair, or all of one currency."
  package let syntax = ["rate list [CURRENCY] [since TIME] [until TIME] [limit N] [at TIME]"]
  package let examples = [
    "rate list", "rate list USD", "rate list USD since 2026-01-01 limit 20",
    "rate list --format csv",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.since, .until, .limit, .at],
    formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let rates = try rates(for: command, view)
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.rates/1", "base": .string(view.currency.description),
          "rates": .array(rates.map(\.json)),
        ])
      }
      let columns = [
        TableView.Column("date", importance: 4), TableView.Column("one", importance: 3),
        TableView.Column("is", alignment: .right, importance: 3),
        TableView.Column("of", importance: 3),
      ]
      let rows = rates.map { rate in
        [
          TableView.Cell("\(rate.day)"), TableView.Cell("\(rate.currency)", ink: .bold),
          TableView.Cell("\(rate.value)"), TableView.Cell("\(rate.counter)"),
        ]
      }
      try context.write(
        TableView(
          columns: columns, rows: rows,
          footer: "\(PeopleFormat.number(rates.count)) rates · reports add up in \(view.currency)"))
    }
    return .done
  }

  private func rates(for command: Command, _ view: RecordView) throws -> [ExchangeRate] {
    let dates = DateReader(calendar: view.context.calendar, isPast: true)
    let since = try command.clauses.since.map {
      try dates.read($0.text).days(in: view.context.calendar).lowerBound
    }
    let until = try command.clauses.until.map {
      try dates.read($0.text).days(in: view.context.calendar).upperBound
    }
    let currency = try command.allWords.first.map(CurrencyCode.init(typed:))
    var rates = try ExchangeRate.all(in: view.snapshot.database).filter { rate in
      since.map { rate.day >= $0 } ?? true && until.map { rate.day <= $0 } ?? true
        && currency.map { [rate.currency, rate.counter].contains($0) } ?? true
    }
    if currency == nil, since == nil {
      // Ordered by pair and day, so the newest of a pair is its last.
      rates = rates.indices.filter { index in
        let next = index + 1
        return next == rates.count || rates[next].currency != rates[index].currency
          || rates[next].counter != rates[index].counter
      }.map { rates[$0] }
    } else {
      rates.sort { $0.day > $1.day }
    }
    return command.clauses.limit.map { Array(rates.prefix($0)) } ?? rates
  }
}

/// `rate set EUR USD 1.0832`: what one currency is worth in another.
package struct RateSetCommand: ShellCommand {
  package let name = "rate set"
  package let summary = "Sets what one of a currency is worth in another, on a day."
  package let syntax = ["rate set CURRENCY CURRENCY NUMBER [on=DATE] [because \"WHY\"]"]
  package let examples = [
    "rate set EUR USD 1.0832", "rate set EUR USD 1.0832 on=2026-03-12",
    "rate set GBP EUR 1.19 on=yesterday", "rate set EUR CHF 0.95 because \"bank's own rate\"",
  ]
  package let use = CommandUse(
    words: 3, takesAssignments: true, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try command.words(["a currency", "the currency it is told in", "a number"])
    guard let value = DecimalNumber(words[2]) else { throw RateError.wrongValue(words[2]) }
    let rate = try ExchangeRate(
      try CurrencyCode(typed: words[0]), in: try CurrencyCode(typed: words[1]),
      on: try day(command, context), value)
    try context.write(command) { view, transaction in
      try view.checkMayChangeSettings(orHas: .finance)
      try rate.write(in: transaction)
    }
    try context.read { view in
      guard !context.isJSON else { return context.json(rate.json) }
      let operation = try OperationView(view).lastID(of: command.text)
      context.output.data(
        """
        1 \(rate.currency) = \(rate.value) \(rate.counter) from \
        \(view.people.resolved(rate.day)) on. Reverse with: undo \(operation)
        """)
    }
    return .done
  }

  private func day(_ command: Command, _ context: CommandContext) throws -> CivilDate {
    var day = context.calendar.today
    for assignment in command.assignments {
      guard assignment.field.description == "on", case .one(let text) = assignment.value else {
        throw command.rejection(
          "rate set takes no \(assignment.field)", hint: "it takes on=DATE", at: assignment.range)
      }
      day = try DateReader(calendar: context.calendar, isPast: true).read(text.text)
        .day(in: context.calendar)
    }
    return day
  }
}

/// `rate import FILE`: takes rates from a central bank's file.
package struct RateImportCommand: ShellCommand {
  package let name = "rate import"
  package let summary = "Takes exchange rates from a central bank's XML, or from CSV."
  package let syntax = ["rate import FILE [--base CURRENCY] [--dry-run] [because \"WHY\"]"]
  package let examples = [
    "rate import eurofxref-daily.xml", "rate import eurofxref-hist.csv --base EUR",
    "rate import rates.csv --dry-run", "rate import rates.csv because \"month's end\"",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.because], options: ["base", "dry-run"], formats: ["json"], changes: true)

  /// How many rates not taken are told one by one.
  private static let rejectionsShown = 20
  /// Writes of a new rate.
  private static let writesMax = 4

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let source = try SourceFile(path: try command.words(["a file"])[0]).open()
    let (file, changed) = try context.read { view in
      try view.checkMayChangeSettings(orHas: .finance)
      let base = try command.value(of: "base").map(CurrencyCode.init(typed:)) ?? view.currency
      let file = try RateFile(reading: source, base: base)
      let known = Set(try ExchangeRate.all(in: view.snapshot.database))
      return (file, file.rates.filter { !known.contains($0) })
    }
    if !context.options.isDryRun, !changed.isEmpty {
      let size = WriteSize(count: changed.count * Self.writesMax, bytes: 0)
      let writing = SplitWriting(
        context: context, reason: command.clauses.reason?.text, size: size)
      _ = try writing.run(changed, preparing: { _ in }) { _, _, transaction in
        { rate in
          try rate.write(in: transaction)
          return (rate.day, WriteSize(count: Self.writesMax, bytes: 0))
        }
      }
    }
    tell(file, changed, context)
    return file.rejections.isEmpty ? .done : .refused
  }

  private func tell(_ file: RateFile, _ changed: [ExchangeRate], _ context: CommandContext) {
    guard !context.isJSON else {
      return context.json([
        "schema": "kith.rate-import/1", "dry_run": .bool(context.options.isDryRun),
        "read": .integer(Int64(file.rates.count)), "set": .integer(Int64(changed.count)),
        "rejections": .array(
          file.rejections.map {
            ["line": .integer(Int64($0.line)), "reason": .string($0.reason)]
          }),
      ])
    }
    let days = changed.map(\.day)
    var span = ""
    if let first = days.min(), let last = days.max() {
      span = first == last ? ", of \(first)" : ", from \(first) to \(last)"
    }
    let verb = context.options.isDryRun ? "would be set" : "set"
    let unchanged = file.rates.count - changed.count
    context.output.data(
      """
      \(PeopleFormat.number(file.rates.count)) rates read: \
      \(PeopleFormat.number(changed.count)) \(verb)\(span), \
      \(PeopleFormat.number(unchanged)) unchanged, \
      \(PeopleFormat.number(file.rejections.count)) rejected
      """)
    for rejection in file.rejections.prefix(Self.rejectionsShown) {
      context.output.data(
        PlainText.oneLine("  line \(rejection.line): \(rejection.reason) (rejected)"))
    }
    let more = file.rejections.count - Self.rejectionsShown
    if more > 0 { context.output.data("  … and \(PeopleFormat.number(more)) more") }
    if context.options.isDryRun { context.talk("Nothing was written.") }
  }
}

extension ExchangeRate {
  fileprivate var json: JSONValue {
    [
      "date": .string("\(day)"), "currency": .string("\(currency)"),
      "counter_currency": .string("\(counter)"), "value": .string("\(value)"),
    ]
  }
}

extension CurrencyCode {
  /// A code as people type it.
  ///
  /// - Throws: ``CRMDomain/RateError/unknownCurrency(_:)``.
  fileprivate init(typed text: String) throws(RateError) {
    let code = text.uppercased()
    guard Currencies.codes.contains(code), let currency = CurrencyCode(code) else {
      throw .unknownCurrency(text)
    }
    self = currency
  }
}

extension RateError: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .unknownCurrency, .sameCurrency, .wrongValue: ExitCode.unparsable.rawValue
    case .unreadableFile: ExitCode.failed.rawValue
    }
  }
}
