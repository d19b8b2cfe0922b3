import CRDTCore
import TestSupport
import Testing

@Suite("NameTable")
struct NameTableTests {
  /// A name's index is part of the format: a change of this digest that is not a longer table breaks
  /// every log there is.
  @Test("the names of the first format stay where they are")
  func appendOnly() throws {
    let first = NameTable.names.prefix(196)
    let digest = Digests.digest(tag: "names", first.map { Array($0.utf8) })
    try GoldenBytes().expect(digest.bytes, in: "name-table", comment: "digest of the first names")
  }

  @Test("names are distinct lower-case words that fit an entry")
  func names() {
    #expect(Set(NameTable.names).count == NameTable.names.count)
    for name in NameTable.names.dropFirst() {
      #expect(name.utf8.count <= Limits.nameBytesMax)
      #expect(name.allSatisfy { $0 == "_" || $0.isLowercase && $0.isASCII }, "\(name)")
      #expect(NameTable.indexes[name].map { NameTable.names[$0] } == name)
    }
  }

  @Test("references tell the table's names from those spelt out")
  func references() {
    #expect(NameReference(staticIndex: 3).staticIndex == 3)
    #expect(NameReference(staticIndex: 3).localIndex == nil)
    #expect(NameReference(localIndex: 3).localIndex == 3)
    #expect(NameReference(localIndex: 3).staticIndex == nil)
    #expect(NameTable.record.rawValue == 0)
  }
}
