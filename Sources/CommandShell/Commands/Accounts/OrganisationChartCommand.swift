import CRDTCore
import CRMDomain
import ReplicaStore

/// `orgchart ACCOUNT`: who reports to whom at a customer.
package struct OrganisationChartCommand: ShellCommand {
  package let name = "orgchart"
  package let summary = "Draws who reports to whom among an account's people."
  package let syntax = ["orgchart ACCOUNT [at TIME]"]
  package let examples = [
    "orgchart müller", "orgchart @1", "orgchart \"Müller GmbH\" at last friday",
    "orgchart müller --format json",
  ]
  package let use = CommandUse(words: 1, clauses: [.at], formats: ["table", "json"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let word)? = command.targets.first else {
      throw RecordError.missing("an account", example: examples[0])
    }
    try context.read { view in
      let account = try RecordFinder(view).record(named: word, kind: view.catalog["account"])
      let people = try ChartedPerson.all(of: account.id, view)
      let chart = OrganisationChart(
        people.map { OrganisationChart.Person(id: $0.id, superior: $0.superior?.id) })
      let byID = Dictionary(people.map { ($0.id, $0) }) { first, _ in first }
      guard !context.isJSON else {
        return context.json(try json(chart, byID, account))
      }
      context.output.data(PlainText.oneLine(try view.label(account)))
      for line in chart.lines {
        guard let person = byID[line.id] else { continue }
        let indent = String(repeating: "  ", count: line.depth + 1)
        let elsewhere = person.superior.flatMap { superior in
          line.depth == 0 && byID[superior.id] == nil ? " · reports to \(superior.text)" : nil
        }
        context.output.data(
          PlainText.oneLine(indent + person.text + (elsewhere ?? "")))
      }
      for cycle in chart.cycles {
        let names = (cycle + cycle.prefix(1)).compactMap { byID[$0]?.name }
        context.output.data(
          PlainText.oneLine("In a circle: \(names.joined(separator: " reports to "))"))
      }
      if let first = chart.cycles.first?.first, let entity = view.catalog["contact"] {
        context.talk("Take one out of it: edit \(try view.shortID(first, of: entity)) reports_to=")
      }
      context.writeMoment()
    }
    return .done
  }

  private func json(
    _ chart: OrganisationChart, _ people: [RecordID: ChartedPerson], _ account: RecordReference
  ) throws -> JSONValue {
    [
      "schema": "kith.orgchart/1", "account": .string(account.id.description),
      "people": .array(
        chart.lines.map { line in
          [
            "id": .string(line.id.description), "depth": .integer(Int64(line.depth)),
            "name": .string(people[line.id]?.name ?? ""),
            "reports_to": (people[line.id]?.superior?.id.description).map(JSONValue.string)
              ?? .null,
          ]
        }),
      "cycles": .array(
        chart.cycles.map { .array($0.map { .string($0.description) }) }),
    ]
  }
}

/// A contact of the account, as the chart shows it.
private struct ChartedPerson {
  let id: RecordID
  let name: String
  /// Id, name and title.
  let text: String
  let superior: RecordReference?

  /// The account's contacts, by name.
  static func all(of account: RecordID, _ view: RecordView) throws -> [ChartedPerson] {
    guard let entity = view.catalog["contact"] else { return [] }
    var query = RecordQuery(
      entity, filter: .compare(["account"], .equal, .value(.reference(account))))
    query.columns = [["name"], ["job_title"], ["reports_to"]]
    let paths = try query.paths(in: view.catalog)
    return try query.rows(in: view.snapshot.database, view.queries).map { row in
      let name = row.cells[0].text(of: paths[0].field)
      let title = row.cells[1].text(of: paths[1].field)
      var superior: RecordReference?
      if case .reference(let reference) = row.cells[2] { superior = reference }
      let id = try view.shortID(row.id, of: entity)
      return ChartedPerson(
        id: row.id, name: name, text: "\(id) \(name)\(title.isEmpty ? "" : " · \(title)")",
        superior: superior)
    }
  }
}
