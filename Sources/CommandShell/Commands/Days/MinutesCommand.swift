import CRDTCore
import CRMDomain
import ReplicaStore

/// `minutes REF`: what a client may read of an engagement, as text.
package struct MinutesCommand: ShellCommand {
  package let name = "minutes"
  package let summary =
    "Writes what clients may read of an engagement: its shareable sections and agreed actions."
  package let syntax = ["minutes REF [at TIME]"]
  package let examples = [
    "minutes e3c8t", "minutes @last -o minutes.txt", "minutes \"kick-off\"",
    "minutes @1",
  ]
  package let use = CommandUse(words: 1, clauses: [.at])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let word)? = command.targets.first else {
      throw RecordError.missing("an engagement", example: examples[0])
    }
    try context.read { view in
      let reference = try RecordFinder(view).record(
        named: word, kind: view.catalog["engagement"])
      guard let state = try view.snapshot.record("engagement", reference.id) else {
        throw RecordError.noSuchRecord(word.text, kind: "engagement", closest: [])
      }
      let minutes = Minutes(state: state, view: view)
      for line in try minutes.lines() { context.output.data(PlainText.oneLine(line)) }
      if try minutes.isEmpty() {
        context.talk(
          """
          Nothing is marked as shareable: edit \(try view.shortID(state.id, of: minutes.entity)) \
          shareable+=(topics,decisions,next_steps)
          """)
      }
    }
    return .done
  }
}

/// The minutes of one engagement: nothing stands in them that is not marked as shareable.
private struct Minutes {
  let state: RecordState
  let view: RecordView

  var entity: Entity { view.catalog.entity("engagement") }

  private static let actions = "next_steps"

  func isEmpty() throws -> Bool { state.elements(of: "shareable").isEmpty }

  func lines() throws -> [String] {
    var lines = ["Minutes: \(try text("subject") ?? "(no subject)")"]
    if let when = try text("date_time") {
      let length = try text("duration").map { ", \($0) min" } ?? ""
      lines.append("Date: \(when)\(length)")
    }
    if let account = try text("account") { lines.append("Client: \(account)") }
    let people = try ["contacts", "users"].compactMap(text)
    if !people.isEmpty { lines.append("Present: \(people.joined(separator: ", "))") }
    for field in entity.fields where isShareable(field.name) {
      guard let section = try text(field.name) else { continue }
      lines += ["", Self.title(field)] + section.split(separator: "\n").map(String.init)
    }
    if isShareable(Self.actions) {
      let actions = try tasks() + promises()
      if !actions.isEmpty { lines += ["", "Agreed actions"] + actions.map { "- \($0)" } }
    }
    return lines
  }

  private func isShareable(_ section: String) -> Bool {
    state.elements(of: "shareable").contains(.text(section))
  }

  private static func title(_ field: Field) -> String {
    field.label.prefix(1).uppercased() + field.label.dropFirst()
  }

  private func text(_ name: String) throws -> String? {
    guard let field = entity.field(named: name) else { return nil }
    let reading = try view.fields.reading(of: field, in: state)
    return reading == .empty ? nil : view.text(reading, of: field)
  }

  /// The next steps; what follows by a rule of ours is no business of the client.
  private func tasks() throws -> [String] {
    let rules = try RecordQuery(view.catalog.entity("follow_up")).rows(
      in: view.snapshot.database, view.queries)
    let internalTasks = Set(
      rules.map { rule in
        DerivedTask.following(
          state.id, of: rule.id.rawValue.bigEndianBytes, title: "", due: nil, assignee: nil,
          about: []
        ).id
      })
    var query = RecordQuery(
      view.catalog.entity("task"),
      filter: .and([
        .has(["about"], all: false, [.value(.reference(state.id))]),
        .among(["status"], [.text("open"), .text("in_progress"), .text("done")]),
      ]))
    query.columns = [["title"], ["assignees"], ["due"]]
    return try actions(query, leavingOut: internalTasks)
  }

  private func promises() throws -> [String] {
    var query = RecordQuery(
      view.catalog.entity("commitment"),
      filter: .and([
        .compare(["engagement"], .equal, .value(.reference(state.id))),
        .not(.compare(["status"], .equal, .text("released"))),
      ]))
    query.columns = [["text"], ["promised_by"], ["due"]]
    return try actions(query, leavingOut: [])
  }

  /// `Send offer · Priya Nair · by Fri 13 Mar`.
  private func actions(_ query: RecordQuery, leavingOut hidden: Set<RecordID>) throws -> [String] {
    var query = query
    query.sort = [RecordQuery.SortKey(["due"])]
    let paths = try query.paths(in: view.catalog)
    return try query.rows(in: view.snapshot.database, view.queries).compactMap { row in
      guard !hidden.contains(row.id) else { return nil }
      let parts = zip(row.cells, paths).filter { $0.0 != .empty }.map { cell, path in
        (path.field.format == .instant ? "by " : "") + view.text(cell, of: path.field)
      }
      return parts.joined(separator: view.context.output.style.separator)
    }
  }
}
