package import CRDTCore

/// What a replica needs of the world, so that a simulation can stand in for it.
package struct ReplicaEnvironment: Sendable {
  /// What the machine's clock says, right or wrong.
  package let now: @Sendable () -> WallTime
  /// That many random bytes.
  package let random: @Sendable (_ byteCount: Int) -> [UInt8]
  /// Signs this node's own entries.
  package let signer: any EntrySigner
  /// What tells the store from its copies; `nil` where none are made.
  package let token: (any GenerationToken)?
  /// Hears that the node goes on under a new replica id.
  package let onRenewal: @Sendable (RenewalReason) -> Void

  /// Creates an environment.
  package init(
    now: @escaping @Sendable () -> WallTime,
    random: @escaping @Sendable (_ byteCount: Int) -> [UInt8], signer: any EntrySigner,
    token: (any GenerationToken)? = nil,
    onRenewal: @escaping @Sendable (RenewalReason) -> Void = { _ in }
  ) {
    self.now = now
    self.random = random
    self.signer = signer
    self.token = token
    self.onRenewal = onRenewal
  }
}

/// A few bytes that are kept beside a store and not in it: how far this node's own log has come.
///
/// A copy of the store that comes without them, or an older state that is put beside newer ones, is
/// known by them.
package protocol GenerationToken: Sendable {
  /// The bytes; `nil` if there are none.
  func read() throws -> [UInt8]?
  /// Replaces the bytes, durably: afterwards there are the old ones or the new ones.
  func write(_ bytes: [UInt8]) throws
}

/// Why a node goes on under a new replica id.
///
/// Whoever wrote on under the old one might give a name that an entry bears already to another.
package enum RenewalReason: Hashable, Sendable {
  /// The store is a copy, or an older state of itself.
  case copied
  /// A peer holds entries of this node's own log that the store lacks.
  case behind
  /// A copy of the store has written on under the same replica id, so that the log has branches.
  case forked
  /// The clock was far ahead when the log was last written.
  case clock
}
