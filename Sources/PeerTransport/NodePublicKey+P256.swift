import CRDTCore
import Crypto

extension NodePublicKey {
  /// Takes over the library's form of a key.
  init(_ key: P256.Signing.PublicKey) {
    guard let publicKey = Self(bytes: key.compressedRepresentation) else {
      preconditionFailure("The library's encoding of a point must name a point.")
    }
    self = publicKey
  }
}
