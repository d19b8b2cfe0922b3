import Foundation
import Synchronization

/// A child process on three pipes that no other child inherits.
///
/// Foundation's `Process` lets children that start at the same moment inherit each other's pipes, so
/// that the end of one is only seen when the other has ended too; tests run in parallel.
struct SpawnedProcess: Sendable {
  let identifier: pid_t
  let input: FileHandle
  let output: FileHandle
  let errors: FileHandle

  /// Why a process could not be started.
  struct Failure: Error, CustomStringConvertible {
    let program: String
    let code: Int32

    var description: String { "\(program) cannot be started: \(String(cString: strerror(code)))" }
  }

  /// Passes nothing but the pipes on: a child would keep a socket open that another test has closed.
  ///
  /// The C library has the function since 2.34, but shows its declaration only to GNU programs.
  private static func closeOthers(in actions: inout posix_spawn_file_actions_t) {
    typealias CloseFrom =
      @convention(c) (
        UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32
      ) -> Int32
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
    _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, 3)
  }

  /// Guards the moments in which a pipe is open and not yet marked as closing in children.
  private static let spawning = Mutex(())

  init(
    program: String, arguments: [String], environment: [String: String], directory: String?
  ) throws {
    // `env` changes the folder and becomes the program.
    let wrapper = directory.map { ["/usr/bin/env", "-C", $0] } ?? []
    self = try Self.spawning.withLock { _ in
      try Self(
        command: wrapper + [program] + arguments, environment: environment.map { "\($0)=\($1)" })
    }
  }

  private init(command: [String], environment: [String]) throws {
    let (inputEnd, input) = try Self.pipe()
    let (output, outputEnd) = try Self.pipe()
    let (errors, errorsEnd) = try Self.pipe()
    identifier = try Self.spawn(command, environment) { actions in
      for (target, end) in [inputEnd, outputEnd, errorsEnd].enumerated() {
        posix_spawn_file_actions_adddup2(&actions, end.fileDescriptor, Int32(target))
      }
    }
    self.input = input
    self.output = output
    self.errors = errors
  }

  /// Starts a program in a session of its own, on the terminal at `path`, and returns its number.
  static func start(
    program: String, arguments: [String], environment: [String: String], onTerminal path: String
  ) throws -> pid_t {
    let variables = environment.map { "\($0)=\($1)" }
    return try spawn([program] + arguments, variables, inOwnSession: true) { actions in
      // The first terminal that the leader of a session opens becomes the session's.
      posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
      for target: Int32 in 1...2 { posix_spawn_file_actions_adddup2(&actions, 0, target) }
    }
  }

  private static func spawn(
    _ command: [String], _ environment: [String], inOwnSession: Bool = false,
    _ prepare: (inout posix_spawn_file_actions_t) -> Void
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    prepare(&actions)
    closeOthers(in: &actions)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    setDefaultSignals(in: &attributes, inOwnSession: inOwnSession)

    var identifier: pid_t = 0
    let code = withStrings(command) { arguments in
      withStrings(environment) { environment in
        posix_spawn(&identifier, command[0], &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw Failure(program: command[0], code: code) }
    return identifier
  }

  /// Whatever this process ignores or holds back, the child starts with the system's defaults.
  private static func setDefaultSignals(
    in attributes: inout posix_spawnattr_t, inOwnSession: Bool
  ) {
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // The header shows POSIX_SPAWN_SETSID only to GNU programs.
    let session: Int16 = inOwnSession ? 0x80 : 0
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | session)
  }

  /// A pipe's reading and writing end, both closed in children unless handed to them.
  private static func pipe() throws -> (FileHandle, FileHandle) {
    var ends: [Int32] = [-1, -1]
    guard Foundation.pipe(&ends) == 0 else { throw Failure(program: "a pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (
      FileHandle(fileDescriptor: ends[0], closeOnDealloc: true),
      FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    )
  }

  private static func withStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
  }
}
