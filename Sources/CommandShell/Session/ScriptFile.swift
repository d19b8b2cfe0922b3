import CRDTCore
import Foundation

/// A file of commands, one a line, as `-f`, `source` and standard input give them.
final class ScriptFile {
  /// What it is called in messages.
  let name: String
  let reader: PlainLineReader
  private let descriptor: Int32
  private let isOwned: Bool

  /// Opens the file of a path; `-` is standard input.
  init(path: String) throws(ScriptError) {
    isOwned = path != "-"
    guard isOwned else {
      name = "standard input"
      descriptor = STDIN_FILENO
      reader = PlainLineReader(fileDescriptor: STDIN_FILENO)
      return
    }
    name = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    reader = PlainLineReader(fileDescriptor: descriptor)
  }

  deinit { if isOwned, descriptor >= 0 { close(descriptor) } }
}

/// Where in a script a command stands.
struct ScriptPlace {
  let file: String
  /// The number of the command's first line, from 1.
  let line: Int
  let command: String

  /// What is said after a command of a script has failed.
  func failure(code: Int32, goesOn: Bool, isJSON: Bool) -> String {
    if isJSON {
      return JSONView.text([
        "schema": "kith.script_failure/1", "file": .string(file), "line": .integer(Int64(line)),
        "command": .string(command), "code": .integer(Int64(code)), "stopped": .bool(!goesOn),
      ])
    }
    let text = PlainText.oneLine("line \(line) of \(file): \(command)")
    return goesOn ? "failed at \(text)" : "stopped at \(text)"
  }
}

/// A script that cannot be run.
enum ScriptError: Error, Hashable, Sendable {
  case unreadable(path: String, reason: String)
  /// Scripts that run one another without end.
  case tooDeep(path: String, depthMax: Int)
}

extension ScriptError: UserFacingError {
  var summary: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) can't be read: \(reason)."
    case .tooDeep(let path, let depthMax):
      "\(path) is not run: \(depthMax) scripts are running one another already."
    }
  }

  var hint: String? {
    switch self {
    case .unreadable: nil
    case .tooDeep: "Does one of them run itself?"
    }
  }
}
