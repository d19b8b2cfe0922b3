import PeerTransport
import ReplicaStore
import ServiceLifecycle
import UnixSignals

extension KithNode {
  package func serve(
    at address: String, onListening: @escaping @Sendable (String) -> Void
  ) async throws {
    guard let peerAddress = PeerAddress(address) else {
      throw NodeFailure.unreadableAddress(address)
    }
    let (replica, key) = (try open().replica, try open().key)
    let log = EventLog()
    let server = NodeServer(
      replica: replica, key: key, schema: schema, limits: limits, address: peerAddress,
      log: log
    ) { [replica] listening in
      var own = (try? replica.peer(key.publicKey)) ?? .init(key: key.publicKey)
      own.address = listening
      do { try replica.save(own) } catch { log.failed(error) }
      onListening(listening)
    }
    // The program alone listens to SIGINT, and cancels this task: were both to, the later one would
    // take the signal for one more.
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
        gracefulShutdownSignals: [.sigterm], logger: log.logger))
    try await group.run()
  }
}
