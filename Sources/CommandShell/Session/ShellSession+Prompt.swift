import CRDTCore
import Foundation
import ReplicaStore

extension ShellSession {
  /// Reads and runs commands until `quit` or the end of the input.
  ///
  /// - Returns: 0; each command's failure has been shown.
  func run(prompt editor: LibeditLineEditor) async -> Int32 {
    let completion = LineCompletion(
      registry: registry, catalogs: catalogs, node: node, state: state,
      settings: environment.settings)
    editor.completer = { completion.offers(for: $0, cursor: $1) }
    var history = environment.historyPath.map(HistoryFile.init(path:))
    do {
      for entry in try history?.load() ?? [] { editor.addToHistory(entry.text) }
    } catch {
      environment.talk("Earlier commands can't be read: \(error.localizedDescription)\n")
      history = nil
    }
    await greet()
    let background = BackgroundSync(
      bell: editor.bell, round: exchangeInBackground,
      prompt: { await status(isPatient: true).prompt(format, style: style) })
    state.background = background
    editor.interlude = { background.interlude(at: $0) }
    if environment.settings[.syncBackground] == "on" { background.start() }
    let code = await converse(editor, background, &history)
    await background.stop()
    state.background = nil
    return code
  }

  /// Reads and runs commands, and before each prompt tells what came up beside it.
  private func converse(
    _ editor: LibeditLineEditor, _ background: BackgroundSync, _ history: inout HistoryFile?
  ) async -> Int32 {
    let parser = parser
    while !state.isLeaving {
      for line in background.takeNews() { talk(line) }
      let status = await status()
      if status.unsynced > 0 { background.hurry() }
      let prompt = status.prompt(format, style: style)
      background.willShow(prompt)
      let line: String
      do {
        switch try editor.readCommand(prompt: prompt, needsMore: parser.needsMore) {
        case .line(let text): line = text
        case .interrupted: continue
        case .endOfInput: return 0
        }
      } catch {
        return report(error, isJSON: false, options)
      }
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      editor.addToHistory(line)
      copy(prompt + line)
      let began = environment.now()
      let code = await run(line: line, offeringWith: editor)
      do {
        try history?.append(
          HistoryEntry(
            text: line, time: Instant(began), exitCode: Int(code), node: status.node?.name ?? ""))
      } catch {
        environment.talk("Commands can't be kept for later: \(error.localizedDescription)\n")
        history = nil
      }
    }
    return 0
  }

  /// Runs a line; where it is not understood but one command that only reads is near, Enter runs that.
  private func run(line: String, offeringWith editor: any LineEditor) async -> Int32 {
    do {
      _ = try AliasExpansion(node).commands(of: line, parser)
    } catch {
      guard let correction = error.correction, onlyReads(correction) else {
        return await run(line: line)
      }
      let code = report(error, isJSON: false, options)
      let question = "[Enter: \(correction)\(style.separator)Ctrl-C: cancel] "
      guard case .line(let text)? = try? editor.readLine(prompt: PlainText.oneLine(question)) else {
        return code
      }
      return await run(line: text.allSatisfy(\.isWhitespace) ? correction : text)
    }
    return await run(line: line)
  }

  private func onlyReads(_ line: String) -> Bool {
    let commands = (try? parser.parse(line)) ?? []
    return !commands.isEmpty
      && commands.allSatisfy { registry.command(for: $0.action)?.use(of: $0).changes == false }
  }

  private var format: PeopleFormat {
    PeopleFormat(
      calendar: LocalCalendar(now: Instant(environment.now()), timeZone: environment.timeZone))
  }

  private var style: Style { environment.style(options, isTerminal: environment.isOutputTerminal) }

  /// What the prompt shows; a store that cannot be read is reported by the command that needs it.
  private func status(isPatient: Bool = false) async -> PromptStatus {
    let now = Instant(environment.now())
    return (try? await PromptStatus(of: node, state.conflicts, at: now, isPatient: isPatient))
      ?? PromptStatus()
  }

  /// Makes a personal workspace if there is none, and says who and where one is.
  private func greet() async {
    do {
      _ = try node.replica()
    } catch StoreError.missing {
      foundPersonalWorkspace()
    } catch {
      _ = report(error, isJSON: false, options)
    }
    guard !options.isQuiet else { return }
    async let isOffline = node.isOffline()
    let lines = await status().banner(
      version: environment.version, isOffline: isOffline, format, style: style)
    for line in lines { environment.talk(line + "\n") }
    // What cannot be read has been told of above.
    for line in (try? reminders()) ?? [] { environment.talk(line + "\n") }
  }

  private func foundPersonalWorkspace() {
    let settings = environment.settings
    let user = settings[.user] ?? ""
    let request = FoundRequest(
      node: NodeName.of(host: settings[.node] ?? ""), workspace: "personal",
      user: user.isEmpty ? "me" : user, currency: .euro)
    do {
      _ = try node.found(request)
      environment.talk(
        "Made a personal workspace at \(node.storePath). To join one that exists instead: "
          + "join CODE --node \(request.node) --user \(request.user)\n")
    } catch {
      _ = report(error, isJSON: false, options)
    }
  }
}
