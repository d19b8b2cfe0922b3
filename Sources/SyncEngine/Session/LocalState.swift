public import CRDTCore

/// What the driver knows of its own replica when a session opens, read in one snapshot.
public struct LocalState: Hashable, Sendable {
  /// The workspace.
  public let workspace: WorkspaceID
  /// The node's key.
  public let node: NodePublicKey
  /// The log that the node appends to at present.
  public let replica: ReplicaID
  /// What the replica holds.
  public let vector: VersionVector
  /// ``LogDigest`` of what it holds.
  public let logDigest: EntryHash
  /// Digest of the schema that it derives its tables by.
  public let schemaDigest: EntryHash
  /// What the node's clock says.
  public let wall: WallTime

  /// Creates a state.
  public init(
    workspace: WorkspaceID, node: NodePublicKey, replica: ReplicaID, vector: VersionVector,
    logDigest: EntryHash, schemaDigest: EntryHash, wall: WallTime
  ) {
    self.workspace = workspace
    self.node = node
    self.replica = replica
    self.vector = vector
    self.logDigest = logDigest
    self.schemaDigest = schemaDigest
    self.wall = wall
  }

  /// What this side says of itself.
  func hello(creditBytes: Int) -> Hello {
    Hello(
      workspace: workspace, node: node, replica: replica, logDigest: logDigest,
      schemaDigest: schemaDigest, wall: wall, creditBytes: UInt32(clamping: creditBytes))
  }
}

/// A place in the driver's arrival order, behind which a sequential read goes on.
public struct LogCursor: Hashable, Sendable {
  /// The arrival number of the last entry looked at; the session only hands it back.
  public let rawValue: UInt64

  /// Creates a cursor.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// The driver's answer to ``SyncSession/Output/readBatch(lackedBy:after:byteLimit:)``.
public struct BatchRead: Hashable, Sendable {
  /// The batch as encoded by `EntryBatch`; empty if the part read holds nothing that the peer lacks.
  public let bytes: [UInt8]
  /// How many entries it holds.
  public let entryCount: Int
  /// How far in arrival order was read.
  public let cursor: LogCursor
  /// Whether there was nothing beyond that.
  public let isLast: Bool

  /// Creates an answer.
  public init(bytes: [UInt8], entryCount: Int, cursor: LogCursor, isLast: Bool) {
    self.bytes = bytes
    self.entryCount = entryCount
    self.cursor = cursor
    self.isLast = isLast
  }
}

/// The driver's answer to ``SyncSession/Output/apply(_:)``: the batch is durable.
public struct BatchApplied: Hashable, Sendable {
  /// How many of its entries were new here.
  public let entryCount: Int
  /// The greatest dot of each log in the batch: the peer holds as much.
  public let covers: VersionVector
  /// What the replica holds now.
  public let holds: VersionVector

  /// Creates an answer.
  public init(entryCount: Int, covers: VersionVector, holds: VersionVector) {
    self.entryCount = entryCount
    self.covers = covers
    self.holds = holds
  }
}

/// The driver's answer to ``SyncSession/Output/computeDigests(includingState:)``, of one snapshot.
public struct ComputedDigests: Hashable, Sendable {
  /// What the replica held.
  public let vector: VersionVector
  /// ``LogDigest`` of that.
  public let logDigest: EntryHash
  /// Digest of the canonical state; `nil` if not asked for, or too costly now.
  public let stateDigest: EntryHash?

  /// Creates an answer.
  public init(vector: VersionVector, logDigest: EntryHash, stateDigest: EntryHash?) {
    self.vector = vector
    self.logDigest = logDigest
    self.stateDigest = stateDigest
  }
}
