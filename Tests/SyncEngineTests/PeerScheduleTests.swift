import CRDTCore
import SyncEngine
import TestSupport
import Testing

@Suite("PeerSchedule")
struct PeerScheduleTests {
  private let start = MonotonicInstant(elapsed: .seconds(50))
  private let alice = TestKeys.alice
  private let bob = TestKeys.bob

  @Test("a new peer is dialled at once, and only once at a time")
  func atOnce() {
    var schedule = PeerSchedule()
    schedule.add(bob, at: start)
    schedule.add(alice, at: start)
    #expect(schedule.nextDue == start)
    #expect(schedule.takeDue(at: start) == [alice, bob])
    #expect(schedule.takeDue(at: start) == [])
    #expect(schedule.nextDue == nil)
  }

  @Test("each failure doubles the wait, up to five minutes")
  func backOff() {
    var schedule = PeerSchedule()
    schedule.add(alice, at: start)
    var now = start
    var waits: [Duration] = []
    for _ in 0..<12 {
      _ = schedule.takeDue(at: now)
      // A random number that takes all of the random half.
      schedule.finished(alice, inSync: false, at: now, random: 0)
      let due = schedule.nextDue ?? now
      waits.append(due - now)
      now = due
    }
    #expect(
      waits
        == [1, 2, 4, 8, 16, 32, 64, 128, 150, 150, 150, 150].map { Duration.seconds($0) })
  }

  @Test("the wait is between a half and the whole, whatever the random number", arguments: Seed.all)
  func jitter(_ seed: Seed) {
    var random = seed.generator()
    var schedule = PeerSchedule()
    schedule.add(alice, at: start)
    for step in 0..<40 {
      _ = schedule.takeDue(at: start + .seconds(1_000_000))
      schedule.finished(alice, inSync: false, at: start, random: random.next())
      let whole = min(Duration.seconds(300), Duration.seconds(2 << min(step, 20)))
      let wait = (schedule.nextDue ?? start) - start
      #expect(whole / 2 <= wait && wait <= whole)
    }
  }

  @Test("success starts the waits anew")
  func success() {
    var schedule = PeerSchedule()
    schedule.add(alice, at: start)
    for _ in 0..<6 { schedule.finished(alice, inSync: false, at: start, random: 0) }
    schedule.finished(alice, inSync: true, at: start, random: 0)
    #expect(schedule.nextDue == start + .seconds(1))
    schedule.finished(alice, inSync: false, at: start, random: 0)
    #expect(schedule.nextDue == start + .seconds(1))
  }

  @Test("peers wait each for itself")
  func several() {
    var schedule = PeerSchedule()
    schedule.add(alice, at: start)
    schedule.add(bob, at: start)
    _ = schedule.takeDue(at: start)
    for _ in 0..<4 { schedule.finished(alice, inSync: false, at: start, random: 0) }
    schedule.finished(bob, inSync: true, at: start, random: 0)
    #expect(schedule.takeDue(at: start + .seconds(2)) == [bob])
    #expect(schedule.nextDue == start + .seconds(8))
  }

  @Test("waking makes those that wait due, and leaves those under way")
  func wake() {
    var schedule = PeerSchedule()
    schedule.add(alice, at: start)
    schedule.add(bob, at: start)
    _ = schedule.takeDue(at: start)
    for _ in 0..<8 { schedule.finished(alice, inSync: false, at: start, random: 0) }
    schedule.wake(at: start + .seconds(3))
    #expect(schedule.takeDue(at: start + .seconds(3)) == [alice])
  }

  @Test("a peer that was taken out is not dialled again")
  func remove() {
    var schedule = PeerSchedule()
    schedule.add(alice, at: start)
    _ = schedule.takeDue(at: start)
    schedule.remove(alice)
    schedule.finished(alice, inSync: true, at: start, random: 0)
    #expect(schedule.peers == [])
    #expect(schedule.nextDue == nil)
  }
}
