/// The commands about conflicts, and the words they need.
enum ConflictCommands {
  static let all: [any ShellCommand] = [
    ConflictListCommand(), ConflictShowCommand(), ConflictGraphCommand(), ConflictLogCommand(),
    ConflictTakeCommand(), ConflictKeepCommand(), ConflictEditCommand(), ConflictMergeCommand(),
    ConflictResolveCommand(), ConflictApplyCommand(), ConflictUndoCommand(), ConflictJoinCommand(),
    ConflictDeferCommand(),
    ConflictAssignCommand(), ConflictNoteCommand(), ConflictWorkCommand(),
  ]

  static let noun = Vocabulary.Noun(
    "conflict",
    verbs: [
      "list", "show", "graph", "log", "take", "keep", "edit", "merge", "join", "resolve", "apply",
      "undo",
      "defer",
      "assign", "note", "work",
    ])

  static let options = [
    Vocabulary.Option("auto"), Vocabulary.Option("editor"), Vocabulary.Option("mine"),
    Vocabulary.Option("deferred"), Vocabulary.Option("closed"),
  ]
}
