import CRDTCore

/// What an inspection refuses, or cannot begin with.
package enum InspectionError: Error, Hashable, Sendable {
  /// The file at the path is only looked into.
  case readOnly(String)
  /// A file, or the second of two, is not named.
  case missingFile
}

extension InspectionError: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .readOnly: ExitCode.refused.rawValue
    case .missingFile: ExitCode.unparsable.rawValue
    }
  }

  package var summary: String {
    switch self {
    case .readOnly(let path): "\(path) is only looked into; nothing was changed."
    case .missingFile: "The command lacks a file."
    }
  }

  package var hint: String? {
    switch self {
    case .readOnly: "To change it: kith-inspect FILE --write COMMAND, or kith --store FILE COMMAND"
    case .missingFile:
      "Write it like this: kith-inspect FILE check, or kith-inspect diff FILE1 FILE2"
    }
  }
}
