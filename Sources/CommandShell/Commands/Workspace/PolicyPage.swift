import CRDTCore
import CRMDomain
import ReplicaStore

/// What the company has agreed on, as `help policy` shows it.
struct PolicyPage {
  private let words: [String]
  private let context: CommandContext

  init(_ words: [String], _ context: CommandContext) {
    self.words = words
    self.context = context
  }

  /// Writes the text of the policy that the words name, or without any the names of all.
  ///
  /// - Throws: ``RecordError``.
  func write() throws {
    try context.read { view in
      guard let entity = view.catalog["policy"] else { return }
      if words.isEmpty { try list(entity, view) } else { try write(entity, view) }
    }
  }

  private func write(_ entity: Entity, _ view: RecordView) throws {
    let name = ValueText(words.joined(separator: " "))
    let record = try RecordFinder(view).record(named: name, kind: entity)
    guard case .text(let text)? = try view.snapshot.record(entity.name, record.id)?["text"] else {
      context.talk("\(record.text) has no text yet: edit \(record.shortText) text=…")
      return
    }
    for line in PlainText.lines(text).split(separator: "\n", omittingEmptySubsequences: false) {
      context.output.data(String(line))
    }
  }

  private func list(_ entity: Entity, _ view: RecordView) throws {
    let rows = try RecordQuery(entity).rows(in: view.snapshot.database, view.queries)
    for row in rows {
      context.output.data(PlainText.oneLine(row.cells[0].text(of: entity.fields[0])))
    }
    context.talk(
      rows.isEmpty
        ? "Nothing is written down yet: new policy name=numbering text=…" : "One: help policy NAME")
  }
}
