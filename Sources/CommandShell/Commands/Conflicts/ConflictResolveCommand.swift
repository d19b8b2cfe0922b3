import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict resolve (where …) using RULE`: settles many conflicts by one rule.
package struct ConflictResolveCommand: ShellCommand {
  package let name = "conflict resolve"
  package let summary =
    "Settles all conflicts that a filter lets through by a rule, as one operation."
  package let syntax = [
    "conflict resolve (where FILTER) using RULE [because \"WHY\"] [--dry-run] [--max N]",
    "RULE     latest, first, max, min, words, prefer NODE, prefer ROLE",
  ]
  package let examples = [
    "conflict resolve (where field = amount) using max --dry-run",
    "conflict resolve (where kind = text and written < today) using words",
    "conflict resolve (where entity = deal) using prefer office because \"office checked all\"",
    "conflict resolve (where field = stage) using latest --max 50 --yes",
  ]
  package let use = CommandUse(
    words: 0, takesFilter: true, clauses: [.using, .because], options: ["dry-run", "max"],
    formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .filter(_, let filter?, _)? = command.targets.first, command.targets.count == 1
    else { throw RecordError.missing("a filter in parentheses", example: examples[0]) }
    guard let text = command.clauses.rule else {
      throw RecordError.missing("a rule", example: examples[0])
    }
    let rule = try ConflictRule(text, in: command)
    var plan = try context.read { try ConflictPlan(filter, rule, command, $0) }
    guard try plan.confirm(command, context) else { return .done }
    let reason = command.clauses.reason?.text
    let written = try context.write(plan.decisions.map { ($0, reason) })
    plan.tell(written, context)
    return written.count < plan.decisions.count ? .refused : .done
  }
}

/// What a rule makes of the conflicts that a filter lets through.
private struct ConflictPlan {
  private(set) var decisions: [ConflictDecision]
  /// Those that the rule says nothing about.
  let undecided: [String]

  init(_ filter: Expression, _ rule: ConflictRule, _ command: Command, _ view: RecordView) throws {
    let test = try ConflictFilter(command: command, view: view).test(filter)
    let roles = Dictionary(
      try RosterListing.nodes(in: view.snapshot.database).map { ($0.member, $0.role ?? "") },
      uniquingKeysWith: { first, _ in first })
    var decisions: [ConflictDecision] = []
    var undecided: [String] = []
    for conflict in try ConflictFinding(view).open where try test(conflict) {
      try Task.checkCancellation()
      if let decision = try conflict.decision(by: rule, roles: roles) {
        decisions.append(decision)
      } else {
        undecided.append(conflict.shortID)
      }
    }
    self.decisions = decisions
    self.undecided = undecided
  }

  /// Shows every outcome of a dry run, else the first few, and asks; keeps what was said yes to.
  mutating func confirm(_ command: Command, _ context: CommandContext) throws -> Bool {
    guard !decisions.isEmpty else {
      context.talk("No conflict is settled by that rule; nothing was changed.")
      tellUndecided(context)
      return false
    }
    if context.options.isDryRun {
      for decision in decisions { tell(decision, "would", context) }
      tellUndecided(context)
      return false
    }
    tellUndecided(context)
    let (count, lines) = (decisions.count, decisions.map { "\($0.shortID)  \($0.text)" })
    let change = BulkChange(
      count: count, heading: "Would settle \(count) conflict\(count == 1 ? "" : "s")", lines: lines,
      question: "Apply to \(count)?", noun: "conflict")
    decisions = try change.chosen(for: command, in: context).map { decisions[$0] }
    return !decisions.isEmpty
  }

  private func tell(_ decision: ConflictDecision, _ act: String, _ context: CommandContext) {
    guard context.options.format == "json" else {
      context.output.data("\(decision.shortID)  \(decision.text)")
      return
    }
    context.json([
      "schema": "kith.decision/1", "id": .string("x" + decision.id.text), "act": .string(act),
      "outcome": .string(decision.text),
    ])
  }

  private func tellUndecided(_ context: CommandContext) {
    guard !undecided.isEmpty else { return }
    let some = undecided.prefix(BulkChange.previewed).joined(separator: ", ")
    let more = undecided.count > BulkChange.previewed ? ", …" : ""
    context.talk("\(undecided.count) still need a person: \(some)\(more)")
  }

  func tell(_ written: [ConflictDecision], _ context: CommandContext) {
    if context.options.format == "json" {
      for decision in written { tell(decision, "settled", context) }
      return
    }
    let skipped = Set(decisions.map(\.id)).subtracting(written.map(\.id)).count
    context.output.data(
      "Resolved \(written.count) conflict\(written.count == 1 ? "" : "s") in one operation.")
    if skipped > 0 {
      context.talk("\(skipped) had changed since the preview and are left as they are.")
    }
    if let first = written.first {
      context.talk(
        "  every value is kept, in history · one of them back with: conflict undo \(first.shortID)")
    }
  }
}
