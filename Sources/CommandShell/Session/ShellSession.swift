import CRDTCore
package import CRMDomain

/// Runs commands, however they are given, and answers with their exit codes.
package struct ShellSession: Sendable {
  package let node: any NodeControl
  package let catalog: EntityCatalog
  package let registry: CommandRegistry
  package let environment: ShellEnvironment
  /// What every command of the session starts from.
  package let options: GlobalOptions
  package let state = SessionState()
  /// Stops the command that runs.
  package let interrupter: CommandInterrupter
  /// Whether a person sits at a terminal and can be asked.
  package let isInteractive: Bool

  package init(
    node: any NodeControl, catalog: EntityCatalog, registry: CommandRegistry,
    environment: ShellEnvironment, options: GlobalOptions, interrupter: CommandInterrupter,
    isInteractive: Bool
  ) {
    self.node = node
    self.catalog = catalog
    self.registry = registry
    self.environment = environment
    self.options = options
    self.interrupter = interrupter
    self.isInteractive = isInteractive
  }

  package var parser: CommandParser { CommandParser(vocabulary: registry.vocabulary) }

  /// Runs one command given as a shell's arguments.
  package func run(arguments: [String]) async -> Int32 {
    do {
      return await run(try parser.parse(arguments: arguments))
    } catch {
      return report(error, isJSON: Self.asksForJSON(arguments), options)
    }
  }

  /// Runs the commands of a line up to the first that fails, or all if the session keeps going.
  ///
  /// - Returns: 0, or the exit code of the first failure.
  package func run(line: String) async -> Int32 {
    let commands: [Command]
    do {
      commands = try parser.parse(line)
    } catch {
      return report(error, isJSON: options.format == "json", options)
    }
    var result: Int32 = 0
    for command in commands {
      let code = await run(command)
      if result == 0 { result = code }
      if code != 0, !options.isKeepGoing || code == ExitCode.interrupted.rawValue { break }
    }
    return result
  }

  /// Runs the commands that an editor reads, until its end or the first failure.
  ///
  /// - Returns: 0, or the exit code of the first failure.
  package func run(script reader: any LineEditor) async -> Int32 {
    let parser = parser
    var result: Int32 = 0
    while !state.isLeaving {
      do {
        let read = try reader.readCommand(prompt: "", needsMore: parser.needsMore)
        guard case .line(let line) = read else { break }
        let code = await run(line: line)
        if result == 0 { result = code }
        if code != 0, !options.isKeepGoing { break }
      } catch {
        return report(error, isJSON: options.format == "json", options)
      }
    }
    return result
  }

  private func run(_ command: Command) async -> Int32 {
    var effective = options
    let progress = progressLine()
    defer { progress?.clear() }
    do {
      effective = try options.overlaid(with: command)
      guard let action = registry.command(for: command.action) else {
        throw ParseError(.missingCommand, in: command.source, at: command.range)
      }
      try action.use.check(command, named: action.name, under: effective)
      let file = try effective.outputPath.map { try OutputFile(path: $0) }
      let context = context(for: command, options: effective, file: file, progress)
      let code = try await interrupter.run { try await action.run(command, in: context) }
      try file?.close()
      return code.rawValue
    } catch {
      progress?.clear()
      return report(error, isJSON: effective.format == "json", effective)
    }
  }

  /// A line for progress, where a person looks at standard error.
  private func progressLine() -> ProgressLine? {
    guard environment.isErrorTerminal, environment.terminalType != "dumb", !options.isQuiet else {
      return nil
    }
    return ProgressLine(
      now: environment.now, width: environment.width(), write: environment.talk)
  }

  private func context(
    for command: Command, options: GlobalOptions, file: OutputFile?,
    _ progress: ProgressLine?
  ) -> CommandContext {
    let now = Instant(environment.now())
    return CommandContext(
      node: node, catalog: catalog,
      calendar: LocalCalendar(now: now, timeZone: environment.timeZone),
      random: environment.random, options: options, output: output(options, file: file, progress),
      state: state, commandText: command.text)
  }

  private func output(
    _ options: GlobalOptions, file: OutputFile?, _ progress: ProgressLine?
  ) -> CommandOutput {
    let environment = environment
    let isTerminal = environment.isOutputTerminal && file == nil
    let write: @Sendable (String) -> Void = { line in
      progress?.clear()
      if let file { file.write(line + "\n") } else { environment.output(line + "\n") }
    }
    let ask: @Sendable (String) -> String? = { question in
      environment.talk(PlainText.oneLine(question))
      return environment.answer()
    }
    let talk: @Sendable (String) -> Void = { line in
      progress?.clear()
      environment.talk(line + "\n")
    }
    var show: (@Sendable (String) -> Void)?
    if let progress { show = { progress.show($0) } }
    var commandOutput = CommandOutput(
      data: write, talk: talk, ask: isInteractive && !options.isNoInput ? ask : nil,
      progress: show, width: environment.width(),
      isTerminal: isTerminal, style: environment.style(options, isTerminal: isTerminal))
    if isInteractive, !options.isNoInput {
      commandOutput.edit = environment.edit
      commandOutput.key = environment.key
    }
    return commandOutput
  }

  /// Writes an error to standard error and says which exit code it stands for.
  func report(_ error: any Error, isJSON: Bool, _ options: GlobalOptions) -> Int32 {
    let report = ErrorReport(error)
    let style = environment.style(options, isTerminal: environment.isErrorTerminal)
    for line in report.lines(isJSON: isJSON, style: style) { environment.talk(line + "\n") }
    return report.code
  }

  /// Whether arguments that could not be parsed ask for JSON.
  private static func asksForJSON(_ arguments: [String]) -> Bool {
    arguments.contains("--format=json")
      || zip(arguments, arguments.dropFirst()).contains { $0 == "--format" && $1 == "json" }
  }
}
