import CRDTCore

/// A configuration file that cannot be used, or a setting that is none.
package enum ConfigError: Error, Hashable, Sendable {
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// There is no place for the file.
  case noFile
  /// A line that says nothing; `instead` is what to write there.
  case wrongLine(path: String, line: Int, problem: String, instead: String)
  case unknownKey(String, nearest: String?)
  case wrongValue(String, key: String, expected: String)
}

extension ConfigError: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .unreadable, .unwritable, .noFile: ExitCode.failed.rawValue
    case .wrongLine, .wrongValue: ExitCode.unparsable.rawValue
    case .unknownKey: ExitCode.noSuchRecord.rawValue
    }
  }

  package var summary: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) can't be read: \(reason)"
    case .unwritable(let path, let reason): "\(path) can't be written: \(reason)"
    case .noFile: "There is no configuration file to write to."
    case .wrongLine(let path, let line, let problem, _): "\(path), line \(line): \(problem)."
    case .unknownKey(let key, _): "There is no key “\(key)”."
    case .wrongValue(let value, let key, _): "“\(value)” is no value of \(key)."
    }
  }

  package var hint: String? {
    switch self {
    case .unreadable, .unwritable: "Check the file and its rights, or name another in KITH_CONFIG."
    case .noFile: "Name one in KITH_CONFIG."
    case .wrongLine(_, _, _, let instead): "Write there: \(instead)"
    case .unknownKey(_, let nearest): nearest.map { "Did you mean “\($0)”?" } ?? "See: config list"
    case .wrongValue(_, _, let expected): "Give \(expected)."
    }
  }
}
