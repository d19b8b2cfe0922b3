import CRDTCore
import TestSupport
import Testing

/// Payloads that a careless or hostile author could send: each has one fault, and is refused.
@Suite("Payload canon")
struct PayloadCanonTests {
  private let author = ReplicaID(rawValue: 2)
  private let name: UInt8 = 1 << 1
  private let account: UInt8 = 2 << 1
  private let noValues = [UInt8](repeating: 0, count: Payload.saltByteCount + 1)

  @Test("the payload that the others here differ from is taken")
  func accepted() throws {
    let payload = try decode([0, 0, 0, 1] + record(account, 1, [[name, 0x01]]))
    #expect(payload.records.count == 1)
    #expect(payload.writes == [FieldWrite(field: .init(rawValue: 2), change: .register(.null))])
  }

  @Test("records are in strictly rising order of kind and id")
  func recordOrder() {
    let write: [[UInt8]] = [[name, 0x01]]
    expectRefused([0, 0, 0, 2] + record(account, 2, write) + record(account, 1, write))
    expectRefused([0, 0, 0, 2] + record(account, 1, write) + record(account, 1, write))
    expectRefused([0, 0, 0, 2] + record(account, 1, write) + record(name, 2, write))
  }

  @Test("a record's writes are in strictly rising order of field and element")
  func writeOrder() {
    expectRefused([0, 0, 0, 1] + record(account, 1, [[4, 0x01], [2, 0x01]]))
    expectRefused([0, 0, 0, 1] + record(account, 1, [[2, 0x01], [2, 0x01]]))
    expectRefused(
      [0, 0, 0, 1] + record(account, 1, [element(9, isPresent: 1), element(8, isPresent: 1)]))
    expectRefused(
      [0, 0, 0, 1] + record(account, 1, [element(9, isPresent: 1), element(9, isPresent: 0)]))
  }

  @Test("a record without writes is refused")
  func emptyRecord() {
    expectRefused([0, 0, 0, 1] + record(account, 1, []))
    expectRefused([0, 0, 0, 1, account] + RecordID(rawValue: 1).rawValue.bigEndianBytes + [1, 1])
  }

  @Test("heads that are equal are written once, and only those")
  func uniformHeads() {
    let start = [0, 0, 0, 1, account] + RecordID(rawValue: 1).rawValue.bigEndianBytes
    #expect(throws: Never.self) { try decode(start + [5, 0x01, 2, 4]) }
    expectRefused(start + [4, 2, 0x01, 4, 0x01])
    expectRefused(start + [2, 2, 0x01])
    #expect(throws: Never.self) { try decode(start + [4, 2, 0x01, 4, 0x42, 1, 2]) }
  }

  @Test("replaced dots are in strictly rising order and begin at sequence 1")
  func dots() {
    func replacing(_ dots: [UInt8]) -> [UInt8] {
      [0, 0, 0, 1] + record(account, 1, [[name, 0x11] + dots])
    }
    #expect(throws: Never.self) { try decode(replacing([2, 0, 1, 0, 2])) }
    expectRefused(replacing([0]))
    expectRefused(replacing([1, 0, 0]))
    expectRefused(replacing([1, 1, 1]))
    expectRefused(replacing([2, 0, 2, 0, 1]))
    expectRefused(replacing([2, 0, 1, 0, 1]))
    expectRefused(replacing([1, 0] + [UInt8](repeating: 0xFF, count: 9) + [1]))
  }

  @Test("the table of replicas is in order, without the author, and used")
  func replicaTable() {
    func naming(_ replicas: [UInt128], dots: [UInt8]) -> [UInt8] {
      [UInt8(replicas.count)] + replicas.flatMap(\.bigEndianBytes) + [0, 0, 1]
        + record(account, 1, [[name, 0x11] + dots])
    }
    #expect(throws: Never.self) { try decode(naming([1, 3], dots: [2, 1, 1, 2, 1])) }
    expectRefused(naming([3, 1], dots: [2, 2, 1, 1, 1]))
    expectRefused(naming([1, 2], dots: [2, 1, 1, 2, 1]))
    expectRefused(naming([1, 1], dots: [1, 1, 1]))
    expectRefused(naming([1, 3], dots: [1, 1, 1]))
  }

  @Test("names are spelt out once, are not empty, and do not compete with the static table")
  func names() {
    func spelling(_ names: [String], _ writes: [[UInt8]]) -> [UInt8] {
      let spelt: [UInt8] = names.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
      return [0, UInt8(names.count)] + spelt + [0, 1] + record(account, 1, writes)
    }
    #expect(throws: Never.self) { try decode(spelling(["x", "y"], [[1, 0x01], [3, 0x01]])) }
    #expect(throws: Never.self) { try decode(spelling(["name"], [[1, 0x01]])) }
    expectRefused(spelling(["x", "x"], [[1, 0x01], [3, 0x01]]))
    expectRefused(spelling([""], [[1, 0x01]]))
    expectRefused(spelling(["name"], [[1, 0x01], [2, 0x01]]))
    expectRefused(spelling([], [[1, 0x01]]))
    expectRefused(spelling([String(repeating: "x", count: 65)], [[1, 0x01]]))
  }

