import Dispatch

/// Runs the replica's blocking calls on threads that may block, away from event loops and tasks.
enum BlockingWork {
  private static let queue = DispatchQueue(
    label: "kith.replica", qos: .userInitiated, attributes: .concurrent)

  static func run<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Swift.Result { try body() }) }
    }
  }
}
