import GRDB
import ReplicaStore
import Testing

@Suite("Durability")
struct DurabilityTests {
  @Test(
    "what is committed survives a power cut: the log of writes is synced before a write returns")
  func synchronous() throws {
    let office = try TestNode.founder()
    let again = try Replica.open(
      at: office.replica.path, schema: TestSchema.schema,
      environment: TestNode.environment(office.signer, office.clock))
    // Sealing waits for no disk; what is written after it does again.
    try office.replica.sealTip()
    for replica in [office.replica, again] {
      let (level, mode) = try replica.write { transaction in
        let database = transaction.snapshot.database
        return (
          try Int.fetchOne(database, sql: "PRAGMA synchronous"),
          try String.fetchOne(database, sql: "PRAGMA journal_mode")
        )
      }
      // 2 is FULL.
      #expect(level == 2)
      #expect(mode == "wal")
    }
  }
}
