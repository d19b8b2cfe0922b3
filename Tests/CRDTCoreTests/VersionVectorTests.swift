import CRDTCore
import TestSupport
import Testing

@Suite("VersionVector")
struct VersionVectorTests {
  @Test("merge is commutative, associative and idempotent", arguments: Seed.all)
  func mergeLaws(_ seed: Seed) {
    var random = seed.generator()
    let a = VersionVector.random(using: &random)
    let b = VersionVector.random(using: &random)
    let c = VersionVector.random(using: &random)

    #expect(a.merged(with: b) == b.merged(with: a))
    #expect(a.merged(with: b).merged(with: c) == a.merged(with: b.merged(with: c)))
    #expect(a.merged(with: a) == a)
    #expect(a.merged(with: b).covers(a))
  }

  @Test("a vector covers just the dots up to each replica's sequence", arguments: Seed.all)
  func covering(_ seed: Seed) {
    var random = seed.generator()
    let vector = VersionVector.random(using: &random)
    let dot = Dot.random(using: &random)
    #expect(vector.covers(dot) == (dot.sequence <= vector[dot.replica]))
    #expect(vector.merged(with: VersionVector([dot])).covers(dot))
    #expect(vector.entryCount == vector.dots.reduce(0) { $0 + $1.sequence })
  }

  @Test("what is ahead is exactly what the other lacks", arguments: Seed.all)
  func ahead(_ seed: Seed) {
    var random = seed.generator()
    let mine = VersionVector.random(using: &random)
    let theirs = VersionVector.random(using: &random)
    let ahead = mine.ahead(of: theirs)
    #expect(ahead == ahead.sorted())
    #expect(ahead.isEmpty == theirs.covers(mine))
    #expect(theirs.merged(with: VersionVector(ahead)) == theirs.merged(with: mine))
  }

  @Test("the encoding is one, and survives damage", arguments: Seed.all)
  func codec(_ seed: Seed) {
    var random = seed.generator()
    var writer = ByteWriter()
    writer.write(vector: .random(using: &random))
    #expect(
      CRDTLaws.violation(ofDecoding: writer.bytes) { bytes in
        reencoded(bytes, { try $0.readVector() }, { $0.write(vector: $1) })
      } == nil)
  }

  @Test("more replicas than allowed are refused")
  func limit() {
    var writer = ByteWriter()
    writer.write(
      vector: VersionVector((1...3).map { Dot(replica: .init(rawValue: $0), sequence: 1) }))
    var reader = ByteReader(writer.bytes)
    #expect(throws: MalformedBytes.self) { try reader.readVector(max: 2) }
  }

  @Test("a sequence that could overflow is refused")
  func sequenceLimit() {
    var writer = ByteWriter()
    writer.write(count: 1)
    writer.write(fixed: UInt128(1))
    writer.write(varint: UInt64.max)
    var reader = ByteReader(writer.bytes)
    #expect(throws: MalformedBytes.self) { try reader.readVector() }
  }
}

extension VersionVector {
  fileprivate func merged(with other: Self) -> Self {
    var result = self
    result.merge(other)
    return result
  }
}
