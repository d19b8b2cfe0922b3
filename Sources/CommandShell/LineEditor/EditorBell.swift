import CRDTCore
import Foundation

/// Wakes an editor that waits for a key; may be rung from any thread.
package final class EditorBell: Sendable {
  /// Readable once it was rung.
  let descriptor: Int32
  private let end: Int32

  /// - Throws: ``LineEditorError/unreadable(code:)`` where the system has no pipe left.
  package init() throws(LineEditorError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .unreadable(code: errno) }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (descriptor, end) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(end)
  }

  package func ring() {
    var stroke: UInt8 = 0
    // A pipe that is full has woken the editor already.
    _ = write(end, &stroke, 1)
  }

  /// Forgets every stroke so far.
  func silence() {
    var strokes = [UInt8](repeating: 0, count: 64)
    while read(descriptor, &strokes, strokes.count) > 0 {}
  }
}

/// What is shown in place of a prompt at which nothing is typed, and the prompt that follows.
package struct EditorInterlude: Hashable, Sendable {
  package let lines: [String]
  package let prompt: String

  package init(lines: [String], prompt: String) {
    self.lines = lines
    self.prompt = prompt
  }
}
