import Crypto
import Foundation

/// What has happened, in order: a digest of all of it, and the last of it in words.
///
/// Two runs of one seed have one digest.
package final class Trace {
  /// One thing that happened.
  package struct Event: Hashable, Sendable {
    /// When.
    package let time: VirtualTime
    /// To whom; empty if to no node.
    package let node: String
    /// What.
    package let text: String
  }

  private var hasher = SHA256()
  private var latest: [Event] = []
  private let onEvent: ((Event) -> Void)?
  private static let latestMax = 4_000

  /// Makes an empty trace; `onEvent` hears of each event.
  package init(onEvent: ((Event) -> Void)? = nil) { self.onEvent = onEvent }

  func note(_ event: Event) {
    hasher.update(data: Data("\(event.time.milliseconds) \(event.node) \(event.text)\n".utf8))
    if latest.count == Self.latestMax { latest.removeFirst(Self.latestMax / 2) }
    latest.append(event)
    onEvent?(event)
  }

  /// The digest, as hexadecimal text.
  package var digest: String {
    var copy = hasher
    copy.update(data: Data())
    return copy.finalize().map { String(format: "%02x", $0) }.joined()
  }

  /// The last events of some nodes, and those of none.
  package func latest(_ count: Int, of nodes: Set<String>) -> [Event] {
    Array(
      latest.filter { nodes.isEmpty || $0.node.isEmpty || nodes.contains($0.node) }
        .suffix(count))
  }
}
