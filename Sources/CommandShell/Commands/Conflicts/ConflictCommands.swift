/// The commands about conflicts, and the words they need.
enum ConflictCommands {
  static let all: [any ShellCommand] = [
    ConflictListCommand(), ConflictShowCommand(), ConflictGraphCommand(), ConflictLogCommand(),
    ConflictTakeCommand(), ConflictKeepCommand(), ConflictEditCommand(), ConflictMergeCommand(),
    ConflictResolveCommand(), ConflictApplyCommand(), ConflictUndoCommand(), ConflictDeferCommand(),
    ConflictAssignCommand(), ConflictNoteCommand(), ConflictWorkCommand(),
    ConflictPolicyCommand(), ConflictRenumberCommand(),
  ]

  static let noun = Vocabulary.Noun(
    "conflict",
    verbs: [
      "list", "show", "graph", "log", "take", "keep", "edit", "merge", "resolve", "apply", "undo",
      "defer", "assign", "note", "work", "policy", "renumber",
    ])

  static let options = [
    Vocabulary.Option("auto"), Vocabulary.Option("editor"), Vocabulary.Option("mine"),
    Vocabulary.Option("deferred"), Vocabulary.Option("closed"),
    Vocabulary.Option("fields", takesValue: true),
  ]
}
