package import CRDTCore

/// Time, randomness and signing, lent by the runtime or by a test.
package struct ReplicaEnvironment: Sendable {
  /// What the machine's clock says.
  package let now: @Sendable () -> WallTime
  /// That many random bytes.
  package let random: @Sendable (_ byteCount: Int) -> [UInt8]
  /// Signs for the node.
  package let signer: any EntrySigner

  /// Creates an environment.
  package init(
    now: @escaping @Sendable () -> WallTime,
    random: @escaping @Sendable (_ byteCount: Int) -> [UInt8], signer: any EntrySigner
  ) {
    self.now = now
    self.random = random
    self.signer = signer
  }
}
