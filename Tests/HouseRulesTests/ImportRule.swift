/// Which module may know which: the layers, as a table.
enum ImportRule {
  /// What each target below `Sources` and `Simulations` may import, besides the standard library.
  static let table: [String: Set<String>] = [
    "CRDTCore": ["Crypto", "CZstd"],
    "SyncEngine": ["CRDTCore"],
    "ReplicaStore": ["CRDTCore", "Crypto", "GRDB", "GRDBSQLite", "Synchronization"],
    "PeerTransport": [
      "CRDTCore", "Crypto", "FoundationEssentials", "Glibc", "NIOCore", "NIOPosix", "NIOSSL",
      "NIOTLS", "SwiftASN1", "Synchronization", "X509",
    ],
    "CRMDomain": ["CRDTCore", "Foundation", "FoundationXML", "GRDB", "ReplicaStore"],
    "CommandShell": [
      "CLineEditor", "CRDTCore", "CRMDomain", "Foundation", "ReplicaStore", "Synchronization",
    ],
    "NodeRuntime": [
      "CRDTCore", "CRMDomain", "CommandShell", "Crypto", "Dispatch", "Foundation", "Glibc",
      "Logging", "PeerTransport", "ReplicaStore", "ServiceLifecycle", "SyncEngine",
      "Synchronization", "UnixSignals",
    ],
    "SimulationKit": [
      "CRDTCore", "CRMDomain", "Crypto", "Foundation", "GRDB", "GRDBSQLite", "Glibc", "HeapModule",
      "ReplicaStore", "SyncEngine", "Synchronization", "TestSupport",
    ],
    "plant": ["ArgumentParser", "Foundation", "SimulationKit"],
    "simulate": ["ArgumentParser", "Foundation", "SimulationKit", "TestSupport"],
    "kith": ["CRMDomain", "CommandShell", "Foundation", "NodeRuntime", "UnixSignals"],
    "kith-inspect": ["CRMDomain", "CommandShell", "Foundation", "NodeRuntime", "UnixSignals"],
  ]

  /// System libraries that no Swift file of ours lies beside.
  static let systemLibraries: Set<String> = ["CZstd", "CLineEditor"]

  static func violations(in file: RepositoryFile) -> [Violation] {
    guard let allowed = table[file.target] else {
      return [file.violation(at: 1, "\(file.target) is not in the table of layers")]
    }
    return file.code.lines.enumerated().compactMap { index, line in
      guard let module = importedModule(in: line), !allowed.contains(module) else { return nil }
      return file.violation(at: index + 1, "\(file.target) may not import \(module)")
    }
  }

  /// The module that a line imports: of `import struct Foundation.Date` it is `Foundation`.
  static func importedModule(in line: Substring) -> String? {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard let index = words.firstIndex(of: "import"),
      words[..<index].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains(String($0)) })
    else { return nil }
    let rest = words[(index + 1)...].drop { kinds.contains(String($0)) }
    return rest.first?.split(separator: ".").first.map(String.init)
  }

  private static let accessLevels: Set<String> = ["public", "package", "internal", "private"]
  private static let kinds: Set<String> = [
    "class", "enum", "func", "let", "protocol", "struct", "typealias", "var",
  ]
}
