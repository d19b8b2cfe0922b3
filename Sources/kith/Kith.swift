import CRMDomain
import CommandShell
import Foundation
import NodeRuntime
import UnixSignals

/// The program: hands the machine's facts to the shell and the shell's exit code to the machine.
@main
struct Kith {
  static func main() async {
    let environment = ProgramEnvironment.shell(version: "0.1")
    let arguments: ProgramArguments
    do {
      arguments = try ProgramArguments(Array(CommandLine.arguments.dropFirst()))
    } catch {
      exit(ShellProgram.report(error, environment))
    }
    let catalog = EntityCatalog.standard
    let node = KithNode(
      storePath: arguments.storePath ?? ProgramEnvironment.storePath,
      onRenewal: { environment.talk("note: \($0.sentence)\n") })
    let program = ShellProgram(
      node: node,
      catalog: catalog,
      registry: CommandRegistry(
        records: RecordCommands.all, verbs: RecordCommands.verbs, nouns: RecordCommands.nouns,
        options: RecordCommands.options, kinds: CatalogVocabulary.kinds(of: catalog)),
      environment: environment, arguments: arguments)
    let interrupts = Task {
      for await _ in await UnixSignalsSequence(trapping: .sigint) where !program.interrupt() {
        exit(130)
      }
    }
    let code = await program.run()
    interrupts.cancel()
    node.close()
    exit(code)
  }
}
