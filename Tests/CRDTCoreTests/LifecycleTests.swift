import CRDTCore
import TestSupport
import Testing

@Suite("Lifecycle")
struct LifecycleTests {
  private enum Act: Sendable {
    case edit
    case delete(seen: VersionVector)
    case restore
  }

  private struct Write: Sendable {
    let act: Act
    let replaces: [Dot]
  }

  private struct State: Equatable {
    var lifecycle = Lifecycle()
    var touches = TouchVector()
  }

  private typealias History = CausalHistory<Write>

  @Test("any causal order ends in the same heads, touches and visibility", arguments: Seed.all)
  func convergence(_ seed: Seed) {
    var random = seed.generator()
    let history = Self.history(using: &random)
    let expected = State(
      lifecycle: Lifecycle(heads: Self.heads(among: history.events)),
      touches: TouchVector(history.events.compactMap(Self.touch)))
    #expect(
      CRDTLaws.violation(
        of: history, expected: expected, from: State(), using: &random,
        resumed: {
          State(
            lifecycle: Lifecycle(heads: $0.lifecycle.heads.reversed()),
            touches: TouchVector($0.touches.touches.reversed()))
        },
        apply: { state, event in
          if let head = Self.head(of: event) {
            state.lifecycle.apply(head, replacing: event.write.replaces)
          }
          if let touch = Self.touch(of: event) { state.touches.include(touch) }
        }) == nil)
  }

  @Test("a record is hidden just as the definition says", arguments: Seed.all)
  func visibility(_ seed: Seed) {
    var random = seed.generator()
    let events = Self.history(using: &random).events
    let heads = Self.heads(among: events)
    let touches = TouchVector(events.compactMap(Self.touch))
    let lifecycle = Lifecycle(heads: heads)

    let deletes = heads.filter { if case .delete = $0.act { true } else { false } }
    let unanswered = touches.touches.filter { touch in
      deletes.allSatisfy { delete in
        guard case .delete(let seen) = delete.act else { return false }
        return seen[touch.dot.replica] < touch.dot.sequence
      }
    }
    #expect(lifecycle.unanswered(in: touches) == (deletes.isEmpty ? [] : unanswered))
    let isOutranked = unanswered.contains { touch in
      deletes.allSatisfy {
        $0.stamp.time < touch.time
          || $0.stamp.time == touch.time && $0.stamp.dot.replica < touch.dot.replica
      }
    }
    #expect(lifecycle.isHidden(with: touches) == (!deletes.isEmpty && !isOutranked))
  }

  @Test("a delete that saw every write hides the record without a conflict")
  func informedDelete() {
    let touches = TouchVector([touch(5, replica: 1)])
    let lifecycle = deleted(at: 2, seen: VersionVector(touches.dots))
    #expect(lifecycle.isHidden(with: touches))
    #expect(lifecycle.unanswered(in: touches).isEmpty)
  }

  @Test("an edit that the delete had not seen is a conflict, and shows if it is later")
  func concurrentEdit() {
    for (wall, isHidden) in [(1, true), (9, false)] as [(UInt64, Bool)] {
      let touches = TouchVector([touch(1, replica: 1), touch(wall, replica: 3)])
      let lifecycle = deleted(at: 2, seen: VersionVector([touch(1, replica: 1).dot]))
      #expect(lifecycle.unanswered(in: touches).map(\.dot.replica.rawValue) == [3])
      #expect(lifecycle.isHidden(with: touches) == isHidden)
    }
  }

  @Test("a restore that saw the deletes brings the record back")
  func restore() {
    let touches = TouchVector([touch(1, replica: 1)])
    var lifecycle = deleted(at: 2, seen: VersionVector(touches.dots))
    let deletes = lifecycle.deletes.map(\.stamp.dot)
    lifecycle.apply(LifecycleHead(stamp: stamp(3, replica: 1), act: .restore), replacing: deletes)
    #expect(!lifecycle.isHidden(with: touches))
    #expect(lifecycle.deletes.isEmpty)
  }

  @Test("a touch vector keeps each replica's latest write, in order", arguments: Seed.all)
  func touchVectors(_ seed: Seed) {
    var random = seed.generator()
    let one = TouchVector.random(using: &random)
    let two = TouchVector.random(using: &random)
    var merged = one
    merged.merge(two)
    #expect(VersionVector(merged.dots) == VersionVector(one.dots + two.dots))
    #expect(merged.dots == merged.dots.sorted())
    #expect(Set(merged.dots.map(\.replica)).count == merged.dots.count)
  }

  private static func history(using random: inout SplitMix64) -> History {
    History(using: &random) { draft, random in
      let read =
        random.chance(70) ? draft.held.count : Int.random(in: 0...draft.held.count, using: &random)
      let basis = Array(draft.held.prefix(read))
      let replaces = heads(among: basis).map(\.stamp.dot).sorted()
      let hash = EntryHash.random(using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0...2:
        let seen = VersionVector(TouchVector(basis.compactMap(touch)).dots)
        return (Write(act: .delete(seen: seen), replaces: replaces), hash)
      case 3: return (Write(act: .restore, replaces: replaces), hash)
      default: return (Write(act: .edit, replaces: []), hash)
      }
    }
  }

  private static func heads(among events: [History.Event]) -> [LifecycleHead] {
    let replaced = events.flatMap(\.write.replaces)
    return events.filter { !replaced.contains($0.stamp.dot) }.compactMap(head)
  }

  private static func head(of event: History.Event) -> LifecycleHead? {
    switch event.write.act {
    case .edit: nil
    case .delete(let seen): LifecycleHead(stamp: event.stamp, act: .delete(seen: seen))
    case .restore: LifecycleHead(stamp: event.stamp, act: .restore)
    }
  }

  private static func touch(of event: History.Event) -> TouchVector.Touch? {
    if case .delete = event.write.act { return nil }
    return TouchVector.Touch(dot: event.stamp.dot, time: event.stamp.time)
  }

  private func deleted(at wall: UInt64, seen: VersionVector) -> Lifecycle {
    Lifecycle(heads: [LifecycleHead(stamp: stamp(wall, replica: 2), act: .delete(seen: seen))])
  }

  private func touch(_ wall: UInt64, replica: UInt128) -> TouchVector.Touch {
    TouchVector.Touch(
      dot: Dot(replica: ReplicaID(rawValue: replica), sequence: 1),
      time: HybridTimestamp(wallMilliseconds: wall, counter: 0))
  }

  private func stamp(_ wall: UInt64, replica: UInt128) -> Stamp {
    Stamp(
      dot: Dot(replica: ReplicaID(rawValue: replica), sequence: wall),
      time: HybridTimestamp(wallMilliseconds: wall, counter: 0), hash: .none)
  }
}
