import CRDTCore
import CommandShell
import Foundation
import TestSupport
import Testing

@Suite("HistoryFile")
struct HistoryFileTests {
  private func entry(_ text: String, _ milliseconds: Int64 = 1_773_324_000_000) -> HistoryEntry {
    HistoryEntry(
      text: text, time: .init(milliseconds: milliseconds), exitCode: 3, node: "lena-x1")
  }

  @Test("entries come back in order; only their owner can read them")
  func roundTrip() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("deep/history")
    let file = HistoryFile(path: path)
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
    let directory = try TemporaryDirectory()
    let path = directory.path("history")
    let file = HistoryFile(path: path)
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
