import CRDTCore
import GRDB

/// The store's tables: those of its own, and those that the schema asks for.
enum StoreTables {
  /// The format of the file that this program writes.
  static let format = 2
  /// `PRAGMA application_id` of a store: "kith" in ASCII.
  static let applicationID = 0x6B69_7468

  /// Makes the store's own tables in an empty file.
  static func create(in database: Database) throws {
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(format)")
    try database.execute(sql: ownTables)
    try database.execute(sql: branchTable)
    try createDerived(in: database)
  }

  /// Brings the store's own tables up from an earlier format.
  static func upgrade(from format: Int, in database: Database) throws {
    guard format < Self.format else { return }
    try database.inTransaction(.immediate) {
      try database.execute(sql: branchTable)
      try database.execute(sql: "PRAGMA user_version = \(Self.format)")
      return .commit
    }
  }

  /// Which logs are branches of others; since format 2.
  private static let branchTable = """
    CREATE TABLE IF NOT EXISTS _branch (
      number INTEGER PRIMARY KEY, original BLOB NOT NULL, parent INTEGER NOT NULL,
      sequence INTEGER NOT NULL, hash BLOB NOT NULL)
    """

  /// What cannot be rebuilt: the log and what this node alone knows.
  private static let ownTables = """
    CREATE TABLE _meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
    CREATE TABLE _replica (
      number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, member BLOB NOT NULL, key BLOB NOT NULL,
      sequence INTEGER NOT NULL, hash BLOB NOT NULL, time INTEGER NOT NULL, past BLOB NOT NULL,
      past_time INTEGER NOT NULL);
    CREATE TABLE _log (
      arrival INTEGER PRIMARY KEY, replica INTEGER NOT NULL, sequence INTEGER NOT NULL,
      time INTEGER NOT NULL, hash BLOB NOT NULL, lag INTEGER, verdict INTEGER,
      header BLOB NOT NULL, payload BLOB NOT NULL);
    CREATE TABLE _run (
      replica INTEGER NOT NULL, sequence INTEGER NOT NULL, arrival INTEGER NOT NULL,
      count INTEGER NOT NULL, PRIMARY KEY (replica, sequence)) WITHOUT ROWID;
    CREATE INDEX _log_aside ON _log (replica, sequence) WHERE verdict IS NOT NULL;
    CREATE TABLE _seal (arrival INTEGER PRIMARY KEY, signature BLOB NOT NULL);
    CREATE TABLE _field (
      number INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, name));
    CREATE TABLE _peer (
      key BLOB PRIMARY KEY, address TEXT, last_contact INTEGER, acknowledged BLOB,
      clock_offset INTEGER) WITHOUT ROWID;
    CREATE TABLE _exchange (
      number INTEGER PRIMARY KEY, peer BLOB NOT NULL, ended INTEGER NOT NULL, sent INTEGER NOT NULL,
      received INTEGER NOT NULL, bytes INTEGER NOT NULL, outcome TEXT NOT NULL);
    CREATE TABLE _invite (
      secret_hash BLOB PRIMARY KEY, secret BLOB NOT NULL, node TEXT NOT NULL, role TEXT NOT NULL,
      expires INTEGER NOT NULL, used INTEGER) WITHOUT ROWID;
    """

