/// The commands about conflicts, and the words they need.
enum ConflictCommands {
  static let all: [any ShellCommand] = [
    ConflictListCommand(), ConflictShowCommand(), ConflictGraphCommand(), ConflictLogCommand(),
    ConflictTakeCommand(), ConflictKeepCommand(), ConflictEditCommand(), ConflictMergeCommand(),
    ConflictResolveCommand(), ConflictApplyCommand(), ConflictUndoCommand(), ConflictJoinCommand(),
    ConflictDeferCommand(),
    ConflictAssignCommand(), ConflictNoteCommand(), ConflictWorkCommand(),
    ConflictPolicyCommand(), ConflictRenumberCommand(), ConflictRepairCommand(),
  ]

  /// Those that decide something, for which `conflict.reason` may ask a reason.
  private static let deciding: Set<String> = [
    "conflict take", "conflict keep", "conflict edit", "conflict merge", "conflict resolve",
    "conflict renumber", "conflict repair", "conflict join", "conflict undo", "conflict work",
  ]

  /// Refuses a decision without a reason, where one is settled to be needed.
  ///
  /// - Throws: ``ConflictError/reasonNeeded(command:)``.
  static func checkReason(
    of command: Command, _ action: any ShellCommand, _ settings: Settings
  ) throws(ConflictError) {
    guard deciding.contains(action.name), command.clauses.reason == nil, settings.needsReason
    else { return }
    throw .reasonNeeded(command: command.text)
  }

  static let noun = Vocabulary.Noun(
    "conflict",
    verbs: [
      "list", "show", "graph", "log", "take", "keep", "edit", "merge", "join", "resolve", "apply",
      "undo", "defer", "assign", "note", "work", "policy", "renumber",
      "repair",
    ])

  static let options = [
    Vocabulary.Option("auto"), Vocabulary.Option("editor"), Vocabulary.Option("mine"),
    Vocabulary.Option("deferred"), Vocabulary.Option("closed"),
    Vocabulary.Option("fields", takesValue: true),
  ]
}
