package import CRDTCore
import Crypto
package import PeerTransport

/// What an invitation code says: where to go, whom to expect there, and the secret to prove.
///
/// Written as `kith-` and base 32 of: version (1 byte), fingerprint (32), secret (16), end in Unix
/// milliseconds (6), address in UTF-8, and two bytes of a digest that catches typing errors.
package struct InviteText: Hashable, Sendable {
  package let address: PeerAddress
  package let fingerprint: [UInt8]
  package let secret: [UInt8]
  package let expires: WallTime

  private static let prefix = "kith-"
  private static let version: UInt8 = 1
  private static let headByteCount = 55

  package init(address: PeerAddress, fingerprint: [UInt8], secret: [UInt8], expires: WallTime) {
    self.address = address
    self.fingerprint = fingerprint
    self.secret = secret
    self.expires = expires
  }

  /// Reads a code; `nil` if it is none or was mistyped.
  package init?(_ code: String) {
    guard code.hasPrefix(Self.prefix),
      let bytes = Base32.bytes(from: code.dropFirst(Self.prefix.count)),
      bytes.count > Self.headByteCount + 2, bytes[0] == Self.version,
      Array(bytes.suffix(2)) == Self.checksum(of: bytes.dropLast(2)),
      let address = String(
        validating: bytes[Self.headByteCount..<(bytes.count - 2)], as: UTF8.self
      ).flatMap(PeerAddress.init)
    else { return nil }
    self.init(
      address: address, fingerprint: Array(bytes[1..<33]), secret: Array(bytes[33..<49]),
      expires: WallTime(milliseconds: bytes[49..<55].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
  }

  package var code: String {
    var bytes = [Self.version] + fingerprint + secret
    bytes += withUnsafeBytes(of: expires.milliseconds.bigEndian) { Array($0.suffix(6)) }
    bytes += Array(address.description.utf8)
    return Self.prefix + Base32.text(of: bytes + Self.checksum(of: bytes[...]))
  }

  private static func checksum(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(Digests.digest(tag: "kith/code/1", [Array(bytes)]).bytes.prefix(2))
  }

  /// What the one who joins proves: HMAC-SHA256 of both keys under the secret.
  static func proof(
    secret: [UInt8], inviter: NodePublicKey, joiner: NodePublicKey
  ) -> [UInt8] {
    var hmac = HMAC<SHA256>(key: SymmetricKey(data: secret))
    hmac.update(data: Array("kith/join/1".utf8) + [0] + inviter.bytes + joiner.bytes)
    return Array(hmac.finalize())
  }

  /// Whether `proof` was made from `secret` for these keys; takes the same time either way.
  static func isProof(
    _ proof: [UInt8], secret: [UInt8], inviter: NodePublicKey, joiner: NodePublicKey
  ) -> Bool {
    let message = Array("kith/join/1".utf8) + [0] + inviter.bytes + joiner.bytes
    return HMAC<SHA256>.isValidAuthenticationCode(
      proof, authenticating: message, using: SymmetricKey(data: secret))
  }
}
