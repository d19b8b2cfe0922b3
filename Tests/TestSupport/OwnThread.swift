import Foundation

/// Runs a blocking call on a thread of its own; what it finds wrong is told as the running test's.
///
/// Tests share two or three threads for their tasks; one that blocks there holds up all others,
/// beyond the time limits of whatever these are connected to.
package func onOwnThread<Answer: Sendable, Failure: Error>(
  _ call: @escaping @Sendable () throws(Failure) -> Answer
) async throws(Failure) -> Answer {
  let outcome = await withTaskExecutorPreference(OwnThreads()) { Result(catching: call) }
  return try outcome.get()
}

/// Runs each part of a task on a thread of its own.
private final class OwnThreads: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
