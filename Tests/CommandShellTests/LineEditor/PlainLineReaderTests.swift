import CRDTCore
import CommandShell
import Foundation
import Testing

@Suite("PlainLineReader")
struct PlainLineReaderTests {
  private let parser = CommandParser(vocabulary: .sample)

  /// Writes bytes into a pipe from another thread and hands over its reading end.
  private func reader(_ bytes: [UInt8]) -> (PlainLineReader, Pipe) {
    let pipe = Pipe()
    let writing = pipe.fileHandleForWriting
    Thread.detachNewThread {
      do {
        try writing.write(contentsOf: Data(bytes))
        try writing.close()
      } catch {
        // The reader gave up first, which one test is about.
        try? writing.close()
      }
    }
    return (PlainLineReader(fileDescriptor: pipe.fileHandleForReading.fileDescriptor), pipe)
  }

  private func lines(_ bytes: [UInt8]) throws -> [String] {
    let (reader, pipe) = reader(bytes)
    defer { withExtendedLifetime(pipe) {} }
    var lines: [String] = []
    while case .line(let line) = try reader.readLine(prompt: "") { lines.append(line) }
    return lines
  }

  @Test(
    "lines end in LF or CRLF or with the input; a byte order mark is no text",
    arguments: [
      ("a\nb\n", ["a", "b"]), ("a\r\n\r\nb", ["a", "", "b"]), ("", []), ("\n", [""]),
      ("\u{FEFF}über\n", ["über"]),
    ])
  func lineEnds(text: String, expected: [String]) throws {
    #expect(try lines(Array(text.utf8)) == expected)
  }

  @Test("bytes that are not UTF-8 are replaced")
  func invalid() throws {
    #expect(try lines([0x61, 0xFF, 0x62, 0x0A]) == ["a\u{FFFD}b"])
  }

  @Test("long lines span reads; one beyond the bound is refused")
  func bounds() throws {
    let long = [UInt8](repeating: 0x61, count: 100_000)
    #expect(try lines(long + [0x0A] + long).map(\.count) == [100_000, 100_000])
    let (reader, pipe) = reader(
      [UInt8](repeating: 0x61, count: LineLimits.commandBytesMax + 70_000))
    #expect(throws: LineEditorError.lineTooLong(bytesMax: LineLimits.commandBytesMax)) {
      try reader.readLine(prompt: "")
    }
    try pipe.fileHandleForReading.close()
  }

  @Test("continued lines are one command")
  func continuations() throws {
    let text = "list deals \\\n where a = 1\nedit @1 note=<<END\nx\nEND\nshow \"open"
    let (reader, pipe) = reader(Array(text.utf8))
    defer { withExtendedLifetime(pipe) {} }
    var commands: [String] = []
    while case .line(let line) = try reader.readCommand(prompt: "", needsMore: parser.needsMore) {
      commands.append(line)
    }
    #expect(
      commands == [
        "list deals \\\n where a = 1", "edit @1 note=<<END\nx\nEND", "show \"open",
      ])
    #expect(reader.lineNumber == 6)
  }
}

@Suite("HistoryFile")
struct HistoryFileTests {
  private let directory = FileManager.default.temporaryDirectory
    .appendingPathComponent("kith-history-\(UInt64.random(in: 0...UInt64.max))")

  private func entry(_ text: String, _ milliseconds: Int64 = 1_773_324_000_000) -> HistoryEntry {
    HistoryEntry(
      text: text, time: .init(milliseconds: milliseconds), exitCode: 3, node: "lena-x1")
  }

  @Test("entries come back in order; only their owner can read them")
  func roundTrip() throws {
    let path = directory.appendingPathComponent("deep/history").path
    let file = HistoryFile(path: path)
    defer { try? FileManager.default.removeItem(at: directory) }
    #expect(try file.load() == [])
    let entries = ["list deals", "edit @1 note=\"a\nb\"", "show 北京"].map { entry($0) }
    for entry in entries { try file.append(entry) }
    try file.append(entry(" secret"))
    try file.append(entry(""))
    #expect(try file.load() == entries)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    let first = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")[0]
    #expect(
      first == """
        {"text":"list deals","time":"2026-03-12T14:00:00+00:00","exit":3,"node":"lena-x1"}
        """)
  }

  @Test("damaged lines are passed over, and a file that has grown too large is cut")
  func damage() throws {
    let path = directory.appendingPathComponent("history").path
    let file = HistoryFile(path: path)
    defer { try? FileManager.default.removeItem(at: directory) }
    try file.append(entry("old"))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    let junk = Array(repeating: UInt8(ascii: "x"), count: 999) + [0x0A]
    for _ in 0...LineLimits.historyBytesMax / 1_000 { try handle.write(contentsOf: junk) }
    try handle.close()
    try file.append(entry("new"))
    #expect(try file.load() == [entry("new")])
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    #expect(try #require(size) <= LineLimits.historyBytesRead)
    #expect(try file.load() == [entry("new")])
  }
}
