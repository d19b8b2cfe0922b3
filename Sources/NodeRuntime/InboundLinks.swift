import CRDTCore
import Synchronization

/// Counts the links that peers have opened, so that no single key can take all there are.
final class InboundLinks: Sendable {
  /// More than a node needs that dials anew while its lost links have not been noticed yet.
  static let perKeyMax = 8

  private let counts = Mutex<[NodePublicKey: Int]>([:])

  func hasRoom(for key: NodePublicKey) -> Bool {
    counts.withLock { $0[key, default: 0] < Self.perKeyMax }
  }

  /// Counts a link of this key while `body` runs.
  func whileOpen(by key: NodePublicKey, _ body: () async -> Void) async {
    counts.withLock { $0[key, default: 0] += 1 }
    await body()
    counts.withLock { counts in
      counts[key] = counts[key].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
  }
}
