package import CRDTCore
package import Crypto

/// The private half of a node's P-256 key: proves who a node is, in TLS and in seals.
///
/// Made once, at `init` or `join`, and kept in the file `STORE.key`; `NodeKey+File.swift` has the
/// rules of that file.
package struct NodeKey: Sendable {
  let privateKey: P256.Signing.PrivateKey

  /// Draws a new key from the library's cryptographic generator.
  package static func generate() -> NodeKey { NodeKey(P256.Signing.PrivateKey()) }

  /// Takes over the library's form of a key; a simulation derives one from its seed.
  package init(_ privateKey: P256.Signing.PrivateKey) { self.privateKey = privateKey }

  /// What peers know this node by.
  package var publicKey: NodePublicKey { NodePublicKey(privateKey.publicKey) }

  /// Signs `message`: 64 bytes, r ‖ s, that ``CRDTCore/NodePublicKey/isValid(signature:for:)`` accepts.
  ///
  /// ECDSA draws a fresh nonce, so two signatures of one message differ.
  package func signature(for message: [UInt8]) -> [UInt8] {
    do {
      return Array(try privateKey.signature(for: message).rawRepresentation)
    } catch {
      // The library throws only when it runs out of memory or entropy.
      preconditionFailure("A P-256 key could not sign: \(error)")
    }
  }
}
