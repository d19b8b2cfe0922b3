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
      var rest = bytes[...]
      // A write fails once the reader has given up, which one test is about.
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(writing.fileDescriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { break }
        rest = rest.dropFirst(count)
      }
      try? writing.close()
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
