import Foundation
import TestSupport

/// A disk of a few megabytes in memory, which only processes started through it see.
///
/// It is mounted in a namespace that one shell holds: that takes no rights, and leaves nothing behind
/// when the shell ends.
final class SmallDisk: Sendable {
  /// Whether this machine lets a test mount a file system of its own.
  static let isAvailable: Bool = {
    do {
      let disk = try SmallDisk(megabytes: 1)
      return try disk.run("/bin/sh", ["-c", "true"]).code == 0
    } catch {
      return false
    }
  }()

  static let absence = "This machine lets a test mount no file system of its own."

  private let folder: TemporaryDirectory
  private let shell: KithProcess

  init(megabytes: Int) throws {
    folder = try TemporaryDirectory()
    shell = try KithProcess(
      ["--map-root-user", "--mount", "/bin/sh"], program: URL(fileURLWithPath: "/usr/bin/unshare"))
    try tell("mount -t tmpfs -o size=\(megabytes)m none '\(folder.path(""))'")
  }

  func store(_ node: String) -> String { folder.path("\(node).sqlite") }

  func resize(megabytes: Int) throws { try remount("size=\(megabytes)m") }

  /// Makes the disk refuse writes, or take them again.
  func setReadOnly(_ isReadOnly: Bool) throws { try remount(isReadOnly ? "ro" : "rw") }

  private func remount(_ option: String) throws {
    try tell("mount -o remount,\(option) '\(folder.path(""))'")
  }

  /// Has the shell run a line, which must succeed.
  private func tell(_ line: String) throws {
    let mark = UUID().uuidString
    shell.write("\(line); echo \(mark) $?\n")
    guard try shell.line(containing: mark).hasSuffix(" 0") else {
      throw TestNodes.Failure(description: "`\(line)` failed: \(shell.soFar.errors)")
    }
  }

  /// The files on the disk, by name.
  func files() throws -> [String] {
    try run("/bin/ls", ["-A", folder.path("")]).output.split(separator: "\n").map(String.init)
  }

  /// Runs a program to its end where the disk can be seen.
  func run(_ program: String, _ arguments: [String]) throws -> KithProcess.Result {
    try start(program, arguments).result(within: .seconds(120))
  }

  private func start(_ program: String, _ arguments: [String]) throws -> KithProcess {
    let entering = [
      "--target", "\(shell.identifier)", "--user", "--preserve-credentials", "--mount", program,
    ]
    return try KithProcess(
      entering + arguments, program: URL(fileURLWithPath: "/usr/bin/nsenter"))
  }

  /// Starts a command on a node of the disk.
  func start(_ node: String, _ arguments: String...) throws -> KithProcess {
    try start(KithProcess.program.path, ["--store", store(node)] + arguments)
  }

  /// Runs one command on a node of the disk.
  ///
  /// - Throws: `TestNodes.Failure` if it ends with another exit code than `code`.
  @discardableResult
  func kith(
    _ node: String, _ arguments: String..., code: Int32 = 0
  ) throws -> KithProcess.Result {
    let result = try run(KithProcess.program.path, ["--store", store(node)] + arguments)
    guard result.code == code else {
      throw TestNodes.Failure(
        description: """
          `kith \(arguments.joined(separator: " "))` ended with \(result.code):
          \(result.output)\(result.errors)
          """)
    }
    return result
  }

  /// How many accounts a node of the disk has.
  func accountCount(_ node: String) throws -> Int {
    let output = try kith(node, "list", "accounts", "--format", "ids").output
    return output.split(separator: "\n").count
  }
}
