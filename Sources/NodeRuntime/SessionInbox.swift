import SyncEngine
import Synchronization

/// What happens to a session, in one line: frames, answers, changes, deadlines.
///
/// A frame waits to be let in while two are waiting already: what a peer sends faster than the
/// session takes it stays in the link, which stops reading, and does not pile up here. The session
/// takes frames while the desk is at work; what waits for the desk is bounded by its credit.
final class SessionInbox: Sendable {
  private struct State {
    var inputs: [SyncSession.Input] = []
    var frames = 0
    var isClosed = false
    var reader: CheckedContinuation<SyncSession.Input, Never>?
    var sender: CheckedContinuation<Void, Never>?
  }

  private static let framesMax = 2
  private let state = Mutex(State())

  /// What has not been taken.
  var left: [SyncSession.Input] { state.withLock { $0.inputs } }

  /// Adds an input that is never held back; of several changes the last one counts.
  func put(_ input: SyncSession.Input) {
    let reader = state.withLock { state -> CheckedContinuation<SyncSession.Input, Never>? in
      if let reader = state.reader {
        state.reader = nil
        return reader
      }
      if case .localChanged = input {
        state.inputs.removeAll { if case .localChanged = $0 { true } else { false } }
      }
      state.inputs.append(input)
      return nil
    }
    reader?.resume(returning: input)
  }

  /// Adds a frame, and returns when there is room for the next; one task alone may do this.
  func put(frame: [UInt8]) async {
    state.withLock { $0.frames += 1 }
    put(.received(frame))
    await withCheckedContinuation { continuation in
      let isRoom = state.withLock { state in
        if state.isClosed || state.frames < Self.framesMax { return true }
        state.sender = continuation
        return false
      }
      if isRoom { continuation.resume() }
    }
  }

  /// Waits for the next input.
  func next() async -> SyncSession.Input {
    let input = await withCheckedContinuation { continuation in
      let ready = state.withLock { state -> SyncSession.Input? in
        guard state.inputs.isEmpty else { return state.inputs.removeFirst() }
        state.reader = continuation
        return nil
      }
      if let ready { continuation.resume(returning: ready) }
    }
    if case .received = input { letIn { $0.frames -= 1 } }
    return input
  }

  /// Lets whoever brings frames go on, since nobody takes any more.
  func close() { letIn { $0.isClosed = true } }

  private func letIn(_ change: (inout State) -> Void) {
    let sender = state.withLock { state in
      change(&state)
      defer { state.sender = nil }
      return state.sender
    }
    sender?.resume()
  }
}
