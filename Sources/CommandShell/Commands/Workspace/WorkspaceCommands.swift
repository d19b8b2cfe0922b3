/// The commands about what holds for the whole workspace, and the words they need.
enum WorkspaceCommands {
  static let all: [any ShellCommand] = [
    SettingListCommand(), SettingShowCommand(), SettingSetCommand(), SettingUnsetCommand(),
    RateListCommand(), RateSetCommand(), RateImportCommand(),
    PicklistListCommand(), PicklistAddCommand(), PicklistRenameCommand(), PicklistMergeCommand(),
    PicklistColourCommand(), PicklistRetireCommand(), PicklistReviveCommand(),
    PicklistMoveCommand(),
    LabelListCommand(), LabelAddCommand(), LabelRenameCommand(), LabelColourCommand(),
    LabelMergeCommand(),
    QuotaSetCommand(), QuotaListCommand(), SetupCommand(), OrganisationChartCommand(),
    VerifyCommand(),
    ReviewCommand(), PreferenceListCommand(), PreferenceSetCommand(), PreferenceUnsetCommand(),
  ]

  static let verbs: [Vocabulary.Verb] = [
    Vocabulary.Verb("setup", kindUse: .none), Vocabulary.Verb("orgchart"),
    Vocabulary.Verb("verify"), Vocabulary.Verb("review"),
  ]

  static let nouns: [Vocabulary.Noun] = [
    Vocabulary.Noun("setting", verbs: ["list", "show", "set", "unset"]),
    Vocabulary.Noun("rate", verbs: ["list", "set", "import"]),
    Vocabulary.Noun(
      "picklist", verbs: ["list", "add", "rename", "merge", "colour", "retire", "revive", "move"]),
    Vocabulary.Noun("label", verbs: ["list", "add", "rename", "colour", "merge"]),
    Vocabulary.Noun("quota", verbs: ["set", "list"]),
    Vocabulary.Noun("preference", verbs: ["list", "set", "unset"]),
  ]

  static let options: [Vocabulary.Option] = [
    Vocabulary.Option("base", takesValue: true), Vocabulary.Option("full"),
  ]
}
