import FuzzTargets
import TestSupport
import Testing

@Suite("Fuzzing corpus")
struct CorpusTests {
  private static let corpusBytesMax = 768 << 10
  private static let inputBytesMax = 16 << 10
  private static let mutationsPerInput = 8

  @Test("every decoder keeps its laws on all that was ever found", arguments: FuzzTarget.allCases)
  func replay(_ target: FuzzTarget) throws {
    let inputs = try Corpus(of: target).inputs
    #expect(inputs.count >= 4)
    for (name, bytes) in inputs {
      #expect(target.violation(of: bytes) == nil, "\(target)/\(name)")
    }
  }

  /// What the fuzzers do without end is done here a few hundred times, so that a decoder that has
  /// lost a check fails in any run of the tests.
  @Test("every decoder keeps its laws on damaged inputs", arguments: FuzzTarget.allCases)
  func mutations(_ target: FuzzTarget) throws {
    let inputs = try Corpus(of: target).inputs
    var random = Seed(1).generator()
    for (name, bytes) in inputs where !bytes.isEmpty {
      for _ in 0..<Self.mutationsPerInput {
        let mutated = Self.mutated(bytes, with: random.choice(inputs).bytes, using: &random)
        guard let violation = target.violation(of: mutated) else { continue }
        Issue.record("\(target)/\(name) as \(Hexadecimal.text(of: mutated)): \(violation)")
      }
    }
  }

  @Test("the corpus stays small")
  func size() throws {
    let sizes = try FuzzTarget.allCases.flatMap { try Corpus(of: $0).inputs.map(\.bytes.count) }
    #expect(sizes.reduce(0, +) <= Self.corpusBytesMax)
    #expect(sizes.allSatisfy { $0 <= Self.inputBytesMax })
  }

  /// A copy with one to three changes: a byte, a bit, a piece cut out, a piece of another input.
  private static func mutated(
    _ bytes: [UInt8], with other: [UInt8], using random: inout SplitMix64
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let start = Int.random(in: bytes.indices, using: &random)
      let end = min(bytes.count, start + Int.random(in: 1...8, using: &random))
      switch Int.random(in: 0...4, using: &random) {
      case 0: bytes[start] = random.choice([0, 1, 0x7F, 0x80, 0xFF])
      case 1: bytes[start] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 2: bytes.removeSubrange(start..<end)
      case 3: bytes.insert(contentsOf: other.dropFirst(start).prefix(8), at: start)
      default: bytes.removeSubrange(end...)
      }
    }
    return bytes
  }
}
