package import CRDTCore
import GRDB
import GRDBSQLite
import Synchronization

/// One node's complete local copy of the workspace: an SQLite file with the log and its fold.
///
/// Synchronous, with one writer at a time; reads run beside it on snapshots. Several processes may
/// hold the same file open. What a call has returned is durable.
package final class Replica: Sendable {
  /// Where the file is.
  package let path: String
  /// The workspace it is a copy of.
  package let workspace: WorkspaceID
  /// What the program's catalogue asked the typed tables to be made for.
  package let schema: ReplicaSchema
  /// The layout that was read last.
  private let layout: Mutex<Layout>
  let environment: ReplicaEnvironment
  let pool: DatabasePool
  /// Used inside `pool.writeWithoutTransaction` alone, which lets in one thread at a time and orders
  /// each after the one before; so no two threads ever share it.
  private nonisolated(unsafe) let writer: Writer

  /// How safe a commit is when it returns.
  package enum Durability: String, Sendable {
    /// It survives a power cut.
    case full = "FULL"
    /// It survives the process, and a power cut may undo it; for benchmarks alone.
    case normal = "NORMAL"
  }

  private init(
    path: String, schema: ReplicaSchema, environment: ReplicaEnvironment, durability: Durability,
    isReadOnly: Bool = false, prepare: (Database) throws -> Void
  ) throws {
    self.path = path
    self.schema = schema
    self.environment = environment
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.label = "kith"
    configuration.readonly = isReadOnly
    // Only a new file takes it. Entries and records are some hundred bytes: larger pages waste less.
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 8192") }
    let pool = try StoreError.wrapping {
      try DatabasePool(path: path, configuration: configuration)
    }
    self.pool = pool
    writer = try StoreError.wrapping {
      try pool.writeWithoutTransaction { database in
        // GRDB sets NORMAL for WAL when it opens a connection, so FULL must come after.
        try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
        try prepare(database)
        return try Self.writer(
          for: schema, in: database, path: path, environment: environment,
          durability: durability)
      }
    }
    layout = Mutex(writer.fold.layout)
    workspace = writer.workspace
  }

  private static func writer(
    for schema: ReplicaSchema, in database: Database, path: String,
    environment: ReplicaEnvironment, durability: Durability
  ) throws -> Writer {
    let layout = try layout(for: schema, in: database)
    guard let workspace = try MetaTable(database).workspace() else {
      throw StoreError.foreign(path: path)
    }
    return try Writer(
      database: database, layout: layout, workspace: workspace, environment: environment,
      durability: durability)
  }

  /// Opens the store at `path`, brings its tables up to `schema`, and materialises what earlier
  /// programs did not know.
  ///
  /// A store on a disk that takes no writes is opened for reading; whatever writes then throws
  /// ``StoreError/readOnly``. So does opening it if it would have to be brought up to `schema`.
  package static func open(
    at path: String, schema: ReplicaSchema, environment: ReplicaEnvironment,
    durability: Durability = .full
  ) throws -> Replica {
    guard StoreFile.exists(at: path) else { throw StoreError.missing(path: path) }
    func open(isReadOnly: Bool) throws -> Replica {
      try Replica(
        path: path, schema: schema, environment: environment, durability: durability,
        isReadOnly: isReadOnly
      ) { try StoreFile.check($0, path: path) }
    }
    do {
      let replica = try open(isReadOnly: false)
      try replica.materialiseUnread()
      return replica
    } catch StoreError.readOnly {
      return try open(isReadOnly: true)
    }
  }

  /// Makes a store for a node that continues `identity`'s workspace.
  static func make(
    at path: String, schema: ReplicaSchema, environment: ReplicaEnvironment,
    durability: Durability, identity: NodeIdentity
  ) throws -> Replica {
    try make(
      at: path, schema: schema, environment: environment, durability: durability
    ) { database in
      let meta = try MetaTable(database)
      try meta.set(.workspace, identity.founding.workspace.rawValue.bigEndianBytes)
      try meta.set(.founding, identity.founding.key.bytes + identity.founding.nonce)
      try meta.setPendingOrigin(identity.origin)
      try environment.token?.write(
        WriterState.tip(of: Dot(replica: identity.origin.replica, sequence: 0)))
    }
  }

  /// Makes a store without entries; `begin` writes what it says about itself.
  static func make(
    at path: String, schema: ReplicaSchema, environment: ReplicaEnvironment,
    durability: Durability, begin: (Database) throws -> Void
  ) throws -> Replica {
    guard !StoreFile.exists(at: path) else { throw StoreError.exists(path: path) }
    return try Replica(
      path: path, schema: schema, environment: environment, durability: durability
    ) { database in
      try database.inTransaction(.immediate) {
        try StoreTables.create(in: database)
        try begin(database)
        return .commit
      }
    }
  }

  private static func layout(for schema: ReplicaSchema, in database: Database) throws -> Layout {
    let digest = schema.digest.bytes
    let meta = try MetaTable(database)
    if try meta.bytes(.schema) != digest {
      try database.inTransaction(.immediate) {
        try StoreTables.update(to: schema, in: database)
        try meta.set(.schema, digest)
        return .commit
      }
    }
    return try Layout(
      schema, adding: meta.ownFields(), numbers: StoreTables.numbers(in: database))
  }

  /// Runs `body` on a snapshot that no concurrent write changes.
  package func read<Result>(_ body: (Snapshot) throws -> Result) throws -> Result {
    try StoreError.wrapping {
      try pool.read { try body(Snapshot(database: $0, layout: layout(of: $0))) }
    }
  }

  /// The layout of the tables as a connection sees them: this process or another may have added fields.
  private func layout(of database: Database) throws -> Layout {
    let own = try MetaTable(database).ownFields()
    return try layout.withLock { layout in
      if layout.own != own {
        layout = Layout(
          schema, adding: own, numbers: try StoreTables.numbers(in: database))
      }
      return layout
    }
  }

  /// Runs `body` with the writer, alone among the threads of this process.
  func withWriter<Result>(_ body: (Writer, Database) throws -> Result) throws -> Result {
    try StoreError.wrapping {
      try pool.writeWithoutTransaction { try body(writer, $0) }
    }
  }
}

