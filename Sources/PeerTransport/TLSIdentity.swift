import Crypto
import NIOCore
import NIOSSL

/// What a node shows and demands in TLS; made once per key and shared by all its connections.
struct TLSIdentity: Sendable {
  /// Offered by the dialling side, chosen by the listening side and checked by both (ALPN).
  static let applicationProtocol = "kith/1"

  /// Serves both sides: each presents the same certificate and demands the other's.
  let context: NIOSSLContext

  init(key: NodeKey, limits: TransportLimits) throws(TransportError) {
    do {
      let certificate = try NIOSSLCertificate(bytes: key.certificateBytes(), format: .der)
      let privateKey = try NIOSSLPrivateKey(
        bytes: Array(key.privateKey.pemRepresentation.utf8), format: .pem)
      // The trust roots are empty because no authority is trusted: `HandshakeHandler` decides in
      // the library's stead, and should it ever not be asked, every certificate fails.
      var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
        certificateChain: [.certificate(certificate)], privateKey: .privateKey(privateKey),
        trustRoots: .certificates([]))
      configuration.minimumTLSVersion = .tlsv13
      configuration.maximumTLSVersion = .tlsv13
      configuration.applicationProtocols = [Self.applicationProtocol]
      configuration.shutdownTimeout = TimeAmount(limits.closeTimeout)
      context = try NIOSSLContext(configuration: configuration)
    } catch {
      throw .keyUnusable(reason: "\(error)")
    }
  }
}
