import CRDTCore
import TestSupport
import Testing

@Suite("ElementHeads")
struct ElementHeadsTests {
  private struct Write: Sendable {
    let isPresent: Bool
    let replaces: [Dot]
  }

  private typealias History = CausalHistory<Write>

  @Test("any causal order ends in the writes that no write replaces", arguments: Seed.all)
  func convergence(_ seed: Seed) {
    var random = seed.generator()
    let history = Self.history(using: &random)
    let expected = ElementHeads(heads: Self.heads(among: history.events))
    #expect(
      CRDTLaws.violation(
        of: history, expected: expected, from: ElementHeads<Dot>(), using: &random,
        resumed: { ElementHeads(heads: $0.heads.reversed()) },
        apply: { $0.apply(Self.head(of: $1), replacing: $1.write.replaces) }) == nil)
  }

  @Test("whether an element is in follows from who had seen whom", arguments: Seed.all)
  func presence(_ seed: Seed) {
    var random = seed.generator()
    let heads = Self.heads(among: Self.history(using: &random).events)
    let element = ElementHeads(heads: heads)
    let says = heads.map(\.isPresent)
    #expect(element.isPresent(under: .addWins) == says.contains(true))
    #expect(element.isPresent(under: .removeWins) == (says.contains(true) && !says.contains(false)))
  }

  @Test("a removal takes away only the additions that it had seen")
  func observedRemove() {
    let (added, removed, addedAgain) = (dot(1, replica: 1), dot(3, replica: 1), dot(2, replica: 2))
    var element = ElementHeads<Dot>()
    element.apply(ElementHead(added, isPresent: true), replacing: [])
    element.apply(ElementHead(removed, isPresent: false), replacing: [added])
    #expect(!element.isPresent(under: .addWins))
    element.apply(ElementHead(addedAgain, isPresent: true), replacing: [added])
    #expect(element.isPresent(under: .addWins))
    #expect(!element.isPresent(under: .removeWins))
  }

  @Test("an element never written is out")
  func empty() {
    #expect(!ElementHeads<Dot>().isPresent(under: .addWins))
    #expect(!ElementHeads<Dot>().isPresent(under: .removeWins))
  }

  @Test("two authors who add the same value add the same element")
  func keys() {
    let id = RecordID(rawValue: 7)
    #expect(ElementKey(of: .reference(id)).rawValue == 7)
    #expect(ElementKey(of: .text("easter")) == ElementKey(of: .text("easter")))
    #expect(ElementKey(of: .text("easter")) != ElementKey(of: .text("Easter")))
    #expect(ElementKey(of: .text("1")) != ElementKey(of: .integer(1)))
  }

  private static func history(using random: inout SplitMix64) -> History {
    History(using: &random) { draft, random in
      let read =
        random.chance(70) ? draft.held.count : Int.random(in: 0...draft.held.count, using: &random)
      let replaces = heads(among: Array(draft.held.prefix(read))).map(\.name).sorted()
      return (Write(isPresent: random.chance(50), replaces: replaces), .random(using: &random))
    }
  }

  private static func heads(among events: [History.Event]) -> [ElementHead<Dot>] {
    let replaced = events.flatMap(\.write.replaces)
    return events.filter { !replaced.contains($0.stamp.dot) }.map(head)
  }

  private static func head(of event: History.Event) -> ElementHead<Dot> {
    ElementHead(event.stamp.dot, isPresent: event.write.isPresent)
  }

  private func dot(_ sequence: UInt64, replica: UInt128) -> Dot {
    Dot(replica: ReplicaID(rawValue: replica), sequence: sequence)
  }
}
