import CRDTCore
import GRDBSQLite

/// The baseline: SQLite as a C program would use it, prepared statements and nothing else.
final class PlainSQLite {
  struct Failure: Error {
    let code: Int32
  }

  private var connection: OpaquePointer?

  init(path: String, columns: [String]) throws {
    try check(sqlite3_open(path, &connection))
    try run("PRAGMA journal_mode = WAL")
    try run("PRAGMA synchronous = NORMAL")
    try run("PRAGMA wal_autocheckpoint = 4000")
    let fields = columns.map { "\($0) TEXT" }.joined(separator: ", ")
    try run("CREATE TABLE account (rec INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, \(fields))")
  }

  func close() { sqlite3_close(connection) }

  func run(_ sql: String) throws { try check(sqlite3_exec(connection, sql, nil, nil, nil)) }

  /// Inserts rows in transactions of a thousand.
  func insert(_ rows: [[String]], ids: [RecordID], columns: [String]) throws {
    let marks = repeatElement("?", count: columns.count + 1).joined(separator: ", ")
    let statement = try prepare(
      "INSERT INTO account (id, \(columns.joined(separator: ", "))) VALUES (\(marks))")
    defer { sqlite3_finalize(statement) }
    for start in stride(from: 0, to: rows.count, by: 1_000) {
      try run("BEGIN")
      for index in start..<min(start + 1_000, rows.count) {
        bind(ids[index], to: statement, at: 1)
        for (column, text) in rows[index].enumerated() {
          bind(text, to: statement, at: Int32(column + 2))
        }
        try step(statement)
      }
      try run("COMMIT")
    }
  }

  /// Reads every row, each column as a text, and gives the number of bytes.
  func readAll(columns: Int) throws -> Int {
    let statement = try prepare("SELECT * FROM account ORDER BY rec")
    defer { sqlite3_finalize(statement) }
    var bytes = 0
    while sqlite3_step(statement) == SQLITE_ROW {
      for column in 0..<columns {
        guard let text = sqlite3_column_text(statement, Int32(column + 2)) else { continue }
        let count = Int(sqlite3_column_bytes(statement, Int32(column + 2)))
        let string = String(
          decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
        bytes += string.utf8.count
      }
    }
    return bytes
  }

  /// Updates one field of rows by id, in transactions of a thousand.
  func update(_ column: String, of ids: [RecordID], to text: (Int) -> String) throws {
    let statement = try prepare("UPDATE account SET \(column) = ? WHERE id = ?")
    defer { sqlite3_finalize(statement) }
    for start in stride(from: 0, to: ids.count, by: 1_000) {
      try run("BEGIN")
      for index in start..<min(start + 1_000, ids.count) {
        bind(text(index), to: statement, at: 1)
        bind(ids[index], to: statement, at: 2)
        try step(statement)
      }
      try run("COMMIT")
    }
  }

  private func prepare(_ sql: String) throws -> OpaquePointer? {
    var statement: OpaquePointer?
    try check(sqlite3_prepare_v3(connection, sql, -1, 0, &statement, nil))
    return statement
  }

  private func step(_ statement: OpaquePointer?) throws {
    let code = sqlite3_step(statement)
    guard code == SQLITE_DONE else { throw Failure(code: code) }
    sqlite3_reset(statement)
  }

  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private func bind(_ text: String, to statement: OpaquePointer?, at index: Int32) {
    var text = text
    text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        _ = sqlite3_bind_text(
          statement, index, $0.baseAddress, Int32($0.count), Self.transient)
      }
    }
  }

  private func bind(_ id: RecordID, to statement: OpaquePointer?, at index: Int32) {
    withUnsafeBytes(of: id.rawValue.bigEndian) {
      _ = sqlite3_bind_blob(statement, index, $0.baseAddress, 16, Self.transient)
    }
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else { throw Failure(code: code) }
  }
}
