package import CRDTCore
import Foundation

/// One command that was run at the prompt.
package struct HistoryEntry: Hashable, Sendable {
  package let text: String
  package let time: Instant
  package let exitCode: Int
  package let node: String

  package init(text: String, time: Instant, exitCode: Int, node: String) {
    self.text = text
    self.time = time
    self.exitCode = exitCode
    self.node = node
  }

  /// Whether a command is kept at all: blank ones are not, nor those begun with a space.
  package static func keeps(_ text: String) -> Bool {
    text.first != " " && !text.allSatisfy(\.isWhitespace)
  }
}

/// The commands of earlier sessions: one JSON object a line, readable by its owner only.
///
/// Several prompts may append at once; each line goes out in one write.
package struct HistoryFile: Sendable {
  private struct Line: Decodable {
    let text: String
    let time: String
    let exit: Int
    let node: String
  }

  private static let utc = LocalCalendar(now: Instant(milliseconds: 0), timeZone: .gmt)

  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Reads the latest entries, oldest first; lines that are damaged are passed over.
  ///
  /// A file that has grown beyond ``LineLimits/historyBytesMax`` is cut to what was read.
  ///
  /// - Throws: What the system says; a file that does not exist is an empty one.
  package func load() throws -> [HistoryEntry] {
    guard let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }
    let size = try file.seekToEnd()
    let isPartial = size > UInt64(LineLimits.historyBytesRead)
    try file.seek(toOffset: isPartial ? size - UInt64(LineLimits.historyBytesRead) : 0)
    let bytes = try file.readToEnd() ?? Data()
    let lines = bytes.split(separator: UInt8(ascii: "\n")).dropFirst(isPartial ? 1 : 0)
    if size > UInt64(LineLimits.historyBytesMax) { try replace(with: lines) }
    let decoder = JSONDecoder()
    let dates = DateReader(calendar: Self.utc)
    return lines.suffix(LineLimits.historyEntriesMax).compactMap { line in
      guard let line = try? decoder.decode(Line.self, from: Data(line)),
        case .moment(let time) = try? dates.read(line.time)
      else { return nil }
      return HistoryEntry(text: line.text, time: time, exitCode: line.exit, node: line.node)
    }
  }

  /// Adds an entry, unless its text is one that is not kept.
  package func append(_ entry: HistoryEntry) throws {
    guard HistoryEntry.keeps(entry.text) else { return }
    let format = PeopleFormat(calendar: Self.utc)
    let line: JSONValue = [
      "text": .string(entry.text), "time": .string(format.timestamp(entry.time)),
      "exit": .integer(Int64(entry.exitCode)), "node": .string(entry.node),
    ]
    let file = try open(path, flags: O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC)
    defer { try? file.close() }
    try file.write(contentsOf: Data((JSONView.text(line) + "\n").utf8))
  }

  private func replace(with lines: some Sequence<Data>) throws {
    let temporary = path + ".new"
    let file = try open(temporary, flags: O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC)
    defer { try? file.close() }
    for line in lines { try file.write(contentsOf: line + [UInt8(ascii: "\n")]) }
    guard rename(temporary, path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }

  /// Opens a file for its owner only, also one that had been opened to others.
  private func open(_ path: String, flags: Int32) throws -> FileHandle {
    let directory = (path as NSString).deletingLastPathComponent
    if !directory.isEmpty {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
      )
    }
    let descriptor = Foundation.open(path, flags, 0o600)
    guard descriptor >= 0, fchmod(descriptor, 0o600) == 0 else {
      throw POSIXError(.init(rawValue: errno) ?? .EIO)
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}
