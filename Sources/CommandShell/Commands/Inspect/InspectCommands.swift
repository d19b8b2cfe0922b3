package import CRMDomain

/// The commands of `kith-inspect`: those of `kith` that only read, and its own views of a file.
package enum InspectCommands {
  /// The registry for looking into one file, or two.
  ///
  /// - Parameters:
  ///   - catalog: The kinds of records.
  ///   - isWriting: Whether what changes the store is allowed.
  ///   - findings: What can be said of a file that cannot be opened.
  ///   - other: The file that `diff` compares with.
  /// - Returns: What reads, and with `isWriting` everything else.
  package static func registry(
    catalog: EntityCatalog, isWriting: Bool, findings: @escaping @Sendable () throws -> [String],
    other: (any NodeControl)?
  ) -> CommandRegistry {
    let own: [any ShellCommand] = [
      InspectCheckCommand(findings: findings), InspectLogCommand(), InspectEntriesCommand(),
      InspectGraphCommand(), InspectDiffCommand(other: other),
    ]
    // Here `log` shows the file's, and notes no call.
    let names = Set(own.map(\.name))
    let verbs = own.map { Vocabulary.Verb($0.name, kindUse: .none) }
    let registry = CommandRegistry(
      records: RecordCommands.all.filter { !names.contains($0.name) } + own,
      verbs: RecordCommands.verbs.filter { !names.contains($0.name) } + verbs,
      nouns: RecordCommands.nouns, options: RecordCommands.options,
      kinds: CatalogVocabulary.kinds(of: catalog))
    return isWriting ? registry : registry.readingOnly()
  }
}

/// A command that would change a file which is only looked into.
struct RefusedCommand: ShellCommand {
  let refused: any ShellCommand
  var name: String { refused.name }
  var summary: String { refused.summary }
  var syntax: [String] { refused.syntax }
  var examples: [String] { refused.examples }
  var use: CommandUse { refused.use }

  func use(of command: Command) -> CommandUse { refused.use(of: command) }

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard use(of: command).changes else { return try await refused.run(command, in: context) }
    throw InspectionError.readOnly(context.node.storePath)
  }
}
