import CRDTCore

/// A key file that cannot be used or made; a key that was there before is as it was.
package enum NodeKeyFileError: Error, Hashable, Sendable {
  /// There is no file at the path.
  case missing(path: String)
  /// Others than its owner may read or change the file; `mode` is its permission bits.
  case exposed(path: String, mode: UInt32)
  /// The file is there, but the system does not let us read it.
  case unreadable(path: String, reason: String)
  /// The file does not hold one P-256 private key as PEM.
  case damaged(path: String)
  /// There is a key already, and a key is never replaced.
  case alreadyExists(path: String)
  /// The system does not let us write the file.
  case unwritable(path: String, reason: String)
}

extension NodeKeyFileError: UserFacingError {
  /// What went wrong.
  package var summary: String {
    switch self {
    case .missing(let path):
      "The node key \(path) is missing."
    case .exposed(let path, let mode):
      "The node key \(path) may be read by others (mode \(String(mode, radix: 8)))."
    case .unreadable(let path, let reason):
      "The node key \(path) cannot be read: \(reason)."
    case .damaged(let path):
      "The node key \(path) does not hold a P-256 private key."
    case .alreadyExists(let path):
      "There is a node key at \(path) already."
    case .unwritable(let path, let reason):
      "The node key \(path) cannot be written: \(reason)."
    }
  }

  /// What to do next.
  package var hint: String? {
    switch self {
    case .missing, .damaged:
      "Put the key back from where the store was copied; without it, join the workspace anew."
    case .exposed(let path, _):
      "Run `chmod 600 \(path)`; if someone may have read it, join again with a new key."
    case .unreadable:
      "Run the command as the user who owns the store."
    case .alreadyExists:
      "Choose another place for the store, or use the one that is there."
    case .unwritable:
      nil
    }
  }
}
