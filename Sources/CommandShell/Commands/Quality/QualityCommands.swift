/// The commands about how good the data are, and the words they need.
enum QualityCommands {
  static let all: [any ShellCommand] = [
    AuditLinksCommand(), AuditDataCommand(), AuditNamesCommand(), HygieneCommand(),
    HygieneWorkCommand(),
  ]

  static let nouns: [Vocabulary.Noun] = [
    Vocabulary.Noun("audit", verbs: ["links", "data", "names"]),
    Vocabulary.Noun("hygiene", verbs: ["work"], isVerbOptional: true),
  ]

  static let options: [Vocabulary.Option] = [Vocabulary.Option("keep")]
}
