import CommandShell
import Foundation
import Testing

/// A prompt on a pseudo-terminal; each result is shown as `<line("…")>` for the test to wait for.
private func startPrompt(
  on terminal: Terminal, history: [String] = [],
  completer: (@Sendable (String, Int) -> [Completion])? = nil
) {
  let thread = Thread {
    do {
      let editor = try LibeditLineEditor(
        input: terminal.descriptor, output: terminal.descriptor, terminalType: "xterm")
      editor.completer = completer
      for line in history { editor.addToHistory(line) }
      var result = LineEditorResult.interrupted
      while result != .endOfInput {
        result = try editor.readLine(prompt: "\u{1B}[32mkith\u{1B}[0m> ")
        let shown = Array("<\(result)>\n".utf8)
        _ = write(terminal.descriptor, shown, shown.count)
      }
    } catch {
      Issue.record(error)
    }
  }
  thread.start()
}

@Suite("LibeditLineEditor", .serialized)
struct LibeditLineEditorTests {
  private static let prompt = "kith\u{1B}[0m> "

  private func finish(_ terminal: Terminal) {
    terminal.wait(for: Self.prompt)
    terminal.type("\u{4}")
    terminal.wait(for: "<endOfInput>")
  }

  @Test("a line comes back as typed, in any script, and Emacs keys edit it")
  func typing() throws {
    let terminal = try Terminal()
    startPrompt(on: terminal)
    terminal.wait(for: Self.prompt)
    terminal.type("müller 北京\r")
    terminal.wait(for: "<line(\"müller 北京\")>")
    terminal.wait(for: Self.prompt)
    // Back to the beginning, insert, to the end, delete the word, one letter more.
    terminal.type("how all words\u{1}s\u{5}\u{17}x\r")
    terminal.wait(for: "<line(\"show all x\")>")
    finish(terminal)
  }

  @Test("Tab completes what is certain, and twice lists the rest with descriptions")
  func completion() throws {
    let terminal = try Terminal()
    startPrompt(on: terminal) { line, cursor in
      let word = line.prefix(cursor).split(separator: " ", omittingEmptySubsequences: false).last
      let known = [("status", "what is unsynced"), ("stage", "stages"), ("müller", "Müller GmbH")]
      return known.filter { $0.0.hasPrefix(word ?? "") }
        .map { Completion($0.0, description: $0.1, replacing: word?.count ?? 0) }
    }
    terminal.wait(for: Self.prompt)
    terminal.type("show mü\t!\r")
    terminal.wait(for: "<line(\"show müller !\")>")
    terminal.wait(for: Self.prompt)
    terminal.type("s\t")
    terminal.wait(for: "ta")
    terminal.type("\t")
    terminal.wait(for: "status  what is unsynced")
    terminal.wait(for: "stage   stages")
    terminal.wait(for: "sta")
    terminal.type("t\t\r")
    terminal.wait(for: "<line(\"status \")>")
    finish(terminal)
  }

  @Test("Up finds what begins as typed, Ctrl-R what contains it")
  func history() throws {
    let terminal = try Terminal()
    startPrompt(
      on: terminal, history: ["list deals", "show d7h2k", "list tasks", " secret", "show e3c8t"])
    terminal.wait(for: Self.prompt)
    terminal.type("list\u{1B}[A\r")
    terminal.wait(for: "<line(\"list tasks\")>")
    terminal.wait(for: Self.prompt)
    terminal.type("list\u{1B}[A\u{1B}[A\r")
    terminal.wait(for: "<line(\"list deals\")>")
    terminal.wait(for: Self.prompt)
    terminal.type("\u{1B}[A\r")
    terminal.wait(for: "<line(\"show e3c8t\")>")
    terminal.wait(for: Self.prompt)
    terminal.type("\u{12}7h2\u{1B}\r")
    terminal.wait(for: "<line(\"show d7h2k\")>")
    finish(terminal)
  }

