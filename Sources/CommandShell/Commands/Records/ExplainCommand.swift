import CRDTCore
import CRMDomain
import ReplicaStore

/// `explain REF.FIELD`: why a field has its value.
package struct ExplainCommand: ShellCommand {
  package let name = "explain"
  package let summary = "Says why a field shows what it shows: who wrote what, having seen what."
  package let syntax = ["explain REF.FIELD"]
  package let examples = ["explain d7h2k.amount", "explain @1.stage"]
  package let use = CommandUse(words: 1, formats: ["json"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let subject = try FieldSubject(of: command, view, example: examples[0])
      guard let field = subject.field else {
        throw RecordError.missing("a field", example: examples[0])
      }
      let explanation = try Explanation(subject, field, view)
      if context.options.format == "json" {
        context.json([
          "schema": "kith.explain/1", "record": .string(subject.state.id.description),
          "field": .string(field.name), "text": .string(try explanation.sentence()),
          "conflict": try explanation.account?.json() ?? .null,
        ])
        return
      }
      for line in try explanation.lines() { context.output.data(line) }
    }
    return .done
  }
}

/// Why a field says what it says.
private struct Explanation {
  /// What is to be told of the field's conflict, if it is in one.
  let account: ConflictAccount?
  private let field: Field
  private let view: RecordView
  private let subject: FieldSubject
  private let entries: [ReplicaStore.HistoryEntry]

  init(_ subject: FieldSubject, _ field: Field, _ view: RecordView) throws {
    self.subject = subject
    self.field = field
    self.view = view
    let key = RecordKey(kind: subject.entity.name, id: subject.state.id)
    account = try ConflictFinding(view).all.first {
      $0.conflict.field == field.name && $0.conflict.kind == .field
        && $0.conflict.records.contains(key)
    }.map { try ConflictAccount($0) }
    entries = try view.snapshot.history(subject.entity.name, subject.state.id, field: field.name)
    guard !entries.isEmpty else {
      throw RecordError.noHistory("\(try view.label(subject.reference)) · \(field.label)")
    }
  }

  func lines() throws -> [String] {
    let style = view.context.output.style
    if let account {
      let id = account.conflict.shortID
      return try [style.paint(PlainText.oneLine(sentence()), .bold)] + account.lines()
        + ["", "Every value stays in history. To choose: conflict take \(id) A"]
    }
    var rows: [CardView.Row] = []
    for entry in entries.prefix(Self.entriesShown) {
      let change = try entry.writes.map(text).joined(separator: "; ")
      rows.append(
        CardView.Row(
          view.people.moment(Self.time(entry.stamp)),
          "\(change)  \(try author(entry.member, entry.stamp))"))
    }
    rows.append(
      CardView.Row("rule", "\(subject.entity.name).\(field.name): \(field.ruleInWords)"))
    let width = view.context.output.isTerminal ? view.context.output.width : nil
    return CardView(title: try sentence(), sections: [CardView.Section(rows: rows)])
      .lines(width: width, style: style)
  }

  private static let entriesShown = 8

  func sentence() throws -> String {
    let reading = try view.fields.reading(of: field, in: subject.state)
    let value = reading == .empty ? "Nothing" : view.text(reading, of: field)
    if field.mark == .counted { return try counterSentence(value) }
    guard !field.isSet, let latest = entries.first else { return try setSentence(value) }
    if let account { return try account.sentence() }
    let who = try view.authorName(latest.member)
    let replaced = latest.writes.flatMap(\.replaces)
    let earlier = entries.filter { replaced.contains($0.stamp.dot) }
    guard let last = earlier.first, let write = last.writes.first else {
      return "\(value) is what \(who) wrote; there was nothing before."
    }
    if earlier.count > 1 {
      let why = latest.reason.map { ": \"\($0)\"" } ?? ""
      let kept = try earlier.flatMap(\.writes).map(text).joined(separator: " and ")
      return """
        \(value) was chosen by \(who) on \(view.people.stamp(Self.time(latest.stamp)))\(why). \
        It settled \(kept).
        """
    }
    return """
      \(value) replaced \(try view.authorName(last.member))'s \(try text(write)). \
      \(who) had seen it when writing.
      """
  }

  private func setSentence(_ value: String) throws -> String {
    guard let latest = entries.first else { return "\(value) is in the set." }
    return """
      \(value): elements are added and removed one by one; the latest change is \
      \(try latest.writes.map(text).joined(separator: "; ")) by \(try view.authorName(latest.member)).
      """
  }

  private func counterSentence(_ value: String) throws -> String {
    let parts = try entries.reversed().flatMap { entry in
      try entry.writes.map { "\(try text($0)) (\(try view.authorName(entry.member)))" }
    }
    return "\(value) = \(parts.joined(separator: " ")). Nothing was overwritten."
  }

  private func text(_ write: ReplicaStore.HistoryEntry.Write) throws -> String {
    try ChangeText(view: view, entity: subject.entity).text(write)
  }

  private func author(_ member: MemberID, _ stamp: Stamp) throws -> String {
    """
    \(try view.authorName(member))  \(try view.nodeName(stamp.dot))  \
    \(view.people.stamp(Self.time(stamp)))
    """
  }

  private static func time(_ stamp: Stamp) -> Instant {
    Instant(milliseconds: Int64(clamping: stamp.time.wallMilliseconds))
  }
}
