import Foundation
import TestSupport

/// The nodes of one test, each a store in the test's folder, and what people do with them.
struct TestNodes {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  func store(_ node: String) -> String { folder.path("\(node).sqlite") }

  /// A command that ended otherwise than it must; thrown, so that it is told from any thread.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs one command on a node.
  ///
  /// - Throws: ``Failure`` if it ends with another exit code than `code`.
  @discardableResult
  func kith(
    _ node: String, _ arguments: String..., code: Int32 = 0, environment: [String: String] = [:]
  ) throws -> KithProcess.Result {
    try kith(node, arguments, code: code, environment: environment)
  }

  @discardableResult
  func kith(
    _ node: String, _ arguments: [String], code: Int32 = 0, environment: [String: String] = [:]
  ) throws -> KithProcess.Result {
    let result = try KithProcess.run(
      ["--store", store(node)] + arguments, environment: environment, timeout: .seconds(120))
    guard result.code == code else {
      throw Failure(
        description: """
          `kith \(arguments.joined(separator: " "))` on \(node) ended with \(result.code):
          \(result.output)\(result.errors)
          """)
    }
    return result
  }

  func start(
    _ node: String, _ arguments: String..., environment: [String: String] = [:]
  ) throws -> KithProcess {
    try KithProcess(["--store", store(node)] + arguments, environment: environment)
  }

  /// Starts a node's prompt on a terminal; its history is kept in the test's folder.
  func prompt(_ node: String) throws -> KithTerminal {
    try KithTerminal(
      ["--store", store(node)], environment: ["XDG_STATE_HOME": folder.path("state")])
  }

  func serve(
    _ node: String, at address: String = "127.0.0.1:0", environment: [String: String] = [:]
  ) throws -> KithProcess {
    try start(node, "serve", "--listen", address, environment: environment)
  }

  /// Looks again and again until something holds; each look runs a command, or takes as long.
  ///
  /// - Throws: ``Failure`` when the time is over.
  func wait(
    for timeout: Duration = .seconds(60), _ what: String = "what was waited for",
    _ condition: () throws -> Bool
  ) throws {
    let deadline = ContinuousClock.now + timeout
    while try !condition() {
      guard ContinuousClock.now < deadline else {
        throw Failure(description: "In \(timeout) there was not \(what).")
      }
    }
  }

  /// Ends a serving node as an operator does.
  func stop(_ process: KithProcess) throws {
    process.send(.terminate)
    let result = try process.result()
    guard result.code == 0 else {
      throw Failure(description: "A server ended with \(result.code):\n\(result.errors)")
    }
  }

  /// Lets an administrator's node, which serves at `address`, invite a new one, and joins that.
  func join(
    _ node: String, user: String, role: String = "representative", invitedBy office: String,
    at address: String, environment: [String: String] = [:]
  ) throws {
    let code = try invite(node, role: role, by: office, at: address)
    try kith(node, "join", code, "--node", node, "--user", user, environment: environment)
  }

  /// Makes an invitation and returns its code.
  func invite(
    _ node: String, role: String = "representative", by office: String, at address: String
  ) throws -> String {
    let invited = try kith(office, "peer", "invite", node, "--role", role, "--address", address)
    guard let code = invited.output.split(separator: "\n").last else {
      throw Failure(description: "The invitation of \(node) has no code.")
    }
    return String(code)
  }

  /// Exchanges with one peer, or with all, and returns what the command reports.
  @discardableResult
  func sync(
    _ node: String, with peer: String? = nil, environment: [String: String] = [:]
  ) throws -> [Exchange] {
    let words = ["sync"] + [peer].compactMap(\.self) + ["--format", "json"]
    let result = try kith(node, words, environment: environment)
    return try document(SyncDocument.self, in: result.output).peers
  }

  func digest(_ node: String) throws -> String { try kith(node, "store", "digest").output }

  /// How many records of a kind a node has; `words` may narrow them.
  func count(_ node: String, _ words: String...) throws -> Int {
    let output = try kith(node, ["count"] + words + ["--format", "json"]).output
    return try document(CountDocument.self, in: output).count
  }

  /// Imports a file and returns what the command reports.
  func importFile(
    _ path: String, as kind: String, on node: String, _ options: String...
  ) throws -> ImportDocument {
    let words = ["import", kind, path] + options + ["--format", "json"]
    return try document(ImportDocument.self, in: try kith(node, words).output)
  }

  private func document<Document: Decodable>(
    _ type: Document.Type, in output: String
  ) throws -> Document {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(output.utf8))
  }

  /// The ids of the conflicts that a node lists.
  func conflicts(_ node: String) throws -> [Substring] {
    try kith(node, "conflict", "list", "--format", "ids").output.split(separator: "\n")
  }
}

/// What `sync` reports of one peer.
struct Exchange: Decodable {
  let peer: String
  let inSync: Bool
  let sent: Int
  let received: Int
  let bytes: Int
  let clockOffsetMs: Int?
}

/// What `import` reports.
struct ImportDocument: Decodable {
  let rows: Int
  let created: Int
  let rejected: Int
}

private struct SyncDocument: Decodable {
  let peers: [Exchange]
}

private struct CountDocument: Decodable {
  let count: Int
}
