import CRDTCore
import CRMDomain
import ReplicaStore

/// `audit links`: records whose references lead nowhere, and records that belong to none.
package struct AuditLinksCommand: ShellCommand {
  package let name = "audit links"
  package let summary = "Lists references that lead nowhere, and records that belong to none."
  package let syntax = ["audit links [KIND] [--drill ROW] [at TIME]"]
  package let examples = [
    "audit links", "audit links deals", "audit links --drill 2", "audit links --format json",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], options: ["drill"], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let kinds = try AuditedKinds(
        command, view.catalog.entities.filter { $0.role != .system }, view.catalog
      ).kinds
      let findings = try LinkAudit.findings(of: kinds, view.catalog, in: view.snapshot.database)
      let rows = findings.map { (kind: $0.kind, records: $0.records) }
      if try DrilledRows(rows, view).listIfAsked(command) { return }
      if context.options.format == "json" {
        return context.json([
          "schema": "kith.audit/1",
          "rows": .array(
            findings.map { finding in
              [
                "kind": .string(finding.kind), "problem": .string(finding.problem),
                "records": .array(finding.records.map { .string($0.description) }),
              ]
            }),
        ])
      }
      try context.write(
        TableView(
          columns: [
            TableView.Column("", importance: 4), TableView.Column("kind", importance: 8),
            TableView.Column("problem", importance: 9),
            TableView.Column("records", alignment: .right, importance: 7),
            TableView.Column("such as", importance: 5),
          ],
          rows: try findings.enumerated().map { index, finding in
            let entity = view.catalog.entity(finding.kind)
            let some = try finding.records.prefix(3).map { try view.shortID($0, of: entity) }
            return [
              TableView.Cell("\(index + 1)", ink: .faint), TableView.Cell(finding.kind),
              TableView.Cell(finding.problem),
              TableView.Cell(PeopleFormat.number(finding.records.count)),
              TableView.Cell(some.joined(separator: ", ")),
            ]
          },
          footer: findings.isEmpty
            ? "every link leads somewhere" : "the records of a row: audit links --drill ROW"))
    }
    return .done
  }
}

/// `audit data`: which share of the records keeps each rule of good data, and how that has changed.
package struct AuditDataCommand: ShellCommand {
  package let name = "audit data"
  package let summary =
    "Tells which share of the records keeps each rule of good data, against the last time."
  package let syntax = ["audit data [KIND] [--drill ROW]", "audit data --keep [because \"WHY\"]"]
  package let examples = [
    "audit data", "audit data deals", "audit data --drill 3",
    "audit data --keep because \"first of the quarter\"",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at, .because], options: ["drill", "keep"],
    formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func use(of command: Command) -> CommandUse {
    var use = use
    use.clauses = command.has("keep") ? [.because] : [.at]
    use.changes = command.has("keep")
    return use
  }

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let results = try context.read { view in
      let kinds = try AuditedKinds(
        command, ["account", "contact", "deal", "product"].map(view.catalog.entity), view.catalog
      ).kinds.map(\.name)
      let results = try DataRule.all.filter { kinds.contains($0.kind) }.map {
        try $0.result(
          at: context.asOf, in: context.calendar.timeZone, view.snapshot.database)
      }
      let rows = results.map { (kind: $0.rule.kind, records: $0.failing) }
      guard try !DrilledRows(rows, view).listIfAsked(command) else { return results }
      try write(results, view)
      return results
    }
    guard command.has("keep") else { return .done }
    let count = try context.write(command) { _, transaction in
      try results.reduce(0) { count, result in
        let check = QualityCheck(result, on: context.calendar.today)
        return try check.write(in: transaction) ? count + 1 : count
      }
    }
    context.talk(
      count == 0 ? "That was kept today already." : "Kept the figures of \(count) rules.")
    return .done
  }

  private func write(_ results: [DataRule.Result], _ view: RecordView) throws {
    let context = view.context
    let today = context.asOf.day(in: context.calendar.timeZone)
    let last = try QualityCheck.last(before: today, in: view.snapshot.database)
    if context.options.format == "json" {
      return context.json([
        "schema": "kith.quality/1",
        "rows": .array(
          results.map { result in
            [
              "rule": .string(result.rule.name), "text": .string(result.rule.text),
              "checked": .integer(Int64(result.checked)), "passed": .integer(Int64(result.passed)),
              "share": result.share.map { .string("\($0)") } ?? .null,
              "before": (last[result.rule.name]?.share).map { .string("\($0)") } ?? .null,
              "failing": .array(result.failing.map { .string($0.description) }),
            ]
          }),
      ])
    }
    try context.write(
      TableView(
        columns: [
          TableView.Column("", importance: 4), TableView.Column("rule", importance: 9),
          TableView.Column("says", importance: 5),
          TableView.Column("checked", alignment: .right, importance: 6),
          TableView.Column("not so", alignment: .right, importance: 8),
          TableView.Column("share", alignment: .right, importance: 8),
          TableView.Column("before", alignment: .right, importance: 7),
        ],
        rows: results.enumerated().map { index, result in
          let before = last[result.rule.name]
          let then = before?.share.map { "\($0)% on \(before.map { "\($0.day)" } ?? "")" } ?? ""
          return [
            TableView.Cell("\(index + 1)", ink: .faint),
            TableView.Cell(result.rule.name, ink: .bold), TableView.Cell(result.rule.text),
            TableView.Cell(PeopleFormat.number(result.checked)),
            TableView.Cell(PeopleFormat.number(result.failing.count)),
            TableView.Cell(result.share.map { "\($0)%" } ?? "n/a"), TableView.Cell(then),
          ]
        }, footer: "the records of a row: audit data --drill ROW"))
  }
}

