public import CRDTCore

/// A message of the sync protocol; `docs/protocol.md` gives its bytes.
public enum SyncMessage: Hashable, Sendable {
  /// What the sender is and, in digests, what it holds.
  case hello(Hello)
  /// All the sender holds: the last entry of each log; left out where the hellos show equal logs.
  case vector([LogTip])
  /// The receiver's logs, by its names, under which the sender has other entries; the answer to a
  /// vector.
  case parted([ReplicaID])
  /// Entries in the sender's arrival order; batches are numbered from 1 without gaps.
  case entries(number: UInt64, batch: [UInt8])
  /// Every batch up to a number is durable; and in which logs the sender now holds more than it has
  /// told so far.
  case ack(upTo: UInt64, holds: VersionVector)
  /// The sender has sent all it held that the receiver lacked; from now on it sends what comes new.
  case caughtUp
  /// What the sender made of what both now hold.
  case verify(Verification)
  /// The sender is there.
  case ping
  /// The sender leaves.
  case bye(Bye)
  /// A node that is not in the roster asks to be.
  case join(JoinRequest)
  /// The node is in the roster now.
  case joined(JoinGrant)

  /// The type of a message; the raw value is its first byte.
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    /// ``SyncMessage/hello(_:)``.
    case hello = 1
    /// ``SyncMessage/vector(_:)``.
    case vector = 2
    /// ``SyncMessage/entries(number:batch:)``.
    case entries = 3
    /// ``SyncMessage/ack(upTo:holds:)``.
    case ack = 4
    /// ``SyncMessage/caughtUp``.
    case caughtUp = 5
    /// ``SyncMessage/verify(_:)``.
    case verify = 6
    /// ``SyncMessage/ping``.
    case ping = 7
    /// ``SyncMessage/bye(_:)``.
    case bye = 8
    /// ``SyncMessage/join(_:)``.
    case join = 9
    /// ``SyncMessage/joined(_:)``.
    case joined = 10
    /// ``SyncMessage/parted(_:)``.
    case parted = 11
  }

  /// The message's type.
  public var kind: Kind {
    switch self {
    case .hello: .hello
    case .vector: .vector
    case .entries: .entries
    case .ack: .ack
    case .caughtUp: .caughtUp
    case .verify: .verify
    case .ping: .ping
    case .bye: .bye
    case .join: .join
    case .joined: .joined
    case .parted: .parted
    }
  }
}
