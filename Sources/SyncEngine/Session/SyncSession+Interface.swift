public import CRDTCore

extension SyncSession {
  /// Something that happened to the session.
  public enum Input: Hashable, Sendable {
    /// The link is up, and both sides have proved their keys.
    case opened(Opening)
    /// A message came from the peer.
    case received([UInt8])
    /// The peer has announced a longer message than the transport takes, so that nothing which
    /// comes after it can be read.
    case receivedTooLong
    /// Bytes of a message that is not complete yet have come, or bytes of one that has to wait have
    /// left.
    ///
    /// Fed before ``deadlineReached``, it keeps a long batch on a slow line from looking like
    /// silence. Whole messages, a ping above all, are none of it.
    case linkActive
    /// The replica holds more, by a local write or from another peer.
    case localChanged(LogSnapshot)
    /// The answer to ``Output/locate(_:)``.
    case located(PeerPlace)
    /// The answer to ``Output/readBatch(lackedBy:parted:after:upTo:byteLimit:)``.
    case batchRead(BatchRead)
    /// An answer to ``Output/apply(_:)``: the batch is durable.
    case batchApplied(BatchApplied)
    /// The other answer to ``Output/apply(_:)``: the batch is at fault, and nothing was applied.
    case batchRefused(reason: String)
    /// Another answer to ``Output/apply(_:)``: the batch rests on an entry that is another one here, and
    /// nothing was applied.
    case batchParted
    /// The answer to ``Output/computeDigests(includingState:)``.
    case digestsComputed(ComputedDigests)
    /// An answer to ``Output/judgeJoin(_:)``: the roster entry that enrols the peer is durable.
    case joinGranted(JoinGrant, LocalState)
    /// The other answer to ``Output/judgeJoin(_:)``.
    case joinRefused(reason: String)
    /// The answer to ``Output/enrol(_:)``: the replica has been made.
    case enrolled(LocalState)
    /// The owner cannot do what it was asked for, by no fault of the peer's.
    case failed(reason: String)
    /// The deadline last asked for has passed.
    case deadlineReached
    /// The owner wants to end the session; a batch in work may become durable, unacknowledged.
    case stop
    /// The link is gone.
    case closed
  }

  /// Something the owner must now do.
  public enum Output: Hashable, Sendable {
    /// Send a message; the transport puts its length in front.
    case send([UInt8])
    /// Look for the last entries of the peer's logs, and feed ``Input/located(_:)``.
    case locate([LogTip])
    /// Read entries that came after `after` and not after `upTo`, in arrival order, and that
    /// `lackedBy` does not cover; then feed ``Input/batchRead(_:)``.
    ///
    /// The batch holds one entry at least if there is any, and stays within `byteLimit` before
    /// compression unless that entry, or the way to the next seal, is longer; but always within
    /// ``SessionLimits/batchBytesMax``. An owner that knows where the first entry lacking is may
    /// start there. Of the logs `parted` the batch says by hash from where it goes on.
    case readBatch(
      lackedBy: VersionVector, parted: Set<ReplicaID>, after: LogCursor, upTo: LogCursor,
      byteLimit: Int)
    /// Check and apply a batch, all of it or nothing, and feed ``Input/batchApplied(_:)`` or
    /// ``Input/batchRefused(reason:)``.
    case apply([UInt8])
    /// Take digests of one snapshot, and feed ``Input/digestsComputed(_:)``.
    case computeDigests(includingState: Bool)
    /// Check the peer's proof, write it into the roster, and feed ``Input/joinGranted(_:_:)`` or
    /// ``Input/joinRefused(reason:)``. A peer that is in the roster already may ask again, because
    /// the first answer got lost.
    case judgeJoin(JoinRequest)
    /// Make a replica of the workspace, and feed ``Input/enrolled(_:)``.
    case enrol(JoinGrant)
    /// Feed ``Input/deadlineReached`` at this time, replacing any earlier deadline.
    case setDeadline(MonotonicInstant)
    /// The peer is now known to hold this.
    ///
    /// It is what the peer says; it may claim entries that nobody has written.
    case peerHolds(VersionVector)
    /// Entries have become durable here or there.
    case progress(SyncReport)
    /// Tell a person, or the log.
    case notice(Notice)
    /// The peer and we hold the same dots and yet differ; both sides find out.
    case diverged(Divergence)
    /// Neither side holds an entry that the other lacks, and all is durable on both.
    ///
    /// Comes again each time this has become so in a session that stays.
    case inSync(SyncReport)
    /// Close the link once all that was sent is flushed, and discard the session.
    case finish(SyncOutcome, SyncReport)
  }

  /// A fact that the session has come across; the owner words it.
  public enum Notice: Hashable, Sendable {
    /// How far the peer's clock is ahead of ours, in milliseconds, give or take the time that its
    /// hello was on the way.
    case clockOffset(milliseconds: Int64)
    /// The peer's program derives other tables from entries, so states cannot be compared.
    case schemasDiffer
    /// The peer says that it holds more of our own log than we do: this store is a copy or was
    /// restored. Look again before acting: an own entry may have gone round while this came in.
    case ownLogBehind(peerHolds: Dot)
  }
}