/// `audit names`: names that are written otherwise than the standard has it, with what to type.
package struct AuditNamesCommand: ShellCommand {
  package let name = "audit names"
  package let summary =
    "Lists names of accounts and products that are written oddly, with what to type."
  package let syntax = ["audit names [KIND] [at TIME]"]
  package let examples = [
    "audit names", "audit names accounts", "audit names products --format csv",
    "audit names -o names.kith --format tsv",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let kinds = try AuditedKinds(
        command, NameStandard.kinds.map(view.catalog.entity), view.catalog
      ).kinds.map(\.name)
      let findings = try NameStandard.findings(of: kinds, in: view.snapshot.database)
      let rows = try findings.map { finding in
        let id = try view.shortID(finding.record, of: view.catalog.entity(finding.kind))
        let value = ValueText(finding.suggestion, form: .quoted)
        return [finding.kind, finding.present, "edit \(id) name=\(value)"]
      }
      if context.options.format == "json" {
        return context.json([
          "schema": "kith.names/1",
          "rows": .array(
            zip(findings, rows).map { finding, row in
              [
                "kind": .string(finding.kind), "id": .string(finding.record.description),
                "name": .string(finding.present), "suggestion": .string(finding.suggestion),
                "command": .string(row[2]),
              ]
            }),
        ])
      }
      try context.write(
        TableView(
          columns: [
            TableView.Column("kind", importance: 3), TableView.Column("name", importance: 8),
            TableView.Column("to write it as usual", importance: 9),
          ],
          rows: rows.map { $0.map { TableView.Cell($0) } },
          footer: "\(findings.count) names"))
    }
    return .done
  }
}

/// The kinds that an audit looks at.
private struct AuditedKinds {
  let kinds: [Entity]

  /// The one that is named, or all.
  init(_ command: Command, _ all: [Entity], _ catalog: EntityCatalog) throws {
    guard case .word(let word)? = command.targets.first else {
      kinds = all
      return
    }
    guard let kind = catalog.kind(named: word.text)?.entity,
      all.contains(where: { $0.name == kind.name })
    else {
      throw command.rejection(
        "\"\(word.text)\" is not looked at here",
        hint: "one of \(all.map(\.plural).joined(separator: ", "))", at: word.range)
    }
    kinds = [kind]
  }
}

/// The records behind rows.
private struct DrilledRows {
  private let rows: [(kind: String, records: [RecordID])]
  private let view: RecordView

  init(_ rows: [(kind: String, records: [RecordID])], _ view: RecordView) {
    self.rows = rows
    self.view = view
  }

  /// Lists the records of the row that `--drill` names, if it does.
  func listIfAsked(_ command: Command) throws -> Bool {
    guard let word = command.value(of: "drill") else { return false }
    guard let number = Int(word), rows.indices.contains(number - 1) else {
      throw RecordError.unknownWord(word, expected: "a row from 1 to \(rows.count)")
    }
    let entity = view.catalog.entity(rows[number - 1].kind)
    let listing = try Listing(
      RecordQuery(entity, filter: .records(Set(rows[number - 1].records))), view)
    view.context.state.listed = listing.rows.map { RecordKey(kind: entity.name, id: $0.id) }
    try listing.write(as: view.context.format(onTerminal: "table", elsewhere: "tsv"))
    return true
  }
}
