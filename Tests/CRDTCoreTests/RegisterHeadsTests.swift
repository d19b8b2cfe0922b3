import CRDTCore
import TestSupport
import Testing

@Suite("RegisterHeads")
struct RegisterHeadsTests {
  /// Half of the writes name what their author saw when it wrote; the others what it had read some
  /// time before, as a form that was open during a sync does.
  @Test("any causal order ends in the writes that no write replaces", arguments: Seed.all)
  func convergence(_ seed: Seed) {
    var random = seed.generator()
    let history = RegisterWrite.history(using: &random)
    let expected = RegisterWrite.heads(among: history.events)
    #expect(
      CRDTLaws.violation(
        of: history, expected: RegisterHeads(heads: expected), from: RegisterHeads(),
        using: &random, resumed: { RegisterHeads(heads: $0.heads.reversed()) },
        apply: { $0.apply($1.head, replacing: $1.write.replaces) }) == nil)
  }

  @Test("nothing leaves the heads but by a write that names it", arguments: Seed.all)
  func nothingIsLost(_ seed: Seed) {
    var random = seed.generator()
    let history = RegisterWrite.history(using: &random)
    var register = RegisterHeads()
    for event in history.reordered(using: &random) {
      let before = register.heads
      register.apply(event.head, replacing: event.write.replaces)
      let lost = before.filter { !register.heads.contains($0) }
      #expect(lost.allSatisfy { event.write.replaces.contains($0.stamp.dot) })
      #expect(register.heads.contains(event.head))
      #expect(register.heads == register.heads.sorted { $0.stamp > $1.stamp })
    }
  }

  @Test("a write among the heads is taken in once", arguments: Seed.all)
  func repetition(_ seed: Seed) {
    var random = seed.generator()
    let history = RegisterWrite.history(using: &random)
    var register = RegisterHeads(heads: RegisterWrite.heads(among: history.events))
    let before = register
    for head in before.heads { register.apply(head, replacing: []) }
    #expect(register == before)
  }

  @Test("a register never written shows nothing", arguments: MergePolicy.all)
  func empty(policy: MergePolicy) {
    #expect(RegisterHeads().winner(under: policy) == nil)
    #expect(RegisterHeads().distinctValues.isEmpty)
  }

  @Test("the winner is the one that the policy's definition names", arguments: Seed.all)
  func winners(_ seed: Seed) {
    var random = seed.generator()
    for _ in 0..<20 {
      let heads = Head.randomHeads(using: &random)
      let register = RegisterHeads(heads: random.chance(50) ? heads : heads.reversed())
      for policy in MergePolicy.all {
        let winner = register.winner(under: policy).map(Choice.init)
        #expect(winner == heads.winnerByDefinition(under: policy), "\(policy) of \(heads)")
      }
    }
  }
}

/// The facts of the policies, one row each.
///
/// Sides are written left to right, the last one latest.
@Suite("MergePolicy")
struct MergePolicyTests {
  @Test("the last writer shows by time, then replica, then hash")
  func lastWriter() {
    #expect(shown(.lastWriter, [.integer(9), .integer(1)]) == .integer(1))
    #expect(shown(.lastWriter, [.integer(9), .null]) == .null)
    let rising = [
      stamp(1, replica: 9, hash: 9), stamp(2, replica: 1, hash: 9), stamp(2, replica: 2, hash: 1),
      stamp(2, replica: 2, hash: 2),
    ].sorted()
    let heads = rising.enumerated().map {
      Head(stamp: $1, sides: [Side(value: .integer(Int64($0)))])
    }
    #expect(RegisterHeads(heads: heads).winner(under: .lastWriter)?.stamp == rising[3])
    #expect(RegisterHeads(heads: heads).winner(under: .first)?.stamp == rising[0])
  }

  @Test("of several sides of one write the first shows")
  func severalSides() {
    let register = RegisterHeads(heads: [
      Head(stamp: stamp(1), sides: [Side(value: .integer(4)), Side(value: .integer(5))]),
      Head(stamp: stamp(2), sides: [Side(value: .integer(6)), Side(value: .integer(5))]),
    ])
    #expect(register.winner(under: .first)?.side == 0)
    #expect(register.winner(under: .first)?.value.value == .integer(4))
    #expect(register.winner(under: .lastWriter)?.value.value == .integer(6))
    #expect(register.winner(under: .max)?.value.value == .integer(6))
    #expect(register.winner(under: .min)?.value.value == .integer(4))
    #expect(register.distinctValues == [.integer(6), .integer(5), .integer(4)])
  }

