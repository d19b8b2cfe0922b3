import CRDTCore
import CRMDomain
import ReplicaStore

/// `explain REF.FIELD`: why a field has its value.
package struct ExplainCommand: ShellCommand {
  package let name = "explain"
  package let summary = "Says why a field shows what it shows: who wrote what, having seen what."
  package let syntax = ["explain REF.FIELD [at TIME]", "explain REF [at TIME]"]
  package let examples = [
    "explain d7h2k.amount",
    "explain @1.stage",
    "explain müller.industry",
    "explain d7h2k.amount --format json",
  ]
  package let use = CommandUse(words: 1, clauses: [.at], formats: ["json"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let subject = try FieldSubject(of: command, view, example: examples[0])
      guard let field = subject.field else {
        try explainExistence(of: subject, view)
        return
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
      context.writeMoment()
    }
    return .done
  }

  /// Why a record is there or not, where people disagree about that.
  private func explainExistence(of subject: FieldSubject, _ view: RecordView) throws {
    let key = RecordKey(kind: subject.entity.name, id: subject.state.id)
    let found = try ConflictFinding(view).conflicts(of: key).first {
      $0.conflict.kind == .lifecycle
    }
    guard let found else { throw RecordError.missing("a field", example: examples[0]) }
    let account = try ConflictAccount(found)
    if view.context.options.format == "json" {
      view.context.json([
        "schema": "kith.explain/1", "record": .string(subject.state.id.description),
        "field": .null, "text": .string(try account.sentence()), "conflict": try account.json(),
      ])
      return
    }
    let style = view.context.output.style
    let lines = try [style.paint(PlainText.oneLine(account.sentence()), .bold)] + account.lines()
    for line in lines { view.context.output.data(line) }
    view.context.output.data("")
    view.context.output.data("To choose: conflict take \(found.shortID) A")
    view.context.writeMoment()
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
    let rule = try view.words(of: view.rule(of: field, in: subject.entity))
    rows.append(CardView.Row("rule", "\(subject.entity.name).\(field.name): \(rule)"))
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
    if earlier.count > 1 || write.isReopening {
      let why = latest.reason.map { ": \"\($0)\"" } ?? ""
      let kept = try earlier.flatMap { entry in
        try entry.writes.filter { $0.change != latest.writes.first?.change }.map {
          "\(try view.authorName(entry.member))'s \(try text($0))"
        }
      }
      let over = kept.isEmpty ? "" : " It replaced \(kept.joined(separator: " and "))."
      return """
        \(value) was chosen by \(who) on \(view.people.stamp(Self.time(latest.stamp)))\(why).\(over)
        """
    }
    return """
      \(value) replaced \(try view.authorName(last.member))'s \(try text(write)). \
      \(who) had seen it when writing\(try arrival(of: last, before: latest)).
      """
  }

  /// When what was replaced had come to the node that replaced it, if that is this one.
  private func arrival(
    of earlier: ReplicaStore.HistoryEntry, before latest: ReplicaStore.HistoryEntry
  ) throws -> String {
    let own = try view.snapshot.ownAuthor()?.key
    guard try view.snapshot.author(of: latest.stamp.dot.replica)?.key == own,
      try view.snapshot.author(of: earlier.stamp.dot.replica)?.key != own
    else { return "" }
    let node = try view.nodeName(earlier.stamp.dot)
    return """
       (it had come here from \(node) on \(view.people.moment(Instant(earlier.received))))
      """
  }

  /// Of the elements about which people disagreed without having seen each other, why each is in or out.
  private func disputes() throws -> [String] {
    let elements = subject.state.basis.elements[field.name] ?? [:]
    return try elements.compactMap { key, heads -> String? in
      let acts = entries.filter { heads.contains($0.stamp.dot) }.flatMap { entry in
        entry.writes.filter { $0.element == key }.map { (entry, $0) }
      }
      let adds = acts.filter { $0.1.isPresent == true }
      let removals = acts.filter { $0.1.isPresent == false }
      guard let add = adds.first, let removal = removals.first,
        case .element(_, _, let value) = add.1.change
      else { return nil }
      let name = try "\"\(view.text(value, of: field))\""
      let adder = try view.authorName(add.0.member)
      let remover = try view.authorName(removal.0.member)
      return field.mark == .revocableElements
        ? """
        \(name) is not set because \(remover) removed it without having seen that \(adder) added it; \
        an unseen removal stays.
        """
        : """
        \(name) is set because \(adder) added it without having seen \(remover)'s removal; an unseen add \
        stays.
        """
    }.sorted()
  }

  private func setSentence(_ value: String) throws -> String {
    let disputes = try disputes()
    if !disputes.isEmpty { return disputes.joined(separator: " ") }
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

extension ReplicaStore.HistoryEntry.Write {
  /// Whether it wrote the sides of a settled conflict again.
  fileprivate var isReopening: Bool {
    if case .sides(let sides) = change { sides.count > 1 } else { false }
  }

  /// The element it is about.
  fileprivate var element: ElementKey? {
    if case .element(let key, _, _) = change { key } else { nil }
  }

  /// Whether it put its element in, or took it out.
  fileprivate var isPresent: Bool? {
    if case .element(_, let isPresent, _) = change { isPresent } else { nil }
  }
}
