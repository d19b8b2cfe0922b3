import Foundation

/// Runs a blocking call on a thread of its own.
///
/// Tests share two or three threads for their tasks; one that blocks there holds up all others,
/// beyond the time limits of whatever these are connected to.
package func onOwnThread<Answer: Sendable, Failure: Error>(
  _ call: @escaping @Sendable () throws(Failure) -> Answer
) async throws(Failure) -> Answer {
  let outcome = await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: Result(catching: call)) }
  }
  return try outcome.get()
}
