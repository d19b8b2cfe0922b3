import CRDTCore
import GRDB
import GRDBSQLite

/// A prepared statement on one connection, for the paths where a wrapper's cost per row would show.
///
/// Confined to the connection's own queue, like the connection. What is bound is bound for one run, and
/// is NULL again after it.
final class Statement {
  /// GRDB prepares and finalises, since it watches every statement that is prepared.
  private let prepared: GRDB.Statement
  private let handle: OpaquePointer
  private let connection: OpaquePointer
  /// Where texts and blobs lie for one run: SQLite would take memory for a copy of each.
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 2_048, alignment: 1)
  private var roomUsed = 0

  /// Prepares `sql`, to be kept and run often.
  convenience init(_ database: Database, _ sql: String) throws {
    try self.init(database.makeStatement(sql: sql), in: database)
  }

  /// Takes a statement from the connection's cache; not for one that may run within itself.
  convenience init(cached sql: String, in database: Database) throws {
    try self.init(database.cachedStatement(sql: sql), in: database)
  }

  private init(_ prepared: GRDB.Statement, in database: Database) throws {
    self.prepared = prepared
    handle = prepared.sqliteStatement
    connection = try database.connection
  }

  deinit { room.deallocate() }

  /// Tells SQLite to copy what is bound; the constant is a C macro that Swift does not import.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

  func bind(_ index: Int32, _ value: Int) { sqlite3_bind_int64(handle, index, Int64(value)) }

  func bind(_ index: Int32, _ value: UInt64) {
    sqlite3_bind_int64(handle, index, Int64(bitPattern: value))
  }

  func bindNull(_ index: Int32) { sqlite3_bind_null(handle, index) }

  func bind(_ index: Int32, _ text: String) {
    text.utf8Span.span.withUnsafeBytes {
      let (start, destructor) = lasting($0)
      sqlite3_bind_text(
        handle, index, start?.assumingMemoryBound(to: CChar.self), Int32($0.count), destructor)
    }
  }

  func bind(_ index: Int32, _ bytes: [UInt8]) { bytes.withUnsafeBytes { bind(index, $0) } }

  func bind(_ index: Int32, _ number: UInt128) {
    withUnsafeBytes(of: number.bigEndian) { bind(index, $0) }
  }

  func bind(_ index: Int32, _ hash: EntryHash) { hash.withUnsafeBytes { bind(index, $0) } }

  private func bind(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
    // A null pointer would bind NULL; a blob without bytes is something else.
    guard !bytes.isEmpty else {
      sqlite3_bind_zeroblob(handle, index, 0)
      return
    }
    let (start, destructor) = lasting(bytes)
    sqlite3_bind_blob(handle, index, start, Int32(bytes.count), destructor)
  }

  /// Bytes that last as long as they are bound, and who sees to it.
  private func lasting(
    _ bytes: UnsafeRawBufferPointer
  ) -> (start: UnsafeRawPointer?, sqlite3_destructor_type?) {
    guard bytes.count <= room.count - roomUsed else { return (bytes.baseAddress, Self.transient) }
    let copy = UnsafeMutableRawBufferPointer(rebasing: room[roomUsed...])
    copy.copyMemory(from: bytes)
    roomUsed += bytes.count
    return (UnsafeRawPointer(copy.baseAddress), nil)
  }

  /// Moves to the next row; `false` when there is none.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let error = StoreError(sqlite: code, connection: connection, doing: "step")
      reset()
      throw error
    }
  }

  /// Runs to the end and makes ready for the next run.
  func run() throws {
    while try step() {}
    reset()
  }

  /// Makes ready for the next run and forgets what was bound.
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
    roomUsed = 0
  }

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
