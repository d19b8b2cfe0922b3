import NIOCore
import Synchronization

/// The connections that one listener or one attempt to dial has open, so that they can be counted
/// and, at the end, closed to the last.
final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var handshaking: Set<ObjectIdentifier> = []
    var isClosed = false
  }

  private let connectionsMax: Int
  private let handshakesMax: Int
  private let state = Mutex(State())

  init(connectionsMax: Int, handshakesMax: Int) {
    self.connectionsMax = connectionsMax
    self.handshakesMax = handshakesMax
  }

  /// Counts a connection, with its handshake ahead, until its channel closes.
  ///
  /// - Returns: Whether there is room for it; if not, the caller closes it.
  func admit(_ channel: any Channel) -> Bool {
    let id = ObjectIdentifier(channel)
    let isAdmitted = state.withLock { state in
      guard
        !state.isClosed, state.channels.count < connectionsMax,
        state.handshaking.count < handshakesMax
      else { return false }
      state.channels[id] = channel
      state.handshaking.insert(id)
      return true
    }
    if isAdmitted { channel.closeFuture.whenComplete { _ in self.remove(id) } }
    return isAdmitted
  }

  /// Stops counting a connection's handshake, which has succeeded.
  func finishHandshake(of channel: any Channel) {
    _ = state.withLock { $0.handshaking.remove(ObjectIdentifier(channel)) }
  }

  /// Begins to close every connection; no more are admitted.
  func closeAll() {
    let channels = state.withLock { state in
      state.isClosed = true
      return Array(state.channels.values)
    }
    for channel in channels { channel.close(promise: nil) }
  }

  private func remove(_ id: ObjectIdentifier) {
    state.withLock { state in
      state.channels[id] = nil
      state.handshaking.remove(id)
    }
  }
}
