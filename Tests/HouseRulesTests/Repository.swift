import Foundation

/// One line that breaks a rule of the house.
struct Violation: Hashable, CustomStringConvertible {
  let file: String
  let line: Int
  let message: String

  var description: String { "\(file):\(line): \(message)" }
}

/// A file as the rules read it.
struct RepositoryFile: Sendable {
  /// The path from the root, such as `Sources/CRDTCore/Limits.swift`.
  let path: String
  let text: String
  /// Of a Swift file, its code; of others, nothing.
  let code: SwiftCode

  init(path: String, text: String) {
    self.path = path
    self.text = text
    code = SwiftCode(path.hasSuffix(".swift") ? text : "")
  }

  /// The target that the file belongs to: but for the simulations, the folder below `Sources` or
  /// `Tests`.
  var target: String {
    let folders = path.split(separator: "/").prefix(2).map(String.init)
    return Self.simulations[folders] ?? folders.last ?? ""
  }

  private static let simulations = [
    ["Simulations", "Kit"]: "SimulationKit", ["Simulations", "Runner"]: "simulate",
    ["Simulations", "Planted"]: "plant",
  ]

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  func violation(at line: Int, _ message: String) -> Violation {
    Violation(file: path, line: line, message: message)
  }
}

/// The files that the repository holds, read once.
struct Repository: Sendable {
  static let current = Repository(
    root: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  let root: URL
  /// Everything below `Sources` and `Simulations`.
  let sources: [RepositoryFile]
  /// Everything below `Tests`, except this suite, whose samples break the rules.
  let tests: [RepositoryFile]
  /// `README.md` and everything below `docs`.
  let documents: [RepositoryFile]
  /// The build's own files.
  let scripts: [RepositoryFile]

  init(root: URL) {
    func files(in folder: String, _ ending: String) -> [RepositoryFile] {
      let all = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
      return (all?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) }.sorted()
        .compactMap { Self.file("\(folder)/\($0)", in: root) }
    }
    self.root = root
    sources = files(in: "Sources", ".swift") + files(in: "Simulations", ".swift")
    tests = files(in: "Tests", ".swift").filter { $0.target != "HouseRulesTests" }
    documents = ["README.md"].compactMap { Self.file($0, in: root) } + files(in: "docs", ".md")
    scripts = ["Package.swift", "Makefile", ".ci/run"].compactMap { Self.file($0, in: root) }
  }

  var swift: [RepositoryFile] { sources + tests }

  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }

  private static func file(_ path: String, in root: URL) -> RepositoryFile? {
    let url = root.appendingPathComponent(path)
    return (try? String(contentsOf: url, encoding: .utf8)).map {
      RepositoryFile(path: path, text: $0)
    }
  }
}
