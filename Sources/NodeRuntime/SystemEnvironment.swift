package import CRDTCore
import Foundation
package import ReplicaStore
package import SyncEngine
import Synchronization

/// The machine's clocks and randomness; the only file that reads either.
package enum SystemEnvironment {
  /// What the machine's clock says.
  package static let now: @Sendable () -> WallTime = {
    WallTime(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
  }

  /// That many random bytes, from the system's generator.
  package static let random: @Sendable (_ byteCount: Int) -> [UInt8] = { byteCount in
    pool.withLock { $0.take(byteCount) }
  }

  /// Time that never runs backwards, counted from when the program first asked.
  package static func monotonicNow() -> MonotonicInstant {
    MonotonicInstant(elapsed: start.duration(to: .now))
  }

  /// What the replica at `path` needs of the machine.
  package static func replica(
    at path: String, signer: any EntrySigner,
    onRenewal: @escaping @Sendable (RenewalReason) -> Void = { _ in }
  ) -> ReplicaEnvironment {
    ReplicaEnvironment(
      now: now, random: random, signer: signer, token: TokenFile(path: path + ".token"),
      onRenewal: onRenewal)
  }

  private static let start = ContinuousClock.now
  private static let pool = Mutex(RandomPool())

  /// Random bytes drawn ahead: one call to the system for many ids.
  private struct RandomPool {
    private static let drawnByteCount = 4_096
    private var bytes: ArraySlice<UInt8> = []

    mutating func take(_ count: Int) -> [UInt8] {
      if bytes.count < count {
        let drawnByteCount = max(count, Self.drawnByteCount)
        bytes =
          [UInt8](unsafeUninitializedCapacity: drawnByteCount) { buffer, count in
            if let start = buffer.baseAddress { arc4random_buf(start, buffer.count) }
            count = buffer.count
          }[...]
      }
      defer { bytes.removeFirst(count) }
      return Array(bytes.prefix(count))
    }
  }
}