  @Test("the greatest rank shows, and of equal ranks the last writer's")
  func precedence() {
    #expect(shown(.precedence, ranked: [(.text("won"), 4), (.text("open"), 1)]) == .text("won"))
    #expect(shown(.precedence, ranked: [(.text("won"), 4), (.text("lost"), 4)]) == .text("lost"))
    #expect(shown(.precedence, ranked: [(.text("open"), 0), (.text("new"), nil)]) == .text("open"))
    #expect(shown(.precedence, ranked: [(.text("new"), nil), (.null, nil)]) == .text("new"))
    #expect(shown(.precedence, ranked: [(.text("new"), nil), (.null, 9)]) == .text("new"))
  }

  @Test("the greatest and the least value show, null losing to both")
  func extremes() {
    #expect(shown(.max, [.integer(3), .integer(2), .null]) == .integer(3))
    #expect(shown(.min, [.integer(2), .integer(3), .null]) == .integer(2))
    #expect(shown(.max, [.null, .null]) == .null)
    #expect(
      shown(.min, [.date(CivilDate(days: 1)), .date(CivilDate(days: 2))])
        == .date(CivilDate(days: 1)))
    #expect(shown(.max, [.text("b"), .text("a")]) == .text("b"))
    #expect(shown(.max, [.bool(true), .bool(false)]) == .bool(true))
  }

  @Test("decimals compare as numbers, and of equal ones the last writer's digits show")
  func decimals() throws {
    let (short, long) = (try decimal("1.5"), try decimal("1.50"))
    let winner = try #require(
      RegisterHeads(heads: heads([short, long, try decimal("1.45")])).winner(under: .max))
    #expect(winner.stamp == stamp(2))
    #expect(shown(.max, [try decimal("2.5"), .integer(3)]) == .integer(3))
  }

  @Test("money compares within a currency, and across currencies the last writer shows")
  func currencies() throws {
    let dollar = try #require(CurrencyCode("USD"))
    func euros(_ units: Int64) -> Value { .money(Money(minorUnits: units, currency: .euro)) }
    let dollars = Value.money(Money(minorUnits: 1, currency: dollar))
    #expect(shown(.max, [euros(5), euros(2)]) == euros(5))
    #expect(shown(.max, [euros(5), dollars]) == dollars)
    #expect(shown(.min, [dollars, euros(5)]) == euros(5))
    #expect(shown(.max, [euros(5), dollars, .null]) == dollars)
  }

  @Test("of values without an order the last writer's shows, null losing to each")
  func unordered() {
    let (one, two) = (Value.bytes([2]), Value.bytes([1]))
    #expect(shown(.max, [one, two]) == two)
    #expect(shown(.max, [one, two, .null]) == two)
    #expect(shown(.min, [.integer(1), .text("x"), .null]) == .text("x"))
  }

  @Test("equal concurrent values are agreement")
  func agreement() throws {
    let register = RegisterHeads(heads: heads([try decimal("1.5"), try decimal("1.50")]))
    #expect(register.heads.count == 2)
    #expect(register.distinctValues.count == 1)
    #expect(RegisterHeads(heads: heads([.integer(1), .integer(2)])).distinctValues.count == 2)
  }

  private func shown(_ policy: MergePolicy, _ values: [Value]) -> Value? {
    RegisterHeads(heads: heads(values)).winner(under: policy)?.value.value
  }

  private func shown(_ policy: MergePolicy, ranked: [(Value, UInt32?)]) -> Value? {
    let heads = ranked.enumerated().map { index, side in
      Head(stamp: stamp(UInt64(index + 1)), sides: [Side(value: side.0, rank: side.1)])
    }
    return RegisterHeads(heads: heads).winner(under: policy)?.value.value
  }

  private func heads(_ values: [Value]) -> [Head] {
    values.enumerated().map { index, value in
      Head(stamp: stamp(UInt64(index + 1)), sides: [Side(value: value)])
    }
  }

  private func decimal(_ text: String) throws -> Value {
    .decimal(try #require(DecimalNumber(text)))
  }

  private func stamp(_ wall: UInt64, replica: UInt128 = 1, hash: UInt8 = 1) -> Stamp {
    Stamp(
      dot: Dot(replica: ReplicaID(rawValue: replica), sequence: wall),
      time: HybridTimestamp(wallMilliseconds: wall, counter: 0),
      hash: Digests.digest(tag: "test", [[hash]]))
  }
}
