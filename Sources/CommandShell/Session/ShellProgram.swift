import CRDTCore
package import CRMDomain
import Foundation

/// The program: what its arguments ask for, run on one node.
package struct ShellProgram: Sendable {
  private let node: any NodeControl
  private let catalog: EntityCatalog
  private let registry: CommandRegistry
  private let environment: ShellEnvironment
  private let arguments: ProgramArguments
  private let interrupter = CommandInterrupter()

  /// Makes the program on the node whose store `arguments` names, or on the usual one.
  package init(
    node: any NodeControl, catalog: EntityCatalog, registry: CommandRegistry,
    environment: ShellEnvironment, arguments: ProgramArguments
  ) {
    self.node = node
    self.catalog = catalog
    self.registry = registry
    self.environment = environment
    self.arguments = arguments
  }

  /// Asks the command that runs to stop, as Ctrl-C does.
  ///
  /// - Returns: Whether there was one to stop; if not, the caller may end the program with code 130.
  package func interrupt() -> Bool {
    interrupter.interrupt {
      // What the command still says begins below the terminal's ^C.
      if environment.isInputTerminal, environment.isErrorTerminal { environment.talk("\n") }
    }
  }

  /// Runs what the arguments ask for, and returns the exit code.
  package func run() async -> Int32 {
    let session: ShellSession
    do {
      let options = try GlobalOptions().overlaid(
        arguments: arguments.sessionOptions, vocabulary: registry.vocabulary)
      session = try ShellSession(
        node: node, catalog: catalog, registry: registry, environment: environment,
        options: options, interrupter: interrupter,
        isInteractive: environment.isInputTerminal && environment.isErrorTerminal)
    } catch {
      return Self.report(error, environment)
    }
    for warning in environment.configuration.warnings where !session.options.isQuiet {
      environment.talk("note: \(PlainText.oneLine(warning))\n")
    }
    if let fault = environment.configuration.fault, !isAboutConfiguration {
      let isJSON = session.options.format == "json" || ShellSession.asksForJSON(words)
      return session.report(fault, isJSON: isJSON, session.options)
    }
    switch arguments.source {
    case .version:
      environment.output("kith \(environment.version)\n")
      return 0
    case .command(let words): return await session.run(arguments: words)
    case .line(let text): return await session.run(line: text)
    case .script(let path): return await script(at: path, session)
    case .session where environment.isInputTerminal && environment.isOutputTerminal:
      return await prompt(session)
    case .session: return await script(at: "-", session)
    }
  }

  /// The words of the command that is asked for, options among them.
  private var words: [String] {
    if case .command(let words) = arguments.source { words } else { [] }
  }

  /// Whether what is asked for helps to put the configuration file right.
  private var isAboutConfiguration: Bool {
    switch arguments.source {
    case .command: ["config", "help"].contains(arguments.verb)
    case .version: true
    case .line, .script, .session: false
    }
  }

  /// Reports arguments that could not even be taken apart.
  package static func report(_ error: any Error, _ environment: ShellEnvironment) -> Int32 {
    let report = ErrorReport(error)
    let style = environment.style(GlobalOptions(), isTerminal: environment.isErrorTerminal)
    for line in report.lines(isJSON: false, style: style) { environment.talk(line + "\n") }
    return report.code
  }

  private func prompt(_ session: ShellSession) async -> Int32 {
    do {
      let editor = try LibeditLineEditor(
        marksPastes: environment.terminalType != "dumb",
        style: environment.style(session.options, isTerminal: true), bell: try EditorBell())
      return await session.run(prompt: editor)
    } catch {
      return Self.report(error, environment)
    }
  }

  private func script(at path: String, _ session: ShellSession) async -> Int32 {
    do {
      return await session.run(script: try ScriptFile(path: environment.settings.path(path)))
    } catch {
      return Self.report(error, environment)
    }
  }
}
