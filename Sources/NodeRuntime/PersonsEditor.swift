import Foundation

/// The editor that a person has chosen with `VISUAL` or `EDITOR`; `vi` where nothing is chosen.
enum PersonsEditor {
  /// Opens the editor on a text and waits until it is closed.
  ///
  /// - Returns: What was saved; `nil` if the editor could not be started or ended with an error.
  static func edit(_ text: String) -> String? {
    do {
      // Nobody else reads what is being written.
      let folder = try PrivateFolder()
      defer { folder.remove() }
      let path = folder.path + "/text"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      guard run(on: path) else { return nil }
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    } catch {
      return nil
    }
  }

  /// Runs the editor on the terminal of this process, of whose group it stays.
  private static func run(on path: String) -> Bool {
    // The variable may hold options, which a shell takes apart.
    let words = ["sh", "-c", "exec ${VISUAL:-${EDITOR:-vi}} \"$1\"", "sh", path]
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    guard posix_spawn(&process, "/bin/sh", nil, nil, &arguments, environ) == 0 else { return false }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return false }
    }
    return status == 0
  }
}