  /// What is a fold of the log, apart from the typed tables.
  private static func createDerived(in database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE _head (
          kind TEXT NOT NULL, rec INTEGER NOT NULL, field TEXT NOT NULL, replica INTEGER NOT NULL,
          sequence INTEGER NOT NULL, sides BLOB NOT NULL,
          PRIMARY KEY (kind, rec, field, replica, sequence)) WITHOUT ROWID;
        CREATE TABLE _lifecycle (
          kind TEXT NOT NULL, rec INTEGER NOT NULL, replica INTEGER NOT NULL,
          sequence INTEGER NOT NULL, seen BLOB, PRIMARY KEY (kind, rec, replica, sequence)
          ) WITHOUT ROWID;
        CREATE TABLE _increment (
          kind TEXT NOT NULL, id BLOB NOT NULL, field TEXT NOT NULL, replica INTEGER NOT NULL,
          sequence INTEGER NOT NULL, PRIMARY KEY (kind, id, field, replica, sequence)
          ) WITHOUT ROWID;
        CREATE TABLE _roster (
          replica INTEGER NOT NULL, sequence INTEGER NOT NULL, kind TEXT NOT NULL,
          record BLOB NOT NULL, field TEXT NOT NULL, value BLOB NOT NULL, replaced BLOB NOT NULL,
          PRIMARY KEY (record, field, replica, sequence)) WITHOUT ROWID;
        CREATE TABLE _ahead (
          replica INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (replica, sequence)
          ) WITHOUT ROWID;
        CREATE TABLE _unread (
          kind TEXT NOT NULL, field TEXT NOT NULL, PRIMARY KEY (kind, field)) WITHOUT ROWID;
        """)
  }

  /// The derived tables of the store's own, in an order that a rebuild may empty them.
  static let derived = ["_head", "_lifecycle", "_increment", "_roster", "_ahead", "_unread"]

  /// Brings the typed tables up to `schema`: adds the tables, columns and indexes it lacks.
  static func update(to schema: ReplicaSchema, in database: Database) throws {
    let insertion = try database.makeStatement(
      sql: "INSERT OR IGNORE INTO _field (kind, name) VALUES (?, ?)")
    for kind in schema.kinds {
      for field in kind.fields { try insertion.execute(arguments: [kind.name, field.name]) }
      try update(kind, in: database)
    }
  }

  /// The persistent number of each `KIND.FIELD`.
  static func numbers(in database: Database) throws -> [String: Int] {
    let rows = try Row.fetchAll(database, sql: "SELECT number, kind, name FROM _field")
    return Dictionary(
      uniqueKeysWithValues: rows.map { ("\($0["kind"] as String).\($0["name"] as String)", $0[0]) })
  }

  private static func update(_ kind: KindSchema, in database: Database) throws {
    let fields = KindLayout(kind, index: 0, numbers: [:]).fields
    try addColumns(of: fields, to: kind.name, in: database)
    for field in fields {
      if let table = field.setTable {
        try database.execute(
          sql: """
            CREATE TABLE IF NOT EXISTS \(table) (
              _rec INTEGER NOT NULL, key BLOB NOT NULL,
              value \(ColumnCodec.sqlType(field.schema.type)), present INTEGER NOT NULL,
              heads BLOB NOT NULL, PRIMARY KEY (_rec, key)) WITHOUT ROWID
            """)
        continue
      }
      if field.schema.isUnique || field.schema.isIndexed || kind.owner == field.name {
        let index = quoted("\(kind.name).\(field.name)")
        // With what hides a record, the search for shared values reads the index alone.
        try database.execute(
          sql: """
            CREATE INDEX IF NOT EXISTS \(index)
            ON \(quoted(kind.name)) (\(field.columns[0])\(field.schema.isUnique ? ", _hidden" : ""))
            WHERE \(field.columns[0]) IS NOT NULL
            """)
      }
    }
  }

  /// Makes a kind's table, or adds the columns that it lacks.
  private static func addColumns(
    of fields: [FieldLayout], to kind: String, in database: Database
  ) throws {
    let columns = fields.filter { $0.setTable == nil }.flatMap { field in
      field.columns.enumerated().map { index, column in
        (
          name: index == 0 ? field.name : "\(field.name)_currency",
          declaration:
            "\(column) \(index == 0 ? ColumnCodec.sqlType(field.schema.type) : "TEXT")"
        )
      }
    }
    guard try database.tableExists(kind) else {
      let own = [
        "_rec INTEGER PRIMARY KEY", "id BLOB NOT NULL UNIQUE", "_stamps BLOB NOT NULL",
        "_hidden INTEGER",
      ]
      let all = (own + columns.map(\.declaration)).joined(separator: ", ")
      return try database.execute(sql: "CREATE TABLE \(quoted(kind)) (\(all))")
    }
    // Asked of SQLite itself: GRDB's memory of a table outlasts a transaction that was undone.
    let present = try Set(
      String.fetchAll(
        database, sql: "SELECT name FROM pragma_table_info(?)", arguments: [kind]))
    for column in columns where !present.contains(column.name) {
      try database.execute(
        sql: "ALTER TABLE \(quoted(kind)) ADD COLUMN \(column.declaration)")
    }
  }

  /// Takes a field's columns or set out of the typed tables.
  static func drop(_ field: FieldSchema, of kind: KindSchema, in database: Database) throws {
    let field = FieldLayout(field, index: 0, kind: kind.name, number: 0)
    if let table = field.setTable { try database.execute(sql: "DROP TABLE IF EXISTS \(table)") }
    for column in field.columns {
      try database.execute(sql: "ALTER TABLE \(quoted(kind.name)) DROP COLUMN \(column)")
    }
  }
}
