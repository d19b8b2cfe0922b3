import Crypto

/// The public half of a node's P-256 key: what the roster pins, TLS presents and seals verify against.
///
/// Stored and sent as 33 bytes, the compressed point of SEC 1 §2.3.3. Keys order by those bytes.
public struct NodePublicKey: Hashable, Sendable {
  /// How many bytes a key takes.
  public static let byteCount = 33

  /// The compressed point.
  public let bytes: [UInt8]

  /// Creates a key from a compressed point; `nil` unless the bytes are a point of the curve.
  public init?(bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard (try? P256.Signing.PublicKey(compressedRepresentation: bytes)) != nil else { return nil }
    self.bytes = bytes
  }

  /// Takes over a key from where it was stored, once it had been one; `nil` if the length is another.
  ///
  /// Whether the bytes are a point still is not computed, which would cost as much as a signature does.
  public init?(stored bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// SHA-256 of ``bytes``: what an invite carries and a person compares.
  public var fingerprint: [UInt8] { Array(SHA256.hash(data: bytes)) }

  /// Whether `signature` (64 bytes, r ‖ s) is this key's signature of `message`.
  ///
  /// - Complexity: One ECDSA verification, about a tenth of a millisecond.
  public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
    guard
      let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature),
      let key = try? P256.Signing.PublicKey(compressedRepresentation: bytes)
    else { return false }
    return key.isValidSignature(signature, for: message)
  }
}

extension NodePublicKey: Comparable {
  /// Compares byte by byte.
  public static func < (lhs: Self, rhs: Self) -> Bool {
    lhs.bytes.lexicographicallyPrecedes(rhs.bytes)
  }
}
