import CRDTCore
package import CRMDomain

/// Runs commands, however they are given, and answers with their exit codes.
package struct ShellSession: Sendable {
  package let node: any NodeControl
  package let catalogs: WorkspaceCatalog
  package let registry: CommandRegistry
  package let environment: ShellEnvironment
  /// What every command of the session starts from.
  package private(set) var options: GlobalOptions
  /// Where the data of commands goes that name no file of their own; `nil` for standard output.
  private var file: OutputFile?
  /// How many scripts run one another, this one too.
  private var depth = 0
  package let state = SessionState()
  /// Stops the command that runs.
  package let interrupter: CommandInterrupter
  /// Whether a person sits at a terminal and can be asked.
  package let isInteractive: Bool

  /// Scripts that run one another, at most: none is meant to run itself.
  private static let depthMax = 16

  package init(
    node: any NodeControl, catalog: EntityCatalog, registry: CommandRegistry,
    environment: ShellEnvironment, options: GlobalOptions, interrupter: CommandInterrupter,
    isInteractive: Bool
  ) throws {
    file = try options.outputPath.map { try OutputFile(path: environment.settings.path($0)) }
    self.node = node
    catalogs = WorkspaceCatalog(catalog, node)
    self.registry = registry
    self.environment = environment
    self.options = options
    self.options.outputPath = nil
    self.interrupter = interrupter
    self.isInteractive = isInteractive
  }

  package var parser: CommandParser { CommandParser(vocabulary: registry.vocabulary) }

  /// Runs one command given as a shell's arguments.
  package func run(arguments: [String]) async -> Int32 {
    let error: ParseError
    do {
      return await run(try parser.parse(arguments: arguments))
    } catch let caught {
      error = caught
    }
    if let line = AliasExpansion(node).expanded(error) { return await run(line: line) }
    return report(error, isJSON: Self.asksForJSON(arguments), options)
  }

  /// Runs the commands of a line up to the first that fails, or all if the session keeps going.
  ///
  /// - Returns: 0, or the exit code of the first failure.
  package func run(line: String) async -> Int32 {
    let commands: [Command]
    do {
      commands = try AliasExpansion(node).commands(of: line, parser)
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

  /// Runs the commands of a script, until its end or the first failure, whose place is told.
  ///
  /// - Returns: 0, or the exit code of the first failure.
  func run(script: ScriptFile) async -> Int32 {
    let parser = parser
    var result: Int32 = 0
    while !state.isLeaving, !Task.isCancelled {
      let lineNumber = script.reader.lineNumber + 1
      let line: String
      do {
        guard
          case .line(let read) = try script.reader.readCommand(
            prompt: "", needsMore: parser.needsMore)
        else { break }
        line = read
      } catch {
        return report(error, isJSON: options.format == "json", options)
      }
      let code = await run(line: line)
      guard code != 0 else { continue }
      if result == 0 { result = code }
      let goesOn = options.isKeepGoing && code != ExitCode.interrupted.rawValue
      let place = ScriptPlace(file: script.name, line: lineNumber, command: line)
      talk(place.failure(code: code, goesOn: goesOn, isJSON: options.format == "json"))
      if !goesOn { break }
    }
    return result
  }

  /// Runs the commands of a file under the options of the command that asks for it.
  private func run(
    scriptAt path: String, under options: GlobalOptions, writingTo file: OutputFile?
  ) async throws -> ExitCode {
    guard depth < Self.depthMax else {
      throw ScriptError.tooDeep(path: path, depthMax: Self.depthMax)
    }
    var session = self
    session.depth += 1
    session.options = options
    session.options.outputPath = nil
    session.file = file
    let script = try ScriptFile(path: environment.settings.path(path))
    let code = await session.run(script: script)
    try Task.checkCancellation()
    return ExitCode(rawValue: code) ?? .failed
  }

  private func run(_ command: Command) async -> Int32 {
    var effective = options
    let progress = progressLine()
    let began = environment.now()
    defer {
      progress?.clear()
      if effective.isTimed || state.isTimed { tellDuration(since: began) }
    }
    do {
      effective = try options.overlaid(with: command)
      let prepared = try prepared(command, under: effective)
      let (action, command) = (prepared.action, prepared.command)
      effective = prepared.options
      let ownFile = try effective.outputPath.map {
        try OutputFile(path: environment.settings.path($0))
      }
      let file = ownFile ?? file
      let pages = file == nil && !prepared.use.changes ? pages(effective) : nil
      defer { finish(pages) }
      let output = output(effective, file: file, progress, pages)
      let context = context(for: command, options: effective, file, output)
      if let view = prepared.view { context.talk(view) }
      let code = try await interrupter.run {
        try context.checkUser()
        let context = try context.reading(command, with: prepared.use)
        let code = try await action.run(command, in: context)
        finish(pages)
        return code
      }
      try ownFile?.close()
      try file?.checkWritten()
      return code.rawValue
    } catch {
      progress?.clear()
      return report(
        command.placed(error, in: catalogs.current), isJSON: effective.format == "json", effective)
    }
  }

  /// A command that may be run.
  private struct Prepared {
    let action: any ShellCommand
    let command: Command
    let use: CommandUse
    /// What holds for it, the session's options among them.
    let options: GlobalOptions
    /// What the view that it is about stands for.
    let view: String?
  }

  /// The command that is asked for, with what a view keeps in its place, once it is known to take that.
  private func prepared(_ command: Command, under options: GlobalOptions) throws -> Prepared {
    guard let action = registry.command(for: command.action) else {
      throw ParseError(.missingCommand, in: command.source, at: command.range)
    }
    let view = try ViewExpansion(of: command, for: action.use, node, parser)
    let command = view?.command ?? command
    let use = action.use(of: command)
    try use.check(command, named: action.name, under: options)
    try ConflictCommands.checkReason(of: command, action, environment.settings)
    var options = options
    if options.format == nil, environment.isOutputTerminal, options.outputPath ?? file?.path == nil,
      !use.changes, let format = environment.configuration[.format]?.value,
      use.formats.contains(format)
    {
      options.format = format
    }
    return Prepared(
      action: action, command: command, use: use, options: options, view: view?.description)
  }

  /// Runs a command within another, without questions, and gives back when.
  private func perform(
    _ command: Command, data: @escaping @Sendable (String) -> Void,
    talk: @escaping @Sendable (String) -> Void
  ) async throws -> Instant {
    do {
      let prepared = try prepared(command, under: options.overlaid(with: command))
      let (action, command) = (prepared.action, prepared.command)
      let terminal = environment.isOutputTerminal && file == nil
      let output = CommandOutput(
        data: data, talk: talk, ask: nil, openEditor: nil, progress: nil,
        width: environment.width(), isTerminal: terminal,
        style: environment.style(prepared.options, isTerminal: terminal))
      let context = context(for: command, options: prepared.options, nil, output)
      if let view = prepared.view { context.talk(view) }
      _ = try await action.run(command, in: try context.reading(command, with: prepared.use))
      return context.calendar.now
    } catch {
      throw command.placed(error, in: catalogs.current)
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

  /// Where data goes that may be taller than the screen.
  private func pages(_ options: GlobalOptions) -> PagedOutput? {
    let pager = environment.pager ?? environment.configuration[.pager]?.value
    guard environment.isOutputTerminal, isInteractive, options.isPaged, pager != "",
      pager != "cat", environment.terminalType != "dumb"
    else { return nil }
    return PagedOutput(
      pager: pager, height: environment.height(), width: environment.width(),
      output: environment.output, talk: environment.talk)
  }

  private func finish(_ pages: PagedOutput?) {
    guard let pages else { return }
    if pages.isPaging { interrupter.away { pages.finish() } } else { pages.finish() }
  }

  func context(
    for command: Command, options: GlobalOptions, _ file: OutputFile?, _ output: CommandOutput
  ) -> CommandContext {
    let now = Instant(environment.now())
    return CommandContext(
      node: node, catalogs: catalogs,
      calendar: LocalCalendar(now: now, timeZone: environment.timeZone),
      random: environment.random, options: options,
      output: output, state: state, registry: registry, commandText: command.text,
      settings: environment.settings, perform: { try await perform($0, data: $1, talk: $2) },
      runScript: { try await run(scriptAt: $0, under: options, writingTo: file) })
  }

  private func output(
    _ options: GlobalOptions, file: OutputFile?, _ progress: ProgressLine?, _ pages: PagedOutput?
  ) -> CommandOutput {
    let environment = environment
    let isTerminal = environment.isOutputTerminal && file == nil
    let write: @Sendable (String) -> Void = { line in
      progress?.clear()
      if file == nil { copy(line) }
      if let file {
        file.write(line + "\n")
      } else if let pages {
        pages.write(line)
      } else {
        environment.output(line + "\n")
      }
    }
    let ask: @Sendable (String) -> String? = { question in
      pages?.open()
      environment.talk(PlainText.oneLine(question))
      let answer = environment.answer()
      copy(PlainText.oneLine(question) + (answer ?? ""))
      return answer
    }
    let talk: @Sendable (String) -> Void = { line in
      progress?.clear()
      copy(line)
      if let pages { pages.say(line) } else { environment.talk(line + "\n") }
    }
    var show: (@Sendable (String) -> Void)?
    if let progress { show = { progress.show($0) } }
    let canAsk = isInteractive && !options.isNoInput
    let openEditor: @Sendable () throws -> any LineEditor = {
      try Self.formEditor(environment, options)
    }
    var commandOutput = CommandOutput(
      data: write, talk: talk, ask: canAsk ? ask : nil,
      openEditor: canAsk && isTerminal ? openEditor : nil, progress: show,
      width: environment.width(),
      isTerminal: isTerminal, style: environment.style(options, isTerminal: isTerminal))
    if isTerminal, environment.terminalType != "dumb" {
      commandOutput.screen = Screen(
        write: environment.output,
        size: { (environment.width(), environment.height()) },
        keys: environment.isInputTerminal ? environment.keys : Screen.noKeys)
    }
    if canAsk {
      commandOutput.edit = { text in interrupter.away { environment.edit(text) } }
      commandOutput.key = environment.key
    }
    return commandOutput
  }

  /// An editor like the prompt's, for the lines of a form.
  private static func formEditor(
    _ environment: ShellEnvironment, _ options: GlobalOptions
  ) throws -> any LineEditor {
    let editor = try LibeditLineEditor(
      marksPastes: environment.terminalType != "dumb",
      style: environment.style(options, isTerminal: true))
    editor.emptyInterruptNotice = nil
    return editor
  }

  /// Writes an error to standard error and says which exit code it stands for.
  func report(_ error: any Error, isJSON: Bool, _ options: GlobalOptions) -> Int32 {
    let report = ErrorReport(error)
    let style = environment.style(options, isTerminal: environment.isErrorTerminal)
    for line in report.lines(isJSON: isJSON, style: style) { talk(line) }
    return report.code
  }

  /// Writes a line to standard error, and to the file of `tee`.
  func talk(_ line: String) {
    copy(line)
    environment.talk(line + "\n")
  }

  /// Adds a line of what is shown to the file of `tee`, without its colours.
  func copy(_ line: String) {
    guard let tee = state.tee else { return }
    tee.write(Style.uncolored(line) + "\n")
    do {
      try tee.checkWritten()
    } catch {
      state.tee = nil
      _ = report(error, isJSON: false, options)
    }
  }

  private func tellDuration(since began: WallTime) {
    let now = environment.now().milliseconds
    let milliseconds = Int64(clamping: now) - Int64(clamping: began.milliseconds)
    talk("took \(PeopleFormat.elapsed(milliseconds: max(0, milliseconds)))")
  }

  /// Whether arguments that could not be parsed ask for JSON.
  static func asksForJSON(_ arguments: [String]) -> Bool {
    arguments.contains("--format=json")
      || zip(arguments, arguments.dropFirst()).contains { $0 == "--format" && $1 == "json" }
  }
}
