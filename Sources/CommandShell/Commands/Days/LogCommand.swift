import CRDTCore
import CRMDomain
import ReplicaStore

/// `log TYPE WITH…`: notes in one line what happened with a customer, and what follows of it.
package struct LogCommand: ShellCommand {
  package let name = "log"
  package let summary =
    "Notes a call, meeting, visit or mail in one line, with what is to be done next."
  package let syntax = [
    """
    log TYPE WITH… ["SUBJECT"] [DURATION] [next="STEP by DAY"] [question="…"] [promise="… by DAY"] \
    [promised="… by DAY"] [FIELD=VALUE …] [because "WHY"]
    """
  ]
  package let examples = [
    "log call anke \"price questions\" 25m next=\"send offer by friday\"",
    "log meeting d7h2k anke tom \"kick-off\" 1h30m sentiment=positive competitors+=Acme",
    "log mail c81xq \"asked for drawings\" direction=in question=\"Which steel?\"",
    "log visit müller 2h at=yesterday topics=\"New plant in 2028\" promise=\"samples by eom\"",
  ]
  package let use = CommandUse(
    words: nil, takesAssignments: true, clauses: [.because], options: ["dry-run"],
    formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let written = try context.write(command) { view, transaction -> LogWriting.Written? in
      let writing = try LogWriting(command, view, example: examples[0])
      if context.options.isDryRun {
        for row in try writing.preview() {
          context.output.data(PlainText.oneLine("  \(row.label)  \(row.value)"))
        }
        return nil
      }
      return try writing.write(in: transaction)
    }
    guard let written else {
      context.talk("Nothing was written.")
      return .done
    }
    context.state.last = written.engagement
    try context.read { view in
      try ChangeReport(
        verb: "Logged", action: "created", keys: [written.engagement] + written.others, view: view
      ).write(rows: [])
    }
    return .done
  }
}

/// An engagement as one line describes it, with its next steps, questions and promises.
struct LogWriting {
  struct Written {
    let engagement: RecordKey
    let others: [RecordKey]
  }

  private let words: LogWords
  private let engagement: EditPlan
  private let editor: RecordEditor
  private let view: RecordView

  init(_ command: Command, _ view: RecordView, example: String) throws {
    self.view = view
    words = try LogWords(command, view, example: example)
    editor = try view.editor(for: command)
    engagement = try editor.plan(
      new: view.catalog.entity("engagement"), words.assignments, in: view.snapshot)
  }

  func preview() throws -> [CardView.Row] {
    let entity = view.catalog.entity("engagement")
    let rows = try EditDescription(view: view, entity: entity, state: nil).rows(of: engagement)
    func row(_ label: String, _ item: LogWords.Item) -> CardView.Row {
      CardView.Row(label, item.text + (item.due.map { " by \(view.people.moment($0))" } ?? ""))
    }
    return rows + words.steps.map { row("next", $0) } + words.questions.map { row("question", $0) }
      + words.promises.map { row("promise", $0.item) }
  }

  func write(in transaction: Transaction) throws -> Written {
    let id = try engagement.apply(in: transaction)
    let user = try view.actingUser()
    var others: [RecordKey] = []
    for step in words.steps {
      let task = DerivedTask.following(
        id, of: Array(step.text.utf8), title: step.text, due: step.due, assignee: user,
        about: about())
      try task.write(in: transaction)
      others.append(RecordKey(kind: "task", id: task.id))
    }
    for question in words.questions {
      others.append(try write(question, "question", of: id, by: nil, transaction))
    }
    for promise in words.promises {
      let by = try promise.isOurs ? user : words.customer ?? account()
      others.append(try write(promise.item, "commitment", of: id, by: by, transaction))
    }
    return Written(engagement: RecordKey(kind: "engagement", id: id), others: others)
  }

  /// What the engagement itself is about, and so what follows of it.
  private func about() -> [Value] {
    var about = words.about
    for change in engagement.changes where change.field == "account" {
      if case .set(let account, _) = change.edit { about.append(account) }
    }
    return about
  }

  private func account() throws -> RecordID? {
    for case .reference(let id) in about() where try view.snapshot.record("account", id) != nil {
      return id
    }
    return nil
  }

  /// Writes a question or a promise, whose id follows from the engagement and its words.
  private func write(
    _ item: LogWords.Item, _ kind: String, of engagement: RecordID, by: RecordID?,
    _ transaction: Transaction
  ) throws -> RecordKey {
    let entity = view.catalog.entity(kind)
    func assignment(_ field: String, _ value: Value) throws -> CRMDomain.Assignment {
      try CRMDomain.Assignment(field, .set, [.value(value)], of: entity, in: view.catalog)
    }
    var assignments = [
      try assignment("text", .text(item.text)),
      try assignment("engagement", .reference(engagement)),
    ]
    // What is written in this entry is in no table yet.
    if let account = try account() {
      assignments.append(try assignment("account", .reference(account)))
    }
    if let by { assignments.append(try assignment("promised_by", .reference(by))) }
    if let due = item.due { assignments.append(try assignment("due", .instant(due))) }
    let id = RecordID(
      derivedFrom: kind, [engagement.rawValue.bigEndianBytes, Array(item.text.utf8)])
    try editor.plan(new: entity, id: id, assignments, in: transaction.snapshot)
      .apply(in: transaction)
    return RecordKey(kind: kind, id: id)
  }
}
