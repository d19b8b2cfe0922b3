import CRDTCore
import SimulationKit
import SyncEngine
import Testing

@Suite("Bounded memory")
struct MemoryCheckTests {
  private static let limits = SessionLimits(creditBytes: 4 << 10)

  private func batch(_ number: UInt64, byteCount: Int) -> [UInt8] {
    SyncMessage.entries(number: number, batch: [UInt8](repeating: 0, count: byteCount)).encoded
  }

  @Test("batches within the credit may wait, and one alone of any length")
  func within() throws {
    var check = MemoryCheck(Self.limits)
    try check.received(batch(1, byteCount: 2_000))
    try check.received(batch(2, byteCount: 2_000))
    check.applied()
    check.applied()
    try check.received(batch(3, byteCount: 100_000))
  }

  @Test("what waits beyond the credit is a finding")
  func waiting() throws {
    var check = MemoryCheck(Self.limits)
    try check.received(batch(1, byteCount: 3_000))
    #expect(throws: Finding.self) { try check.received(batch(2, byteCount: 3_000)) }
  }

  @Test("tiny batches count for as much as they take of the credit")
  func tiny() throws {
    var check = MemoryCheck(Self.limits)
    for number in UInt64(1)...4 { try check.received(batch(number, byteCount: 1)) }
    #expect(throws: Finding.self) { try check.received(batch(5, byteCount: 1)) }
  }

  @Test("what is sent and not acknowledged is a finding beyond the credit")
  func sent() throws {
    var check = MemoryCheck(Self.limits)
    try check.sent(batch(1, byteCount: 3_000))
    try check.received(SyncMessage.ack(upTo: 1, holds: VersionVector()).encoded)
    try check.sent(batch(2, byteCount: 3_000))
    #expect(throws: Finding.self) { try check.sent(batch(3, byteCount: 3_000)) }
  }
}
