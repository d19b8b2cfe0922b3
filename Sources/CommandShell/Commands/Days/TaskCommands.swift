/// `done`, `drop` and `reopen`: `edit TASK… status=…` in one word.
package struct TaskStatusCommand: ShellCommand {
  package let name: String
  package let summary: String
  package let syntax: [String]
  package let examples: [String]
  package let use = CommandUse(
    words: nil, takesFilter: true, takesAssignments: true, clauses: [.if, .because],
    options: ["dry-run", "max"], formats: CommandUse.changeFormats, changes: true)

  private let status: String

  private init(_ name: String, status: String, _ summary: String, examples: [String]) {
    self.name = name
    self.status = status
    self.summary = summary
    syntax = ["\(name) TASK… [FIELD=VALUE …] [because \"WHY\"]"]
    self.examples = examples
  }

  package static let all = [
    TaskStatusCommand(
      "done", status: "done",
      "Notes that tasks are done; one that comes again makes the next one.",
      examples: [
        "done t4k2p", "done \"Send offer\"", "done @1 @2 @3",
        "done t4k2p completed_at=\"yesterday 16:00\"",
      ]),
    TaskStatusCommand(
      "drop", status: "dropped", "Notes that tasks are not going to be done.",
      examples: [
        "drop t4k2p because \"they bought elsewhere\"", "drop \"Send offer\"", "drop @1",
        "drop (tasks where due < 2026-01-01) --yes",
      ]),
    TaskStatusCommand(
      "reopen", status: "open", "Notes that tasks are to be done after all.",
      examples: [
        "reopen t4k2p", "reopen \"Send offer\"", "reopen @last due=friday",
        "reopen t4k2p because \"the drawings were wrong\"",
      ]),
  ]

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard !command.targets.isEmpty else {
      throw RecordError.missing("a task", example: examples[0])
    }
    let status = Assignment(
      field: FieldPath("status"), operation: .set, value: .one(ValueText(self.status)),
      range: command.range)
    let edit = Command(
      action: command.action,
      kind: command.kind ?? KindWord(name: "task", typed: "task", range: command.range),
      targets: command.targets, assignments: [status] + command.assignments,
      clauses: command.clauses, options: command.options, source: command.source,
      range: command.range)
    return try await EditCommand().run(edit, in: context)
  }
}
