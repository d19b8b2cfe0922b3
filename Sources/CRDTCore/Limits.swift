/// Every bound of the format and of merging, with its unit and reason.
///
/// Transport limits live with the transport; session limits with the session.
public enum Limits {
  /// How far ahead of our wall time a peer's reading may move our clock, in milliseconds: more than
  /// any set clock is off, less than a person would notice in an order of events.
  public static let clockDriftMilliseconds: UInt64 = 5 * 60 * 1000

  /// Writes in one transaction: what a person does at once, or a thousand imported rows of 16 fields.
  public static let transactionWritesMax = 16_384
  /// Bytes of one transaction's structure and values together, before compression.
  public static let transactionBytesMax = 4 << 20
  /// Bytes of one encoded entry: the transaction and room for its header.
  public static let entryBytesMax = transactionBytesMax + (64 << 10)

  /// Bytes of a batch of entries before compression, unless one larger entry is sent alone.
  public static let batchBytesTarget = 1 << 20
  /// Bytes of a batch that a receiver takes at most, before compression.
  public static let batchBytesMax = 8 << 20
  /// Entries in one batch; bounds what a receiver has in memory when each is tiny.
  public static let batchEntriesMax = 16_384

  /// Entries of one log: so many that no node ever writes them, so few that sums of sequences fit the
  /// signed 64 bits of a database, whatever a peer claims.
  public static let sequenceMax: UInt64 = 1 << 48

  /// Own entries between two seals: what a relay may have to hold back at most.
  public static let sealIntervalEntries = 256
  /// Own bytes between two seals; see ``sealIntervalEntries``.
  public static let sealIntervalBytes = 512 << 10

  /// Replicas a vector may name: ten thousand nodes, each renewed a few times.
  public static let replicasMax = 65_536
  /// Bytes of one text or byte value; longer texts belong into attachments.
  public static let valueBytesMax = 1 << 20
  /// Parts of one structure, or sides of one reopened conflict.
  public static let partsMax = 64
  /// How deep structures nest.
  public static let depthMax = 4
  /// Bytes of one name of a kind, field or part.
  public static let nameBytesMax = 64
  /// Names one entry may spell out.
  public static let namesMax = 1_024
  /// Dots that one write may replace; more concurrent heads than people can look at.
  public static let replacedMax = 4_096
  /// Bytes of a write's body, whatever its kind.
  public static let bodyBytesMax = 64 << 10
}
