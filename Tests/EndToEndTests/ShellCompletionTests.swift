import Foundation
import TestSupport
import Testing

/// Completion by the shells' own means, and the manual page.
@Suite("Completion in a shell")
struct ShellCompletionTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    try nodes.kith("office", "new", "account", "name=Müller GmbH")
  }

  /// What bash would offer for a line with the cursor at its end, its last word being `current`.
  private func offers(for line: String, current: String) throws -> [String] {
    let script = try nodes.kith("office", "completion", "bash").output
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let run = """
      compopt() { :; }
      COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=\(words.count - 1)
      shift; COMP_WORDS=(kith "$@")
      _kith; printf '%s\\n' "${COMPREPLY[@]}"
      """
    let folder = KithProcess.program.deletingLastPathComponent().path
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let result = try KithProcess.run(
      ["-c", script + "\n" + run, "bash", line] + words.dropFirst().dropLast() + [current],
      environment: [
        "PATH": "\(folder):\(path)", "KITH_STORE": nodes.store("office"), "LC_ALL": "C.UTF-8",
      ], program: URL(fileURLWithPath: "/bin/bash"))
    #expect(result.code == 0, "\(result.errors)")
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test("bash completes commands, kinds, values behind their field, and names with their spaces")
  func bash() throws {
    #expect(try offers(for: "kith sta", current: "sta") == ["stage", "status"])
    #expect(try offers(for: "kith list dea", current: "dea") == ["deals"])
    #expect(try offers(for: "kith edit deal stage=W", current: "W") == ["Won"])
    #expect(try offers(for: "kith show M", current: "M") == [#"Müller\ GmbH"#])
  }

  @Test("every shell has its script, and another is told which there are")
  func scripts() throws {
    for shell in ["bash", "zsh", "fish"] {
      #expect(try nodes.kith("office", "completion", shell).output.contains("completion offers"))
    }
    #expect(
      try nodes.kith("office", "completion", "tcsh", code: 2).errors.contains("bash, fish, zsh"))
  }

  @Test("the manual page has a section for every command")
  func manual() throws {
    let page = try nodes.kith("office", "manual").output
    #expect(page.hasPrefix(".TH KITH 1\n"))
    for command in ["list", "edit", "conflict show", "store check"] {
      #expect(page.contains("\n.SS \(command)\n"))
    }
  }
}
