/// The commands that act on records, and the words they need.
package enum RecordCommands {
  package static let all: [any ShellCommand] =
    [
      ListCommand(), CountCommand(), ShowCommand(), BoardCommand(), FindCommand(), NewCommand(),
      EditCommand(), MoveCommand(), RecountCommand(), LinkCommand(), UnlinkCommand(),
      DuplicatesCommand(),
      DuplicatesDismissCommand(), MergeCommand(), DeleteCommand(), RestoreCommand(), MarkCommand(),
      UnmarkCommand(), HistoryCommand(), ExplainCommand(), TimelineCommand(), WatchCommand(),
      ImportCommand(), ExportCommand(), ViewSaveCommand(), ViewListCommand(),
      ViewDeleteCommand(), AliasCommand(), AliasListCommand(), AliasDeleteCommand(), OpsCommand(),
      UndoCommand(), RedoCommand(),
    ] + DealCommands.all + LeadCommands.all + QualityCommands.all + [ReportCommand()]
    + ConflictCommands.all + WorkspaceCommands.all + FieldCommands.all + DaysCommands.all

  package static let verbs: [Vocabulary.Verb] =
    [
      Vocabulary.Verb("list", aliases: ["ls"], kindUse: .required, takesPlural: true),
      Vocabulary.Verb("count", kindUse: .required, takesPlural: true),
      Vocabulary.Verb("show"), Vocabulary.Verb("find"),
      Vocabulary.Verb("board", kindUse: .required, takesPlural: true),
      Vocabulary.Verb("new", aliases: ["add"], kindUse: .required), Vocabulary.Verb("edit"),
      Vocabulary.Verb("move"), Vocabulary.Verb("report", kindUse: .none),
      Vocabulary.Verb("recount"), Vocabulary.Verb("link", kindUse: .none),
      Vocabulary.Verb("unlink", kindUse: .none), Vocabulary.Verb("merge"),
      Vocabulary.Verb("mark", kindUse: .none),
      Vocabulary.Verb("unmark", kindUse: .none),
      Vocabulary.Verb("delete"), Vocabulary.Verb("restore"), Vocabulary.Verb("history"),
      Vocabulary.Verb("explain"), Vocabulary.Verb("timeline"),
      Vocabulary.Verb("watch", kindUse: .command), Vocabulary.Verb("ops", kindUse: .none),
      Vocabulary.Verb("undo", kindUse: .none), Vocabulary.Verb("redo", kindUse: .none),
      Vocabulary.Verb("import", kindUse: .required, takesPlural: true),
      Vocabulary.Verb("export", kindUse: .required, takesPlural: true),
    ] + DealCommands.verbs + LeadCommands.verbs + WorkspaceCommands.verbs
    + DaysCommands.verbs

  package static let nouns: [Vocabulary.Noun] =
    [
      ConflictCommands.noun,
      Vocabulary.Noun(
        "duplicates", aliases: ["duplicate", "dupes"], verbs: ["dismiss"], isVerbOptional: true),
      Vocabulary.Noun("view", verbs: ["save", "list", "delete"], definingVerb: "save"),
      Vocabulary.Noun("alias", verbs: ["list", "delete"], isVerbOptional: true, definingVerb: ""),
      FieldCommands.noun,
    ] + DealCommands.nouns + LeadCommands.nouns + QualityCommands.nouns + WorkspaceCommands.nouns
    + DaysCommands.nouns

  package static let options: [Vocabulary.Option] =
    [
      Vocabulary.Option("map", takesValue: true), Vocabulary.Option("values", takesValue: true),
      Vocabulary.Option("set", takesValue: true),
      Vocabulary.Option("date-format", takesValue: true),
      Vocabulary.Option("key", takesValue: true),
      Vocabulary.Option("rejects", takesValue: true), Vocabulary.Option("max", takesValue: true),
      Vocabulary.Option("graph"), Vocabulary.Option("take", takesValue: true),
      Vocabulary.Option("min", takesValue: true), Vocabulary.Option("override"),
      Vocabulary.Option("drill", takesValue: true), Vocabulary.Option("formulas"),
      Vocabulary.Option("visits", takesValue: true),
    ] + ConflictCommands.options + QualityCommands.options + WorkspaceCommands.options
}
