import CRDTCore
import GRDB
import GRDBSQLite

/// A prepared statement on one connection, for the paths where a wrapper's cost per row would show.
///
/// Confined to the connection's own queue, like the connection.
final class Statement {
  /// GRDB prepares and finalises, since it watches every statement that is prepared.
  private let prepared: GRDB.Statement
  private let handle: OpaquePointer
  private let connection: OpaquePointer

  /// Prepares `sql`, to be kept and run often.
  init(_ database: Database, _ sql: String) throws {
    prepared = try database.makeStatement(sql: sql)
    handle = prepared.sqliteStatement
    connection = try database.connection
  }

  /// Takes a statement from the connection's cache; not for one that may run within itself.
  init(cached sql: String, in database: Database) throws {
    prepared = try database.cachedStatement(sql: sql)
    handle = prepared.sqliteStatement
    connection = try database.connection
  }

  /// Tells SQLite to copy what is bound; the constant is a C macro that Swift does not import.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

  func bind(_ index: Int32, _ value: Int) { sqlite3_bind_int64(handle, index, Int64(value)) }

  func bind(_ index: Int32, _ value: UInt64) {
    sqlite3_bind_int64(handle, index, Int64(bitPattern: value))
  }

  func bindNull(_ index: Int32) { sqlite3_bind_null(handle, index) }

  func bind(_ index: Int32, _ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        _ = sqlite3_bind_text(handle, index, $0.baseAddress, Int32($0.count), Self.transient)
      }
    }
  }

  func bind(_ index: Int32, _ bytes: [UInt8]) {
    bytes.withUnsafeBytes {
      // A null pointer would bind NULL; a blob without bytes is something else.
      _ =
        $0.isEmpty
        ? sqlite3_bind_zeroblob(handle, index, 0)
        : sqlite3_bind_blob(handle, index, $0.baseAddress, Int32($0.count), Self.transient)
    }
  }

  func bind(_ index: Int32, _ number: UInt128) {
    withUnsafeBytes(of: number.bigEndian) {
      _ = sqlite3_bind_blob(handle, index, $0.baseAddress, 16, Self.transient)
    }
  }

  /// Moves to the next row; `false` when there is none.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let error = StoreError(sqlite: code, connection: connection, doing: "step")
      sqlite3_reset(handle)
      throw error
    }
  }

  /// Runs to the end and makes ready for the next run.
  func run() throws {
    while try step() {}
    sqlite3_reset(handle)
  }

  func reset() { sqlite3_reset(handle) }

  /// Forgets what was bound; parameters that are not bound again read as NULL.
  func clearBindings() { sqlite3_clear_bindings(handle) }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func unsigned(_ column: Int32) -> UInt64 { UInt64(bitPattern: integer(column)) }

  func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, column))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// A blob of 16 bytes as a number; 0 for anything else.
  func number(_ column: Int32) -> UInt128 {
    guard let start = sqlite3_column_blob(handle, column),
      sqlite3_column_bytes(handle, column) == 16
    else { return 0 }
    return UInt128(
      bigEndian: UnsafeRawPointer(start).loadUnaligned(fromByteOffset: 0, as: UInt128.self))
  }

  /// A blob of 32 bytes as a hash.
  func hash(_ column: Int32) throws -> EntryHash {
    guard let hash = EntryHash(bytes: bytes(column)) else {
      throw StoreError.damaged(detail: "a stored hash has not 32 bytes")
    }
    return hash
  }
}
