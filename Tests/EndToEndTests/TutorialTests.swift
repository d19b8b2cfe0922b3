import Foundation
import TestSupport
import Testing

/// The pages of the tutorial, typed as they stand.
@Suite("Tutorial", .serialized)
struct TutorialTests {
  @Test(
    "every command works as written, and answers what the page says",
    arguments: ["tutorial", "tutorial-rep", "tutorial-manager"])
  func replay(_ name: String) throws {
    try TutorialPage(name).replay()
  }
}

/// One page: the commands of its `sh` blocks, and in its `text` blocks what they answer.
private struct TutorialPage {
  private let page: String

  init(_ name: String) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/\(name).md").standardized
    page = try String(contentsOf: path, encoding: .utf8)
  }

  /// The lines of all fenced blocks of a language, in order.
  private func lines(of language: String) -> [String] {
    page.components(separatedBy: "```").filter { $0.hasPrefix(language + "\n") }
      .flatMap { $0.split(separator: "\n").dropFirst() }.map(String.init)
  }

  /// The commands as a script; a command in the background is awaited until it says its first line.
  private var script: String {
    let commands = lines(of: "sh").map { line in
      // Any free port will do; the tutorial's may be taken.
      let line = line.replacing("127.0.0.1:7440", with: "127.0.0.1:0")
      guard line.hasSuffix("&") else { return line }
      return """
        mkfifo said
        \(line.dropLast()) > said &
        exec 3< said
        read -r line <&3; echo "$line"
        """
    }
    return """
      set -eu
      trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
      exec 2>&1
      \(commands.joined(separator: "\n"))
      """
  }

  func replay() throws {
    let folder = try TemporaryDirectory()
    let programs = KithProcess.program.deletingLastPathComponent().path
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let result = try KithProcess.run(
      ["-c", script], environment: ["PATH": "\(programs):\(path)", "HOME": folder.url.path],
      directory: folder.url, program: URL(fileURLWithPath: "/bin/bash"))
    #expect(result.code == 0, "\(result.output)")
    var answers = result.output.split(separator: "\n").map(Self.words)[...]
    for line in lines(of: "text") {
      let wanted = Self.words(line[...])
      let place = answers.firstIndex { Self.fits($0[...], wanted[...]) }
      let found = try #require(place, "nothing answers “\(line)” in:\n\(result.output)")
      answers = answers[(found + 1)...]
    }
  }

  private static func words(_ line: Substring) -> [Substring] {
    line.split { $0 == " " || $0 == "\t" }
  }

  /// Whether an answer is as wanted; `…` fits the rest of a word, or any words.
  private static func fits(
    _ answer: ArraySlice<Substring>, _ wanted: ArraySlice<Substring>
  ) -> Bool {
    guard let first = wanted.first else { return answer.isEmpty }
    let rest = wanted.dropFirst()
    if first == "…" {
      return fits(answer, rest) || (!answer.isEmpty && fits(answer.dropFirst(), wanted))
    }
    guard let word = answer.first else { return false }
    let parts = first.split(separator: "…", maxSplits: 1, omittingEmptySubsequences: false)
    let isSame =
      parts.count == 2
      ? word.hasPrefix(parts[0]) && word.hasSuffix(parts[1]) : word == first
    return isSame && fits(answer.dropFirst(), rest)
  }
}
