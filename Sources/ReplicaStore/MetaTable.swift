import CRDTCore
import GRDB

/// The table `_meta`: what the file says about itself and its own node.
struct MetaTable {
  private let selection: Statement
  private let upsert: Statement

  /// The keys; each names one row.
  enum Key: String {
    /// The workspace's id: 16 bytes.
    case workspace
    /// What the workspace's id is the hash of: the founder's key (33 bytes) and a nonce (16 bytes).
    case founding
    /// The id of the log that this node writes now.
    case ownReplica = "own_replica"
    /// The origin of that log, until its first entry is written.
    case pendingOrigin = "pending_origin"
    /// The greatest clock reading accepted from peers.
    case clock
    /// The digest of the schema that the typed tables were made for.
    case schema
    /// The own fields that the typed tables were made for.
    case ownFields = "own_fields"
  }

  init(_ database: Database) throws {
    selection = try Statement(cached: "SELECT value FROM _meta WHERE key = ?", in: database)
    upsert = try Statement(
      cached:
        "INSERT INTO _meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      in: database)
  }

  func bytes(_ key: Key) throws -> [UInt8]? {
    selection.bind(1, key.rawValue)
    defer { selection.reset() }
    return try selection.step() ? selection.bytes(0) : nil
  }

  func set(_ key: Key, _ bytes: [UInt8]) throws {
    upsert.bind(1, key.rawValue)
    upsert.bind(2, bytes)
    try upsert.run()
  }

  func ownFields() throws -> OwnFields { OwnFields(decoding: try bytes(.ownFields) ?? []) }

  func workspace() throws -> WorkspaceID? {
    try bytes(.workspace).map { WorkspaceID(rawValue: UInt128(bigEndianBytes: $0)) }
  }

  func ownReplica() throws -> ReplicaID {
    ReplicaID(rawValue: UInt128(bigEndianBytes: try bytes(.ownReplica) ?? []))
  }

  func founding() throws -> Founding {
    guard let bytes = try bytes(.founding),
      let key = NodePublicKey(bytes: bytes.prefix(NodePublicKey.byteCount))
    else { throw StoreError.damaged(detail: "the founder's key is not recorded") }
    return Founding(key: key, nonce: Array(bytes.dropFirst(NodePublicKey.byteCount)))
  }

  func clock() throws -> HybridTimestamp {
    let bytes = try bytes(.clock) ?? []
    return HybridTimestamp(packed: bytes.reduce(0) { $0 << 8 | UInt64($1) })
  }

  func setClock(_ time: HybridTimestamp) throws {
    try set(.clock, withUnsafeBytes(of: time.packed.bigEndian) { Array($0) })
  }

  func pendingOrigin() throws -> LogOrigin? {
    guard let bytes = try bytes(.pendingOrigin) else { return nil }
    var reader = ByteReader(bytes)
    return try LogOrigin(from: &reader)
  }

  func setPendingOrigin(_ origin: LogOrigin) throws {
    try set(.pendingOrigin, origin.encoded)
    try set(.ownReplica, origin.replica.rawValue.bigEndianBytes)
  }
}