/// What a workspace is rooted in; its id is the hash of both parts.
package struct Founding: Hashable, Sendable {
  /// The founder's key, from which all rights derive.
  package let key: NodePublicKey
  /// 16 random bytes.
  package let nonce: [UInt8]

  /// Creates a founding.
  package init(key: NodePublicKey, nonce: [UInt8]) {
    self.key = key
    self.nonce = nonce
  }

  /// The workspace.
  package var workspace: WorkspaceID { WorkspaceID(founder: key, nonce: nonce) }
}

/// Who a node is, before it has written its first entry.
package struct NodeIdentity: Hashable, Sendable {
  /// What its workspace is rooted in.
  package let founding: Founding
  /// The origin of the node's first log.
  package let origin: LogOrigin

  /// Creates an identity.
  package init(founding: Founding, origin: LogOrigin) {
    self.founding = founding
    self.origin = origin
  }
}

/// The file, before it is known to be a store.
enum StoreFile {
  static func exists(at path: String) -> Bool {
    var connection: OpaquePointer?
    // Without the flag that creates, opening tells whether the file is there.
    let code = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil)
    sqlite3_close_v2(connection)
    return code == SQLITE_OK
  }

  /// Makes sure that the file is a store, of this program's format or made so.
  static func check(_ database: Database, path: String) throws {
    let applicationID = try Int.fetchOne(database, sql: "PRAGMA application_id")
    guard applicationID == StoreTables.applicationID else { throw StoreError.foreign(path: path) }
    let format = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard format <= StoreTables.format else {
      throw StoreError.newer(format: format, supported: StoreTables.format)
    }
    try StoreTables.upgrade(from: format, in: database)
  }
}

extension Database {
  /// The raw connection, for this module's own statements.
  var connection: OpaquePointer {
    get throws {
      guard let sqliteConnection else {
        throw StoreError.damaged(detail: "the connection is closed")
      }
      return sqliteConnection
    }
  }
}

extension StoreError {
  /// Turns GRDB's errors into this module's.
  static func wrapping<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: throw StoreError.locked
      case .SQLITE_FULL: throw StoreError.full
      case .SQLITE_READONLY: throw StoreError.readOnly
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        throw StoreError.damaged(detail: error.message ?? "SQLite cannot read it")
      case _:
        throw StoreError.database(
          code: error.extendedResultCode.rawValue, message: error.message ?? error.description)
      }
    } catch let error as MalformedBytes {
      throw StoreError.damaged(detail: "expected \(error.description)")
    }
  }
}

extension Replica {
  /// Moves the write-ahead log into the file, as before copying it.
  ///
  /// `waits` says whether to wait for others that are reading; otherwise it throws ``StoreError/locked``.
  package func checkpoint(waits: Bool = true) throws {
    try StoreError.wrapping {
      _ = try pool.writeWithoutTransaction { database in
        if !waits { try database.execute(sql: "PRAGMA busy_timeout = 0") }
        return try database.checkpoint(.truncate)
      }
    }
  }
}
