package import CRDTCore
import Crypto
import Synchronization
package import TestSupport

/// A node's key, drawn from the seed.
///
/// Signatures differ from run to run, as the library makes them; nothing may depend on their bytes.
package struct SimulatedKey: EntrySigner {
  private let key: P256.Signing.PrivateKey
  package let publicKey: NodePublicKey

  package init(from random: inout SplitMix64) {
    // Nearly every number of 32 bytes is a key of the curve.
    while true {
      guard let key = try? P256.Signing.PrivateKey(rawRepresentation: random.bytes(32)),
        let publicKey = NodePublicKey(bytes: key.publicKey.compressedRepresentation)
      else { continue }
      self.key = key
      self.publicKey = publicKey
      return
    }
  }

  package func signature(for message: [UInt8]) throws -> [UInt8] {
    Array(try key.signature(for: message).rawRepresentation)
  }
}

/// Random bytes for a replica, drawn from the seed.
final class SeededBytes: Sendable {
  private let generator: Mutex<SplitMix64>

  init(_ generator: SplitMix64) { self.generator = Mutex(generator) }

  func take(_ count: Int) -> [UInt8] { generator.withLock { $0.bytes(count) } }
}
