import NIOCore
import Synchronization

/// The connections that one listener or one attempt to dial has open, so that they can be counted
/// and, at the end, closed to the last.
final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    /// Those whose handshake is not over, the oldest first.
    var handshaking: [ObjectIdentifier] = []
    /// Those that were closed to make room, until somebody has asked.
    var displaced: Set<ObjectIdentifier> = []
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
  /// Where there is no room left it takes the place of the oldest handshake in progress, whose
  /// channel is closed: an honest handshake is over soon, and who holds out has nothing to say.
  ///
  /// - Returns: Whether there is room for it; if not, the caller closes it.
  func admit(_ channel: any Channel) -> Bool {
    let id = ObjectIdentifier(channel)
    let (isAdmitted, displaced) = state.withLock { state -> (Bool, (any Channel)?) in
      guard !state.isClosed else { return (false, nil) }
      var displaced: (any Channel)?
      if state.channels.count >= connectionsMax || state.handshaking.count >= handshakesMax {
        guard let oldest = state.handshaking.first else { return (false, nil) }
        state.handshaking.removeFirst()
        state.displaced.insert(oldest)
        displaced = state.channels.removeValue(forKey: oldest)
      }
      state.channels[id] = channel
      state.handshaking.append(id)
      return (true, displaced)
    }
    displaced?.close(promise: nil)
    if isAdmitted { channel.closeFuture.whenComplete { _ in self.remove(id) } }
    return isAdmitted
  }

  /// Whether a connection was closed to make room for another; asked once of each that failed.
  func wasDisplaced(_ channel: any Channel) -> Bool {
    state.withLock { $0.displaced.remove(ObjectIdentifier(channel)) != nil }
  }

  /// Stops counting a connection's handshake, which has succeeded.
  func finishHandshake(of channel: any Channel) {
    let id = ObjectIdentifier(channel)
    state.withLock { state in
      state.handshaking.removeAll { $0 == id }
      state.displaced.remove(id)
    }
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
      state.handshaking.removeAll { $0 == id }
    }
  }
}
