import CRDTCore
import Foundation
import PeerTransport
import TestSupport
import Testing

/// A listener on loopback, for as long as one test needs it.
struct Loopback: Sendable {
  var key = NodeKey.generate()
  var limits = TransportLimits()
  var judge: PeerTrust.Judge = { _ in .known }

  /// What a test sees of the listener.
  struct Site: Sendable {
    let threads: TransportThreads
    let socket: ListeningSocket
    let refusals: AsyncStream<ConnectionRefusal>

    var address: PeerAddress { socket.address }

    func dialer(
      _ key: NodeKey = .generate(), limits: TransportLimits = TransportLimits()
    ) throws -> PeerDialer {
      try PeerDialer(key: key, threads: threads, limits: limits)
    }

    /// Waits for the next refusal.
    func nextRefusal() async -> ConnectionRefusal.Reason? {
      for await refusal in refusals { return refusal.reason }
      return nil
    }
  }

  /// Listens, with every link handled by `onLink`, until `body` has returned or thrown.
  @discardableResult
  func run<Result: Sendable>(
    onLink: @escaping @Sendable (PeerLink) async -> Void,
    _ body: (Site) async throws -> Result
  ) async throws -> Result {
    try await TransportThreads.run { threads in
      let (refusals, refusal) = AsyncStream.makeStream(of: ConnectionRefusal.self)
      let (sockets, listening) = AsyncStream.makeStream(of: ListeningSocket.self)
      let listener = try PeerListener(
        key: key, threads: threads, limits: limits, judge: judge,
        onRefusal: { refusal.yield($0) })
      return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
          defer { listening.finish() }
          try await listener.run(
            at: PeerAddress(host: "127.0.0.1", port: 0), onListening: { listening.yield($0) },
            onLink: onLink)
        }
        var iterator = sockets.makeAsyncIterator()
        let socket = try #require(await iterator.next())
        let result = try await body(Site(threads: threads, socket: socket, refusals: refusals))
        tasks.cancelAll()
        try await tasks.waitForAll()
        return result
      }
    }
  }
}

extension PeerExpectation {
  /// For tests in which it does not matter who answers.
  static var anyone: Self { .trusted(by: { _ in .known }) }
}

extension RawSocket {
  /// Lends a socket connected to an address on loopback to `body` and closes it.
  @discardableResult
  static func withConnection<Result>(
    to address: PeerAddress, _ body: (RawSocket) async throws -> Result
  ) async throws -> Result {
    try await withConnection(toPort: address.port, body)
  }

  /// Lends a socket that listens, but whose connections nobody takes, to `body`.
  @discardableResult
  static func withListenerAddress<Result>(
    _ body: (RawSocket, PeerAddress) async throws -> Result
  ) async throws -> Result {
    try await withListener { try await body($0, PeerAddress(host: "127.0.0.1", port: $1)) }
  }
}

/// Sends back every frame until the link ends, however it does.
@Sendable func echo(_ link: PeerLink) async {
  _ = try? await { for try await frame in link.frames { try await link.send(frame) } }()
}

/// Records how the frames of a link end: with `nil` in good order, otherwise with an error.
@Sendable func ending(of link: PeerLink) async -> TransportError? {
  do {
    for try await _ in link.frames {}
    return nil
  } catch {
    return error as? TransportError
  }
}

/// Makes an empty folder that the caller removes.
func makeScratchFolder() throws -> String {
  let folder = FileManager.default.temporaryDirectory.path + "/kith-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
  return folder
}

/// Lends an empty folder to `body` and removes it.
func withScratchFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = try makeScratchFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// Lends an empty folder to `body` and removes it.
func withScratchFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let folder = try makeScratchFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}
