import CRDTCore
import Foundation
import GRDB
import ReplicaStore

/// A node's clock keeps near its wall clock, whatever it hears, and never runs back within a log.
enum ClockCheck {
  /// Looks at the node's latest entry, unless that was looked at before.
  static func run(_ node: SimulatedNode, on replica: Replica) throws {
    try replica.read { snapshot in
      guard let (dot, time) = try snapshot.ownLatest(), dot != node.checkedTip else { return }
      node.checkedTip = dot
      let limit = node.clock.now.milliseconds + Limits.clockDriftMilliseconds + slack
      guard time.wallMilliseconds <= limit else {
        throw Finding(
          .clocks, "\(node.name) writes \(time.wallMilliseconds - limit) ms into the future")
      }
    }
  }

  /// A command may take a moment, and a clock that counts up gains a millisecond in 65,536 entries.
  private static let slack: UInt64 = 1_000
}

extension Snapshot {
  /// This node's latest entry and its time.
  func ownLatest() throws -> (Dot, HybridTimestamp)? {
    let own = try holdings().own
    let row = try Row.fetchOne(
      database, sql: "SELECT sequence, time FROM _replica WHERE id = ? AND sequence > 0",
      arguments: [Data(own.rawValue.bigEndianBytes)])
    return row.map {
      (
        Dot(replica: own, sequence: UInt64(bitPattern: $0["sequence"])),
        HybridTimestamp(packed: UInt64(bitPattern: $0["time"]))
      )
    }
  }
}
