public import CRDTCore

/// What each side says first of itself; about 145 bytes on the wire.
///
/// A later version of the protocol adds fields behind these and never changes them, so that any two
/// versions can tell each other what they speak.
public struct Hello: Hashable, Sendable {
  /// The versions of the protocol that this program speaks.
  public static let spokenVersions: ClosedRange<UInt8> = 1...1

  /// The versions of the protocol that the sender speaks.
  public let versions: ClosedRange<UInt8>
  /// The workspace it is a replica of.
  public let workspace: WorkspaceID
  /// Its node's key; the link must have proved the same one.
  public let node: NodePublicKey
  /// The log it appends to at present.
  public let replica: ReplicaID
  /// Digest of every log's last hash; equal digests mean equal logs, forks included.
  public let logDigest: EntryHash
  /// Digest of what its program derives from entries; unequal ones make states incomparable.
  public let schemaDigest: EntryHash
  /// What its clock said when it sent this.
  public let wall: WallTime
  /// Abilities beyond the version, a bit each; none is defined, and unknown ones are ignored.
  public let features: UInt64
  /// Bytes of batches it is ready to hold; each acknowledgement returns what its batches took.
  public let creditBytes: UInt32

  /// Creates a hello.
  public init(
    versions: ClosedRange<UInt8> = Hello.spokenVersions, workspace: WorkspaceID,
    node: NodePublicKey, replica: ReplicaID, logDigest: EntryHash, schemaDigest: EntryHash,
    wall: WallTime, features: UInt64 = 0, creditBytes: UInt32
  ) {
    self.versions = versions
    self.workspace = workspace
    self.node = node
    self.replica = replica
    self.logDigest = logDigest
    self.schemaDigest = schemaDigest
    self.wall = wall
    self.features = features
    self.creditBytes = creditBytes
  }
}