  @Test("Ctrl-C clears the line, and on an empty one says how to leave")
  func interrupt() throws {
    let terminal = try Terminal()
    startPrompt(on: terminal)
    terminal.wait(for: Self.prompt)
    terminal.type("delete everything\u{3}")
    let shown = terminal.wait(for: "<interrupted>")
    #expect(!shown.contains("Ctrl-D"))
    terminal.wait(for: Self.prompt)
    terminal.type("\u{3}")
    terminal.wait(for: "Ctrl-D or quit leaves\r\n")
    terminal.wait(for: "<interrupted>")
    terminal.wait(for: Self.prompt)
    terminal.type("ok\r")
    terminal.wait(for: "<line(\"ok\")>")
    finish(terminal)
  }

  private func paste(_ text: String) -> String { "\u{1B}[200~\(text)\u{1B}[201~" }

  @Test("a pasted line lands in the line and does not run")
  func pastedLine() throws {
    let terminal = try Terminal()
    startPrompt(on: terminal)
    terminal.wait(for: Self.prompt)
    terminal.type("list " + paste("deals\twhere a = 1\r"))
    terminal.wait(for: "where a = 1")
    terminal.type(" and b = 2\r")
    terminal.wait(for: "<line(\"list deals where a = 1 and b = 2\")>")
    finish(terminal)
  }

  @Test("several pasted lines run only when asked to, and can be edited or dropped")
  func pastedLines() throws {
    let terminal = try Terminal()
    startPrompt(on: terminal)
    let question = "3 lines pasted. [r]un one by one · [e]dit · [c]ancel "
    terminal.wait(for: Self.prompt)
    terminal.type("so: " + paste("show a\nshow b\rshow c\r"))
    terminal.wait(for: question)
    terminal.type("r")
    for line in ["so: show a", "show b", "show c"] { terminal.wait(for: "<line(\"\(line)\")>") }

    terminal.wait(for: Self.prompt)
    terminal.type(paste("show a\nshow b \\\n c"))
    terminal.wait(for: question)
    terminal.type("e")
    terminal.wait(for: "show a; show b c")
    terminal.type("\r")
    terminal.wait(for: "<line(\"show a; show b c\")>")

    terminal.wait(for: Self.prompt)
    terminal.type("list" + paste("rm\nrm\nrm\n"))
    terminal.wait(for: question)
    terminal.type("c")
    terminal.wait(for: "list")
    terminal.type("!\r")
    terminal.wait(for: "<line(\"list!\")>")
    finish(terminal)
  }

  @Test("the terminal is as before after every line")
  func restoring() throws {
    let terminal = try Terminal()
    let before = terminal.modes()
    startPrompt(on: terminal)
    let opening = terminal.wait(for: Self.prompt)
    #expect(opening.contains("\u{1B}[?2004h"))
    #expect(terminal.modes() != before)
    terminal.type("show\r")
    let closing = terminal.wait(for: "<line(\"show\")>")
    #expect(closing.contains("\u{1B}[?2004l"))
    finish(terminal)
    #expect(terminal.modes() == before)
  }

  @Test(
    "a signal that ends the process gives the terminal back first", arguments: [SIGTERM, SIGILL])
  func signals(signal: Int32) async throws {
    let terminal = try Terminal()
    let before = terminal.modes()
    let path = terminal.path
    let killer = Thread {
      terminal.wait(for: "pid ")
      let shown = terminal.wait(for: ">").dropLast()
      // Never 0 or less: that would be a group of processes, this one among them.
      if let pid = pid_t(shown), pid > 1 { kill(pid, signal) }
    }
    killer.start()
    await #expect(processExitsWith: .failure) { [path = path as String] in
      let descriptor = open(path, O_RDWR | O_NOCTTY)
      let editor = try LibeditLineEditor(
        input: descriptor, output: descriptor, terminalType: "xterm")
      _ = try editor.readLine(prompt: "pid \(getpid())>")
    }
    terminal.wait(for: "\u{1B}[?2004l")
    #expect(terminal.modes() == before)
  }
}