  @Test("the record itself is the field of lifecycle writes and of no others, and no kind")
  func recordField() {
    #expect(throws: Never.self) {
      try decode([0, 0, 0, 1] + record(account, 1, [[0, 0x44, 1, 1]]))
    }
    expectRefused([0, 0, 0, 1] + record(account, 1, [[0, 0x01]]))
    expectRefused([0, 0, 0, 1] + record(account, 1, [[name, 0x44, 1, 1]]))
    expectRefused([0, 0, 0, 1] + record(0, 1, [[name, 0x01]]))
  }

  @Test(
    "a write has the body and value of its kind and nothing else",
    arguments: [
      [0x42],  // a counter without its increment
      [0x42, 2, 0x80, 0],  // an increment longer than needed
      [0x42, 2, 2, 2],  // more than an increment
      [0x02],  // a counter without a body
      [0x43, 1, 1],  // an element without its key
      [0x44, 1, 2],  // neither delete nor restore
      [0x21, 1, 0, 1],  // a register with touches
      [0x41, 2, 1, 0],  // sides without a value
    ] as [[UInt8]])
  func bodies(write: [UInt8]) {
    expectRefused([0, 0, 0, 1] + record(account, 1, [[write[0] & 0x0F == 4 ? 0 : name] + write]))
  }

  @Test("values are those that the structure asks for")
  func values() {
    let structure: [UInt8] = [0, 0, 0, 1] + record(account, 1, [[name, 0x81]])
    #expect(throws: Never.self) { try decode(structure, values: noValues + [1]) }
    expectRefused(structure, values: noValues)
    expectRefused(structure, values: noValues + [1, 1])
    // A register that is cleared carries no value.
    expectRefused(structure, values: noValues + [0])
    expectRefused(structure, values: [UInt8](repeating: 0, count: 16) + [4, 1])
  }

  @Test("an element lies under the key of its value, and a reference is its own")
  func elementKeys() {
    let key = ElementKey(of: .text("a")).rawValue.bigEndianBytes
    let write = [name, 0xC3, 17, 1]
    #expect(throws: Never.self) {
      try decode(
        [0, 0, 0, 1] + record(account, 1, [write + key]), values: noValues + [0x81, 0x61])
    }
    expectRefused(
      [0, 0, 0, 1] + record(account, 1, [write + key]), values: noValues + [0x81, 0x62])
    let id = RecordID(rawValue: 9).rawValue.bigEndianBytes
    expectRefused([0, 0, 0, 1] + record(account, 1, [write + id]), values: noValues + [9] + id)
  }

  @Test("counts beyond what the bytes can hold cost no memory")
  func hostileCounts() {
    let huge: [UInt8] = [0x90, 0x4E]
    expectRefused([0, 0, 0] + huge)
    expectRefused([0] + huge)
    expectRefused(huge)
    // Ten thousand records are announced and ten thousand writes of the first: the bytes are there.
    let padding = [UInt8](repeating: 0, count: 200_000)
    expectRefused(
      [0, 0, 0] + huge + [account] + RecordID(rawValue: 1).rawValue.bigEndianBytes + huge + padding)
  }

  private func decode(_ structure: [UInt8], values: [UInt8]? = nil) throws -> Payload {
    var writer = ByteWriter()
    writer.write(prefixed: [0] + structure)
    writer.write(bytes: [0] + (values ?? noValues))
    return try Payload(decoding: PayloadBytes(bytes: writer.bytes), author: author)
  }

  private func expectRefused(
    _ structure: [UInt8], values: [UInt8]? = nil, at location: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: MalformedBytes.self, sourceLocation: location) {
      try decode(structure, values: values)
    }
  }

  /// A record whose writes are given as field, head and the rest; equal heads are written once.
  private func record(_ kind: UInt8, _ id: UInt128, _ writes: [[UInt8]]) -> [UInt8] {
    let isUniform = Set(writes.map { $0[1] }).count == 1
    let shape = UInt8(writes.count) << 1 | (isUniform ? 1 : 0)
    let shared = isUniform ? [writes[0][1]] : []
    return [kind] + RecordID(rawValue: id).rawValue.bigEndianBytes + [shape] + shared
      + writes.flatMap { isUniform ? [$0[0]] + $0[2...] : $0 }
  }

  private func element(_ id: UInt128, isPresent: UInt8) -> [UInt8] {
    [name, 0x43, 17, isPresent] + RecordID(rawValue: id).rawValue.bigEndianBytes
  }
}
