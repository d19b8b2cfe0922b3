/// The commands about the workspace's own fields.
enum FieldCommands {
  static let all: [any ShellCommand] = [
    FieldAddCommand(), FieldListCommand(), FieldShowCommand(), FieldSetCommand(),
    FieldRetireCommand(), FieldReviveCommand(),
  ]

  static let noun = Vocabulary.Noun(
    "field", verbs: ["add", "list", "show", "set", "retire", "revive"])
}
