import NIOCore
import NIOPosix

/// The event loops that the transport's sockets run on.
///
/// A node talks to a few peers at a time and does its work elsewhere, so one or two threads do.
package struct TransportThreads: Sendable {
  let group: MultiThreadedEventLoopGroup

  /// Lends event loops to `body` and ends them when it has returned or thrown.
  ///
  /// Every listener and dialer that uses them must have returned by then.
  package static func run<Result: Sendable>(
    count: Int = 1, _ body: (TransportThreads) async throws -> Result
  ) async throws -> Result {
    precondition((1...2).contains(count), "The transport runs on one or two threads.")
    let threads = TransportThreads(group: MultiThreadedEventLoopGroup(numberOfThreads: count))
    do {
      let result = try await body(threads)
      try await threads.group.shutdownGracefully()
      return result
    } catch {
      try? await threads.group.shutdownGracefully()
      throw error
    }
  }
}
