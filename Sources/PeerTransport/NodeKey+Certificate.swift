import Crypto
import FoundationEssentials
import SwiftASN1
package import X509

extension NodeKey {
  /// Makes the self-signed certificate that carries the public key into a TLS handshake.
  ///
  /// Peers pin the key and look at nothing else, so everything in it but the key is constant: it
  /// names no one and does not expire within any clock's reach, right or wrong. It is made anew at
  /// every start and never stored; two of one key differ in their signatures.
  package func certificate() throws -> Certificate {
    let subject = try DistinguishedName { CommonName("kith node") }
    return try Certificate(
      version: .v3,
      serialNumber: Certificate.SerialNumber(bytes: [1]),
      publicKey: Certificate.PublicKey(privateKey.publicKey),
      notValidBefore: Date(timeIntervalSince1970: Self.notBeforeSeconds),
      notValidAfter: Date(timeIntervalSince1970: Self.notAfterSeconds),
      issuer: subject,
      subject: subject,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
      },
      issuerPrivateKey: Certificate.PrivateKey(privateKey))
  }

  /// The DER bytes of a ``certificate()``.
  package func certificateBytes() throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(certificate())
    return serializer.serializedBytes
  }

  /// 1970-01-01T00:00:00Z, in seconds since then.
  private static let notBeforeSeconds = 0.0
  /// 9999-12-31T23:59:59Z in seconds since 1970: "no well-defined expiry" of RFC 5280 §4.1.2.5.
  private static let notAfterSeconds = 253_402_300_799.0
}
