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
  public let log: LogSnapshot
  /// The last entry of each log in it.
  public let tips: [LogTip]
  /// Digest of every log's last hash, as `docs/protocol.md` makes it.
  public let logDigest: EntryHash
  /// Digest of the schema that it derives its tables by.
  public let schemaDigest: EntryHash
  /// What the node's clock says.
  public let wall: WallTime

  /// Creates a state.
  public init(
    workspace: WorkspaceID, node: NodePublicKey, replica: ReplicaID, log: LogSnapshot,
    tips: [LogTip], logDigest: EntryHash, schemaDigest: EntryHash, wall: WallTime
  ) {
    self.workspace = workspace
    self.node = node
    self.replica = replica
    self.log = log
    self.tips = tips
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

/// A place in the driver's arrival order: after the entry of that arrival number.
public struct LogCursor: Hashable, Sendable {
  /// Before all entries.
  public static let start = LogCursor(rawValue: 0)

  /// The arrival number, counted from 1; gaps do no harm.
  public let rawValue: UInt64

  /// Creates a cursor.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

extension LogCursor: Comparable {
  /// Compares by arrival.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// How far a replica's log reached at some moment.
///
/// What it covers must be fit to leave the node: the owner seals its own latest entry first.
public struct LogSnapshot: Hashable, Sendable {
  /// What the replica held.
  public private(set) var vector: VersionVector
  /// The arrival of the last entry it had taken in.
  public private(set) var end: LogCursor
  /// How many of its logs are branches of others; their names have changed when this has.
  public private(set) var branchCount: Int
  /// The names of those branches and of the logs that they part from: to a peer they may mean others.
  public private(set) var forked: Set<ReplicaID>

  /// Creates a snapshot; all parts must be of one moment.
  public init(
    vector: VersionVector = VersionVector(), end: LogCursor = .start, branchCount: Int = 0,
    forked: Set<ReplicaID> = []
  ) {
    self.vector = vector
    self.end = end
    self.branchCount = branchCount
    self.forked = forked
  }

  /// Moves on to another snapshot of the same log, unless that is the older one.
  mutating func advance(to other: Self) {
    guard other.branchCount == branchCount else {
      if other.branchCount > branchCount { self = other }
      return
    }
    vector.merge(other.vector)
    end = max(end, other.end)
  }
}

/// The driver's answer to ``SyncSession/Output/locate(_:)``: what a peer holds.
public struct PeerPlace: Hashable, Sendable {
  /// What it holds, in the replica's names; of logs of which it says to hold more than the replica, as
  /// it says.
  public let vector: VersionVector
  /// Those of its logs, in its names and ordered, under which the replica has other entries.
  public let parted: [ReplicaID]

  /// Creates an answer.
  public init(vector: VersionVector, parted: [ReplicaID] = []) {
    self.vector = vector
    self.parted = parted
  }
}

/// The driver's answer to ``SyncSession/Output/readBatch(lackedBy:parted:after:upTo:byteLimit:)``.
public struct BatchRead: Hashable, Sendable {
  /// The batch as encoded by `EntryBatch`; empty if the part read holds nothing that the peer lacks.
  public let bytes: [UInt8]
  /// How many entries it holds.
  public let entryCount: Int
  /// The greatest dot of each log in it.
  public let covers: VersionVector
  /// How far in arrival order was read; the session goes on from there.
  ///
  /// An empty batch that moves nothing says that what comes next is not sealed yet; the session asks
  /// again when the replica has changed.
  public let cursor: LogCursor
  /// ``LogSnapshot/branchCount`` when it was read.
  public let branchCount: Int

  /// Creates an answer.
  public init(
    bytes: [UInt8], entryCount: Int, covers: VersionVector = VersionVector(), cursor: LogCursor,
    branchCount: Int = 0
  ) {
    self.bytes = bytes
    self.entryCount = entryCount
    self.covers = covers
    self.cursor = cursor
    self.branchCount = branchCount
  }
}

/// The driver's answer to ``SyncSession/Output/apply(_:)``: the batch is durable.
public struct BatchApplied: Hashable, Sendable {
  /// How many of its entries were new here.
  public let entryCount: Int
  /// The greatest dot of each log in the batch: the peer holds as much.
  public let covers: VersionVector
  /// What the replica holds now.
  public let log: LogSnapshot

  /// Creates an answer.
  public init(entryCount: Int, covers: VersionVector, log: LogSnapshot) {
    self.entryCount = entryCount
    self.covers = covers
    self.log = log
  }
}

/// The driver's answer to ``SyncSession/Output/computeDigests(includingState:)``, of one snapshot.
public struct ComputedDigests: Hashable, Sendable {
  /// What the replica held.
  public let vector: VersionVector
  /// Digest of every log's last hash.
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
