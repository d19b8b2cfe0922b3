import CRDTCore
import ReplicaStore

/// `check`: what is wrong with a file, even with one that cannot be opened.
struct InspectCheckCommand: ShellCommand {
  let name = "check"
  let summary = "Verifies a file, every hash and seal, and the tables; says what is wrong."
  let syntax = ["check"]
  let examples = ["check", "check --format json"]
  let use = CommandUse(formats: ["json"])
  let findings: @Sendable () throws -> [String]

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    do {
      return try await StoreCheckCommand().run(command, in: context)
    } catch let error as StoreError {
      let found = try findings()
      if context.isJSON {
        context.json([
          "schema": "kith.store_check/1", "entries": .null, "seals": .null,
          "faults": .array(([error.summary] + found).map(JSONValue.string)),
        ])
        return .store
      }
      context.output.data(PlainText.oneLine(error.summary))
      for finding in found { context.output.data("  " + PlainText.oneLine(finding)) }
      if let hint = error.hint(at: context.node.storePath) { context.talk(hint) }
      return .store
    }
  }
}

extension StoreError {
  /// What to do about a file that cannot be opened.
  fileprivate func hint(at path: String) -> String? {
    switch self {
    case .newer: "Update kith on this machine."
    case .damaged:
      """
      What can be read is in the file still. A peer may have it whole: join the workspace anew with \
      another --store, and keep this file.
      """
    case .missing, .exists, .foreign, .locked, .full, .readOnly, .database: nil
    }
  }
}
