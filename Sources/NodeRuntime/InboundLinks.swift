import CRDTCore
import Synchronization

/// Counts the links that peers have opened, so that no single key can take all there are.
final class InboundLinks: Sendable {
  /// More than a node needs that dials anew while its lost links have not been noticed yet.
  static let perKeyMax = 8

  private let counts = Mutex<[NodePublicKey: Int]>([:])

  static let refusal = "it has \(perKeyMax) connections open already"

  /// Whether another link of this key would be taken now; it may no longer be once it is up.
  func hasRoom(for key: NodePublicKey) -> Bool {
    counts.withLock { $0[key, default: 0] < Self.perKeyMax }
  }

  /// Runs `body` and counts a link of this key meanwhile; if there is no room, only says so.
  func whileOpen(by key: NodePublicKey, _ body: () async -> Void) async -> Bool {
    let isTaken = counts.withLock { counts in
      guard counts[key, default: 0] < Self.perKeyMax else { return false }
      counts[key, default: 0] += 1
      return true
    }
    guard isTaken else { return false }
    await body()
    counts.withLock { counts in
      counts[key] = counts[key].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
    return true
  }
}
