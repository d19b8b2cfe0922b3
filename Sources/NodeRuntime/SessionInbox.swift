import SyncEngine
import Synchronization

/// What happens to a session, in one line: frames, changes, deadlines.
///
/// Frames wait to be let in while two are waiting already, so that a session which is busy stops its
/// link, and with it the peer.
final class SessionInbox: Sendable {
  private struct State {
    var inputs: [SyncSession.Input] = []
    var frames = 0
    var reader: CheckedContinuation<SyncSession.Input, Never>?
    var senders: [CheckedContinuation<Void, Never>] = []
  }

  private static let framesMax = 2
  private let state = Mutex(State())

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

  /// Adds a frame, and returns when there is room for the next.
  func put(frame: [UInt8]) async {
    state.withLock { $0.frames += 1 }
    put(.received(frame))
    await withCheckedContinuation { continuation in
      let isRoom = state.withLock { state in
        if state.frames < Self.framesMax { return true }
        state.senders.append(continuation)
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
    if case .received = input { letIn() }
    return input
  }

  /// Lets whoever waits for room go on; called for each frame taken, and when the session is over.
  func letIn(all: Bool = false) {
    let senders = state.withLock { state in
      state.frames = all ? 0 : state.frames - 1
      defer { state.senders = [] }
      return state.senders
    }
    for sender in senders { sender.resume() }
  }
}
