import Foundation
import Synchronization

/// Does blocking work for many things, a few at a time, on threads of its own.
///
/// A test that waits for processes on the tasks' threads would hold up every other test.
enum Lanes {
  /// Runs `body` for each element and returns the results in the elements' order.
  ///
  /// - Throws: The first element's error, of those that failed; the others have run all the same.
  static func run<Element: Sendable, Answer: Sendable>(
    _ elements: [Element], width: Int = 2, _ body: @escaping @Sendable (Element) throws -> Answer
  ) async throws -> [Answer] {
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = width
    let outcomes = Outcomes<Answer>(count: elements.count)
    return try await withCheckedThrowingContinuation { continuation in
      for (index, element) in elements.enumerated() {
        queue.addOperation { outcomes.set(Result { try body(element) }, at: index) }
      }
      queue.addBarrierBlock { continuation.resume(with: Result { try outcomes.all() }) }
    }
  }

  private final class Outcomes<Answer: Sendable>: Sendable {
    private let slots: Mutex<[Result<Answer, any Error>?]>

    init(count: Int) { slots = Mutex(Array(repeating: nil, count: count)) }

    func set(_ outcome: Result<Answer, any Error>, at index: Int) {
      slots.withLock { $0[index] = outcome }
    }

    func all() throws -> [Answer] { try slots.withLock { $0 }.compactMap { try $0?.get() } }
  }
}
