import CRMDomain
import CommandShell
import Foundation
import NodeRuntime
import UnixSignals

/// The program that looks into a store's file: hands the file to the shell and its exit code to the machine.
@main
struct KithInspect {
  static func main() async {
    let environment = ProgramEnvironment.shell(version: "0.1")
    let inspected: InspectArguments
    let arguments: ProgramArguments
    do {
      inspected = try InspectArguments(Array(CommandLine.arguments.dropFirst()))
      arguments = try ProgramArguments(inspected.command)
    } catch {
      exit(ShellProgram.report(error, environment))
    }
    let catalog = EntityCatalog.standard
    let copy = InspectedNode(storePath: inspected.path)
    let other = inspected.otherPath.map { InspectedNode(storePath: $0) }
    let node: any NodeControl =
      inspected.isWriting ? KithNode(storePath: inspected.path) : copy
    let program = ShellProgram(
      node: node, catalog: catalog,
      registry: InspectCommands.registry(
        catalog: catalog, isWriting: inspected.isWriting, findings: copy.findings, other: other),
      environment: environment, arguments: arguments)
    let interrupts = Task {
      for await _ in await UnixSignalsSequence(trapping: .sigint) where !program.interrupt() {
        copy.close()
        other?.close()
        exit(130)
      }
    }
    let code = await program.run()
    interrupts.cancel()
    copy.close()
    other?.close()
    exit(code)
  }
}
