import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

@Suite("The next free number")
struct NextNumberTests {
  @Test(
    "it follows in the style of the one before, past those that are taken, deleted ones too",
    arguments: [
      ("P-220", "P-222"), ("P-099", "P-100"), ("P-009", "P-010"), ("42", "43"), ("A", "A-2"),
      ("2026-QT-K7-0012", "2026-QT-K7-0013"), ("X9b", "X9b-2"),
      ("N99999999999999999999", "N999991000000000000000"),
    ])
  func style(before: String, next: String) throws {
    let office = try TestOffice()
    let product = office.entity("product")
    let code = try #require(product.field(named: "code"))
    let id = try office.replica.write {
      try $0.create("product", [FieldChange("code", .set(.text("P-221")))])
    }
    try office.replica.write { transaction in
      let basis = try transaction.snapshot.record("product", id)?.basis ?? Basis()
      try transaction.delete("product", id, basis: basis)
    }
    let found = try office.replica.read {
      try NextNumber.free(after: before, code, of: product, in: $0.database)
    }
    #expect(found == next)
  }
}
