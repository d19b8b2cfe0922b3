import Foundation
import PeerTransport
import Testing

/// Real `openssl` processes: an implementation of TLS that is not ours.
enum OpenSSL {
  /// Runs a command to its end and returns what it printed.
  static func run(_ arguments: [String]) async throws -> String {
    try await withProcess(arguments) { await $0.remainingOutput() }
  }

  /// Lends a running process to `body` and ends it afterwards.
  @discardableResult
  static func withProcess<Result>(
    _ arguments: [String], _ body: (RunningProcess) async throws -> Result
  ) async throws -> Result {
    let process = try RunningProcess(arguments: ["openssl"] + arguments)
    do {
      let result = try await body(process)
      await process.end()
      return result
    } catch {
      await process.end()
      throw error
    }
  }

  /// Lends an `openssl s_client`, connected to `address`, to `body`.
  @discardableResult
  static func withClient<Result>(
    to address: PeerAddress, _ arguments: [String],
    _ body: (RunningProcess) async throws -> Result
  ) async throws -> Result {
    try await withProcess(
      ["s_client", "-connect", address.description] + arguments, body)
  }

  /// Makes a self-signed certificate and its key, and returns the arguments that present them.
  static func certificateArguments(
    newKey: [String], in folder: String, named name: String = "stranger"
  ) async throws -> [String] {
    let (key, certificate) = ("\(folder)/\(name).key", "\(folder)/\(name).pem")
    _ = try await run(
      ["req", "-x509", "-nodes", "-subj", "/CN=\(name)", "-keyout", key, "-out", certificate]
        + newKey)
    return ["-cert", certificate, "-key", key]
  }

  /// Stores a node's key and certificate, and returns the arguments that present them.
  static func certificateArguments(of node: NodeKey, in folder: String) throws -> [String] {
    let (key, certificate) = ("\(folder)/node.key", "\(folder)/node.der")
    try node.save(to: key)
    try Data(node.certificateBytes()).write(to: URL(fileURLWithPath: certificate))
    return ["-cert", certificate, "-key", key]
  }
}

/// A process whose standard streams all lead to the test.
struct RunningProcess: Sendable {
  private let process: Process
  private let ours: FileHandle
  private let output: AsyncStream<[UInt8]>

  init(arguments: [String]) throws {
    // Both ends close on exec: one that a process started by another test at the same time
    // inherits would keep this process from seeing the end of its input.
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    ours = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
    let theirs = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    let (output, chunk) = AsyncStream.makeStream(of: [UInt8].self)
    self.output = output
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = theirs
    process.standardOutput = theirs
    process.standardError = theirs
    try process.run()
    try theirs.close()
    Thread.detachNewThread { [ours] in
      while case let data = ours.availableData, !data.isEmpty { chunk.yield(Array(data)) }
      chunk.finish()
    }
  }

  func write(_ bytes: [UInt8]) {
    let sent = send(ours.fileDescriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    #expect(sent == bytes.count)
  }

  func closeInput() { shutdown(ours.fileDescriptor, Int32(SHUT_WR)) }

  /// Waits until the output matches; `nil` if it never does.
  func output<Output>(matching pattern: Regex<Output>) async -> Regex<Output>.Match? {
    var bytes: [UInt8] = []
    for await chunk in output {
      bytes += chunk
      if let match = String(decoding: bytes, as: UTF8.self).firstMatch(of: pattern) {
        return match
      }
    }
    return nil
  }

  /// Waits for the end of the process and returns what it printed and nobody has read yet.
  func remainingOutput() async -> String {
    var bytes: [UInt8] = []
    for await chunk in output { bytes += chunk }
    return String(decoding: bytes, as: UTF8.self)
  }

  func end() async {
    // It may have been started with gentler signals blocked.
    kill(process.processIdentifier, SIGKILL)
    for await _ in output {}
  }
}
