import NIOCore
import NIOSSL

extension ConnectionRefusal.Reason {
  /// Reads the reason out of what the TLS handler or the socket reports.
  ///
  /// The library keeps the name of BoringSSL's reason in the text of an error and nowhere else; the
  /// tests hold these names against real handshakes.
  init(handshakeError error: any Error) {
    if let reason = error as? Self {
      self = reason
      return
    }
    guard let tlsError = error as? NIOSSLError else {
      self = error is IOError || error is ChannelError ? .disconnected : .other(detail: "\(error)")
      return
    }
    guard case .handshakeFailed(.sslError(let stack)) = tlsError else {
      self =
        tlsError == .handshakeFailed(.syscallError) ? .disconnected : .other(detail: "\(error)")
      return
    }
    if stack.contains(.eofDuringHandshake) {
      self = .disconnected
      return
    }
    let text = stack.map(\.description).joined(separator: "; ")
    self = Self.named.first { text.contains(":\($0.name) ") }?.reason ?? .other(detail: text)
  }

  private static let named: [(name: String, reason: Self)] = [
    ("PEER_DID_NOT_RETURN_A_CERTIFICATE", .noCertificate),
    ("UNSUPPORTED_PROTOCOL", .versionTooOld),
    ("WRONG_VERSION_NUMBER", .notTLS),
    ("HTTP_REQUEST", .notTLS),
    ("HTTPS_PROXY_REQUEST", .notTLS),
    ("NO_APPLICATION_PROTOCOL", .otherProtocol),
    ("TLSV1_ALERT_NO_APPLICATION_PROTOCOL", .otherProtocol),
    ("TLSV1_ALERT_PROTOCOL_VERSION", .versionTooOld),
    ("SSLV3_ALERT_BAD_CERTIFICATE", .refusedByPeer),
    ("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", .refusedByPeer),
    ("SSLV3_ALERT_CERTIFICATE_REVOKED", .refusedByPeer),
    ("SSLV3_ALERT_CERTIFICATE_EXPIRED", .refusedByPeer),
    ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", .refusedByPeer),
    ("SSLV3_ALERT_HANDSHAKE_FAILURE", .refusedByPeer),
    ("TLSV1_ALERT_UNKNOWN_CA", .refusedByPeer),
    ("TLSV1_ALERT_ACCESS_DENIED", .refusedByPeer),
    ("TLSV1_ALERT_CERTIFICATE_REQUIRED", .refusedByPeer),
  ]
}
