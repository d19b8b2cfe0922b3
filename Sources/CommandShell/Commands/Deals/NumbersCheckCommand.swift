import CRDTCore
import CRMDomain
import ReplicaStore

/// `numbers check`: what is wrong with the numbers of records, and who made them.
package struct NumbersCheckCommand: ShellCommand {
  package let name = "numbers check"
  package let summary =
    "Lists numbers that several records have, holes in their rows, and rows out of order."
  package let syntax = ["numbers check [KIND] [at TIME]"]
  package let examples = [
    "numbers check", "numbers check deal", "numbers check orders --format csv",
    "numbers check deal at last friday",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let kinds = try kinds(command, view.catalog)
      let findings = try kinds.flatMap {
        try NumberCheck.findings(of: $0, in: view.snapshot.database)
      }
      let rows = try findings.map { try row($0, view) }
      if context.options.format == "json" {
        return context.json([
          "schema": "kith.numbers/1",
          "rows": .array(
            zip(findings, rows).map { finding, row in
              [
                "kind": .string(finding.kind), "number": .string(finding.number),
                "problem": .string(row[2]),
                "records": .array(finding.records.map { .string($0.description) }),
                "made": .string(row[4]),
              ]
            }),
        ])
      }
      let kindNames = kinds.map(\.plural).joined(separator: ", ")
      try context.write(
        TableView(
          columns: [
            TableView.Column("kind", importance: 2), TableView.Column("number", importance: 9),
            TableView.Column("problem", importance: 8), TableView.Column("records", importance: 7),
            TableView.Column("made", importance: 5),
          ],
          rows: rows.map { $0.map { TableView.Cell($0) } },
          footer: findings.isEmpty
            ? "the numbers of \(kindNames) are in order" : "\(findings.count) found in \(kindNames)"
        ))
      if findings.contains(where: { $0.problem == .duplicate }) {
        context.talk("One of two that share a number gets another with: conflict renumber")
      }
    }
    return .done
  }

  private func kinds(_ command: Command, _ catalog: EntityCatalog) throws -> [Entity] {
    let all = NumberCheck.kinds(in: catalog)
    guard case .word(let word)? = command.targets.first else { return all }
    guard let kind = catalog.kind(named: word.text)?.entity,
      all.contains(where: { $0.name == kind.name })
    else {
      throw command.rejection(
        "\"\(word.text)\" has no numbers", hint: all.map(\.name).joined(separator: ", "),
        at: word.range)
    }
    return [kind]
  }

  private func row(_ finding: NumberCheck.Finding, _ view: RecordView) throws -> [String] {
    let entity = view.catalog.entity(finding.kind)
    let records = try finding.records.map {
      "\(try view.shortID($0, of: entity)) \(try view.name(of: $0, entity))"
    }
    let problem =
      switch finding.problem {
      case .duplicate: "several have it"
      case .hole(let to): to == finding.number ? "nobody has it" : "nobody has these, to \(to)"
      case .deleted: "its record was deleted"
      case .disorder: "made after the next one"
      case .missing: "has no number"
      }
    let made = try finding.records.map { try maker(of: $0, entity, view) }
    return [
      finding.kind, finding.number, problem, records.joined(separator: ", "),
      made.filter { !$0.isEmpty }.joined(separator: ", "),
    ]
  }

  /// Who gave a record its number, on which node, and when.
  private func maker(of id: RecordID, _ entity: Entity, _ view: RecordView) throws -> String {
    let writes = try view.snapshot.history(entity.name, id, field: "number")
    guard let first = writes.last else { return "" }
    let time = Instant(milliseconds: Int64(clamping: first.stamp.time.wallMilliseconds))
    return """
      \(try view.authorName(first.member)) on \(try view.nodeName(first.stamp.dot)), \
      \(view.people.moment(time))
      """
  }
}
