import Foundation
import TestSupport

/// Runs `kith` by another time of day; clocks that count from the machine's start stay as they are.
struct FakeClock {
  static let absence = "The Debian package faketime is not installed."

  /// The preloaded library, wherever Debian keeps libraries of this machine.
  static let library: String? = {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
    return folders.map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
      .first(where: FileManager.default.fileExists)
  }()

  private let environment: [String: String]

  /// A clock that is so many days ahead; `nil` without the library.
  init?(days: Int) { self.init(["FAKETIME": "+\(days)d"]) }

  /// A clock that a file sets while processes run: `+3d`, or `-2h`.
  init?(file: String) { self.init(["FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1"]) }

  private init?(_ time: [String: String]) {
    guard let library = Self.library else { return nil }
    let rest = [
      "LD_PRELOAD": library, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
    ]
    environment = rest.merging(time) { $1 }
  }

  /// Runs one line to its end.
  func kith(_ line: String, store: String) throws -> String {
    let result = try start(line, store: store).result()
    guard result.code == 0 else {
      throw TestNodes.Failure(
        description: "`\(line)` ended with \(result.code):\n\(result.output)\(result.errors)")
    }
    return result.output
  }

  /// Starts on one line, given on standard input: with the library loaded a program of Swift finds no
  /// arguments.
  func start(_ line: String, store: String) throws -> KithProcess {
    let process = try KithProcess(
      [], environment: environment.merging(["KITH_STORE": store]) { $1 })
    process.write(line + "\n")
    process.closeInput()
    return process
  }
}
