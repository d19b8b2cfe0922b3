import Foundation

/// Reads lines where nobody edits them: from a script or a pipe.
package final class PlainLineReader: LineEditor {
  private static let chunkBytes = 16 << 10

  package var completer: Completer?
  /// The number of the line read last, from 1, for messages about a script.
  package private(set) var lineNumber = 0

  private let fileDescriptor: Int32
  private var buffer: [UInt8] = []
  /// How much of the buffer holds no line end.
  private var searched = 0
  private var isAtEnd = false

  /// Reads from an open file, which stays open afterwards.
  package init(fileDescriptor: Int32) {
    self.fileDescriptor = fileDescriptor
  }

  /// Reads one line without showing the prompt.
  ///
  /// Bytes that are not UTF-8 become `�`.
  package func readLine(prompt: String) throws(LineEditorError) -> LineEditorResult {
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        return .line(take(upTo: end, dropping: 1))
      }
      searched = buffer.count
      guard buffer.count <= LineLimits.commandBytesMax else {
        throw .lineTooLong(bytesMax: LineLimits.commandBytesMax)
      }
      if isAtEnd {
        return buffer.isEmpty ? .endOfInput : .line(take(upTo: buffer.count, dropping: 0))
      }
      try readChunk()
    }
  }

  package func addToHistory(_ line: String) {}

  private func take(upTo end: Int, dropping count: Int) -> String {
    var line = buffer[..<end]
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if lineNumber == 0, line.starts(with: mark) { line = line.dropFirst(mark.count) }
    let text = String(decoding: line, as: UTF8.self)
    buffer.removeFirst(end + count)
    searched = 0
    lineNumber += 1
    return text
  }

  private func readChunk() throws(LineEditorError) {
    let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { bytes, count in
      count = 0
      repeat {
        let result = read(fileDescriptor, bytes.baseAddress, bytes.count)
        if result >= 0 { count = result }
        readError = result < 0 ? errno : 0
      } while readError == EINTR
    }
    guard readError == 0 else { throw .unreadable(code: readError) }
    isAtEnd = chunk.isEmpty
    buffer += chunk
  }

  private var readError: Int32 = 0
}
