import Foundation
import Synchronization

/// What a person has settled in a file, for every run of the program on this machine.
///
/// Options and variables go before it. Read once; what a command of this session sets holds at once.
package final class Configuration: Sendable {
  /// Where the file is; `nil` where there is none to be.
  package let path: String?
  private let state: Mutex<State>

  private struct State {
    var text: ConfigText
    /// Why the file could not be read.
    var failure: ConfigError?
  }

  /// No file, so that everything is as usual.
  package init() {
    path = nil
    state = Mutex(State(text: ConfigText("")))
  }

  /// Reads the file; one that is not there says nothing, and one that cannot be read is a ``fault``.
  package init(path: String) {
    self.path = path
    do {
      state = Mutex(State(text: ConfigText(try Self.read(path))))
    } catch {
      state = Mutex(State(text: ConfigText(""), failure: error))
    }
  }

  private static func read(_ path: String) throws(ConfigError) -> String {
    guard FileManager.default.fileExists(atPath: path) else { return "" }
    do {
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
  }

  /// What the file says of a key, and on which line; `nil` if nothing.
  subscript(key: ConfigKey) -> ConfigText.Setting? { state.withLock { $0.text.settings[key] } }

  /// What keeps the file from being used: that it cannot be read, or its first line that is wrong.
  package var fault: ConfigError? {
    let (failure, line) = state.withLock { ($0.failure, $0.text.faults.first) }
    guard let path, failure == nil, let line else { return failure }
    return .wrongLine(path: path, line: line.line, problem: line.problem, instead: line.instead)
  }

  /// What is passed over, a sentence each: keys that this program does not know.
  package var warnings: [String] {
    state.withLock { $0.text.unknown }.map { key, line in
      let nearest = Nearest.word(to: key, in: ConfigKey.allCases.map(\.rawValue))
      let instead = nearest.map { "write \($0)" } ?? "take the line out"
      return "\(path ?? ""), line \(line): there is no key “\(key)”; \(instead)."
    }
  }

  /// Sets a key, or with `nil` takes it out, in the file as it is now; its other lines stay.
  func set(_ key: ConfigKey, to value: String?) throws(ConfigError) {
    guard let path else { throw .noFile }
    let new = ConfigText(try Self.read(path)).text(setting: key, to: value)
    do {
      // A link stays one: what it leads to is replaced.
      let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      try Data(new.utf8).write(to: file, options: .atomic)
    } catch {
      throw .unwritable(path: path, reason: error.localizedDescription)
    }
    state.withLock { $0 = State(text: ConfigText(new)) }
  }
}
