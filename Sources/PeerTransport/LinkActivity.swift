import Synchronization

/// Whether a frame that takes long has got any further, on one link.
///
/// Frames that arrive or leave at once do not count: whoever asks hears of those by themselves.
package final class LinkActivity: Sendable {
  private let hasMoved = Atomic(false)

  package init() {}

  /// Takes note that bytes of an unfinished frame have come, or of a waiting one have left.
  func note() { hasMoved.store(true, ordering: .relaxed) }

  /// Whether that has happened since this was last asked.
  package func take() -> Bool { hasMoved.exchange(false, ordering: .relaxed) }
}
