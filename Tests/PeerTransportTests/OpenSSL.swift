import Foundation
import PeerTransport

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

/// A process with its standard input open, and both outputs in one stream.
struct RunningProcess: Sendable {
  private let process: Process
  private let input: FileHandle
  private let output: AsyncStream<[UInt8]>

  init(arguments: [String]) throws {
    let (inputPipe, outputPipe) = (Pipe(), Pipe())
    let (output, chunk) = AsyncStream.makeStream(of: [UInt8].self)
    outputPipe.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      if data.isEmpty {
        handle.readabilityHandler = nil
        chunk.finish()
      } else {
        chunk.yield(Array(data))
      }
    }
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = inputPipe
    process.standardOutput = outputPipe
    process.standardError = outputPipe
    input = inputPipe.fileHandleForWriting
    self.output = output
    try process.run()
  }

  func write(_ bytes: [UInt8]) throws { try input.write(contentsOf: Data(bytes)) }

  func closeInput() throws { try input.close() }

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
    process.terminate()
    for await _ in output {}
  }
}
