package import CRDTCore
import GRDBSQLite

/// What can go wrong with the store itself.
package enum StoreError: Error, Hashable, Sendable {
  /// There is no store at the path.
  case missing(path: String)
  /// There is a store at the path already.
  case exists(path: String)
  /// The file is a database, but none of kith's.
  case foreign(path: String)
  /// The file was written by a newer program.
  case newer(format: Int, supported: Int)
  /// Another process holds the store for longer than we wait.
  case locked
  /// The disk is full; nothing of the transaction was stored.
  case full
  /// The store can be read but not written.
  case readOnly
  /// The file is damaged.
  case damaged(detail: String)
  /// SQLite refused for another reason.
  case database(code: Int32, message: String)

  /// Wraps a result code of SQLite.
  init(sqlite code: Int32, connection: OpaquePointer, doing action: String) {
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED: self = .locked
    case SQLITE_FULL: self = .full
    case SQLITE_READONLY: self = .readOnly
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      self = .damaged(detail: String(cString: sqlite3_errmsg(connection)))
    default:
      self = .database(
        code: code, message: "\(String(cString: sqlite3_errmsg(connection))) (\(action))")
    }
  }
}

extension StoreError: UserFacingError {
  package var summary: String {
    switch self {
    case .missing(let path): "There is no store at \(path)."
    case .exists(let path): "There is a store at \(path) already."
    case .foreign(let path): "\(path) is not a store of kith."
    case .newer(let format, let supported):
      "The store has format \(format); this program reads up to \(supported)."
    case .locked: "Another process is writing to the store."
    case .full: "The disk is full; nothing more was stored."
    case .readOnly: "The store cannot be written to."
    case .damaged(let detail): "The store is damaged: \(detail)."
    case .database(_, let message): "The store failed: \(message)."
    }
  }

  package var hint: String? {
    switch self {
    case .missing: "Make one with: kith init NODE --workspace W --user U"
    case .exists: "Name another with --store PATH."
    case .foreign: "Name a store with --store PATH."
    case .newer: "Update kith on this machine."
    case .locked: "Try again in a moment."
    case .full: "Free some space and run the command again."
    case .readOnly: "Check the permissions of the file and its folder."
    case .damaged: "Look at it with: kith store check"
    case .database: nil
    }
  }
}

/// What a caller asked for that the replica refuses; nothing was stored.
package enum ReplicaError: Error, Hashable, Sendable {
  /// The schema has no such kind or field.
  case unknownName(kind: String, field: String?)
  /// The edit does not fit the field's kind, such as an increment of a register.
  case wrongEdit(kind: String, field: String)
  /// The record had been deleted when it was read.
  case deleted(kind: String, id: RecordID)
  /// The transaction exceeds a limit of the format.
  case tooLarge(writes: Int, bytes: Int)
  /// One of the values exceeds a limit of the format.
  case valueTooLarge(kind: String, field: String, bytes: Int)
  /// The reason given for the transaction exceeds a limit of the format.
  case reasonTooLong(bytes: Int)
  /// The edit was made from what another store had shown.
  case foreignBasis
  /// A log was found to have another branch since the record was read, so that what was read bears
  /// another name now.
  case renamedBasis(kind: String, id: RecordID)
  /// This node's place in the workspace is not known here: its first sync was cut short, say.
  case notEnrolled
}

extension ReplicaError: UserFacingError {
  package var summary: String {
    switch self {
    case .unknownName(let kind, nil): "There is no kind “\(kind)”."
    case .unknownName(let kind, let field?):
      "No field of \(kind.withArticle) is called “\(field)”."
    case .wrongEdit(let kind, let field):
      "The \(field) of \(kind.withArticle) cannot be changed that way."
    case .deleted(let kind, let id): "The \(kind) \(id) is deleted."
    case .tooLarge(let writes, let bytes):
      "One transaction cannot hold \(writes) changes of \(bytes) bytes."
    case .valueTooLarge(let kind, let field, let bytes):
      "The \(field) of \(kind.withArticle) cannot hold \(bytes) bytes."
    case .reasonTooLong(let bytes): "A reason cannot hold \(bytes) bytes."
    case .foreignBasis: "This was read from another store; nothing was changed."
    case .renamedBasis(let kind, _):
      """
      While you edited the \(kind), changes came in from a copy of somebody's store; nothing was \
      changed.
      """
    case .notEnrolled:
      "This store does not know yet that this node belongs to the workspace; nothing was changed."
    }
  }

  package var hint: String? {
    switch self {
    case .deleted: "Bring it back first with: restore"
    case .tooLarge: "Split the work into batches."
    case .valueTooLarge: "Keep long texts in a file."
    case .reasonTooLong: "Say it in a sentence or two."
    case .foreignBasis, .renamedBasis: "Read the record again with show, then edit it."
    case .notEnrolled: "Finish the first exchange with: sync. Or join again with the same code."
    case .unknownName, .wrongEdit: nil
    }
  }
}
