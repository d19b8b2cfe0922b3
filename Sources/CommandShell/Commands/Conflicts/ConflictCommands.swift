/// The commands about conflicts, and the words they need.
enum ConflictCommands {
  static let all: [any ShellCommand] = [
    ConflictListCommand(), ConflictShowCommand(), ConflictGraphCommand(), ConflictLogCommand(),
    ConflictTakeCommand(), ConflictKeepCommand(), ConflictEditCommand(), ConflictMergeCommand(),
    ConflictUndoCommand(),
  ]

  static let noun = Vocabulary.Noun(
    "conflict", verbs: ["list", "show", "graph", "log", "take", "keep", "edit", "merge", "undo"])

  static let options = [Vocabulary.Option("auto"), Vocabulary.Option("editor")]
}
