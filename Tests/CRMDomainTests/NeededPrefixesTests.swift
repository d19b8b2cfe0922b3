import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

@Suite("NeededPrefixes")
struct NeededPrefixesTests {
  /// An id whose short text is this, read as base 32.
  private func id(_ short: String) throws -> RecordID {
    RecordID(rawValue: try #require(Base32.number(from: String(repeating: "0", count: 13) + short)))
  }

  @Test(
    "as many characters as tell an id from every other of its kind, deleted ones too, at least four"
  )
  func lengths() throws {
    let office = try TestOffice()
    let deal = office.entity("deal")
    let ids = try ["7h2k000000000", "7h2k100000000", "7h2m000000000", "8000000000000"].map(id)
    try office.replica.write { transaction in
      for id in ids {
        try transaction.create("deal", id: id, [FieldChange("name", .set(.text("Pump")))])
      }
      // Another kind's ids begin with another letter.
      try transaction.create(
        "account", id: try id("8000000000001"), [FieldChange("name", .set(.text("Acme")))])
    }
    func lengths() throws -> [Int] {
      try office.replica.read { snapshot in
        let needed = try NeededPrefixes(of: ids, deal, in: snapshot.database)
        return ids.map { needed[$0] }
      }
    }
    #expect(try lengths() == [5, 5, 4, 4])
    try office.replica.write { transaction in
      let state = try #require(try transaction.snapshot.record("deal", ids[0]))
      try transaction.delete("deal", ids[0], basis: state.basis)
    }
    #expect(try lengths() == [5, 5, 4, 4])
    let alone = try office.replica.read { snapshot in
      try NeededPrefixes(of: [ids[1]], deal, in: snapshot.database)[ids[1]]
    }
    #expect(alone == 5)
  }
}
