import CRDTCore
import TestSupport
import Testing

@Suite("HybridLogicalClock")
struct HybridLogicalClockTests {
  private let limit = Limits.clockDriftMilliseconds

  /// The last two rows are what a machine without a battery, and one with a broken clock, show.
  @Test(
    "readings rise strictly, whatever the wall clock does",
    arguments: [
      [5, 6, 7], [5, 5, 5], [9, 3, 1], [0, 0, 0], [.max, .max, 3],
    ] as [[Int64]])
  func strictlyRising(walls: [Int64]) {
    var clock = HybridLogicalClock(resumingFrom: HybridTimestamp(packed: 0))
    var previous = clock.latest
    for wall in walls {
      let reading = clock.tick(at: WallTime(milliseconds: wall))
      #expect(reading > previous)
      #expect(clock.latest == reading)
      previous = reading
    }
  }

  @Test("readings rise over any mixture of ticks and accepted readings", arguments: Seed.all)
  func randomWalk(_ seed: Seed) {
    var random = seed.generator()
    var clock = HybridLogicalClock(resumingFrom: .random(using: &random))
    for _ in 0..<100 {
      let before = clock.latest
      let now = WallTime(milliseconds: Int.random(in: 0...3, using: &random))
      if random.chance(50) {
        #expect(clock.tick(at: now) > before)
      } else {
        let remote = HybridTimestamp.random(using: &random)
        let isPlausible = clock.accept(remote, at: now)
        #expect(isPlausible)
        #expect(clock.latest == max(before, remote))
      }
    }
  }

  @Test("a wall clock that moves on resets the counter")
  func movingWall() {
    var clock = HybridLogicalClock(
      resumingFrom: HybridTimestamp(wallMilliseconds: 7, counter: 3))
    #expect(
      clock.tick(at: WallTime(milliseconds: 8)) == HybridTimestamp(wallMilliseconds: 8, counter: 0))
  }

  @Test("a frozen wall clock moves the counter")
  func frozenWall() {
    var clock = HybridLogicalClock(
      resumingFrom: HybridTimestamp(wallMilliseconds: 7, counter: 3))
    #expect(
      clock.tick(at: WallTime(milliseconds: 7)) == HybridTimestamp(wallMilliseconds: 7, counter: 4))
  }

  @Test("a full counter borrows the next millisecond")
  func fullCounter() {
    var clock = HybridLogicalClock(
      resumingFrom: HybridTimestamp(wallMilliseconds: 7, counter: .max))
    #expect(
      clock.tick(at: WallTime(milliseconds: 7)) == HybridTimestamp(wallMilliseconds: 8, counter: 0))
  }

  @Test("a wall clock at the end of its range leaves room to borrow")
  func endOfRange() {
    let end = WallTime(milliseconds: Int64.max)
    var clock = HybridLogicalClock(
      resumingFrom: HybridTimestamp(wallMilliseconds: end.milliseconds, counter: .max))
    let before = clock.latest
    #expect(clock.tick(at: end) > before)
  }

  @Test("a peer's reading moves the clock up to five minutes ahead of the wall")
  func plausibleReading() {
    let now = WallTime(milliseconds: 1_000_000)
    var clock = HybridLogicalClock(resumingFrom: HybridTimestamp(packed: 0))
    let remote = HybridTimestamp(wallMilliseconds: now.milliseconds + limit, counter: .max)
    let isPlausible = clock.accept(remote, at: now)
    #expect(isPlausible)
    #expect(clock.latest == remote)
    #expect(!clock.isImplausible(at: now))
    #expect(clock.tick(at: now) > remote)
  }

  @Test("a reading further ahead is flagged and does not move the clock")
  func implausibleReading() {
    let now = WallTime(milliseconds: 1_000_000)
    let latest = HybridTimestamp(wallMilliseconds: 999_999, counter: 4)
    var clock = HybridLogicalClock(resumingFrom: latest)
    let remote = HybridTimestamp(wallMilliseconds: now.milliseconds + limit + 1, counter: 0)
    for reading in [remote, HybridTimestamp(packed: .max)] {
      let isPlausible = clock.accept(reading, at: now)
      #expect(!isPlausible)
      #expect(clock.latest == latest)
    }
  }

  @Test("an own clock left ahead of a corrected wall is implausible")
  func correctedWall() {
    let now = WallTime(milliseconds: 1_000_000)
    let ahead = HybridTimestamp(wallMilliseconds: now.milliseconds + limit + 1, counter: 0)
    #expect(HybridLogicalClock(resumingFrom: ahead).isImplausible(at: now))
  }

  @Test("readings order as their stored bytes do", arguments: Seed.all)
  func storedOrder(_ seed: Seed) {
    var random = seed.generator()
    let (one, two) = (
      HybridTimestamp.random(using: &random), HybridTimestamp.random(using: &random)
    )
    func bytes(_ time: HybridTimestamp) -> [UInt8] {
      var writer = ByteWriter()
      writer.write(fixed: time.packed)
      return writer.bytes
    }
    #expect((one < two) == bytes(one).lexicographicallyPrecedes(bytes(two)))
    #expect(
      HybridTimestamp(wallMilliseconds: one.wallMilliseconds, counter: one.counter) == one)
  }

  @Test("a wall time beyond 48 bits is a mistake of ours")
  func wallTimeRange() async {
    await #expect(processExitsWith: .failure) {
      _ = HybridTimestamp(wallMilliseconds: 1 << 48, counter: 0)
    }
  }

  @Test("a machine's clock is held within the range of readings")
  func wallTimeClamping() {
    #expect(WallTime(milliseconds: -1).milliseconds == 0)
    #expect(WallTime(milliseconds: Int64.min).milliseconds == 0)
    #expect(WallTime(milliseconds: UInt64.max).milliseconds < 1 << 48)
  }
}
