import CommandShell
import Testing

@Suite("ClockDifference")
struct ClockDifferenceTests {
  @Test("a difference below a second says nothing, one above five minutes is worth a look")
  func limits() {
    #expect(ClockDifference(nil) == nil)
    #expect(ClockDifference(-999) == nil)
    #expect(ClockDifference(1_000)?.isFine == true)
    #expect(ClockDifference(-300_000)?.isFine == true)
    #expect(ClockDifference(300_001)?.isFine == false)
  }

  @Test("it is told without saying whose clock is wrong")
  func words() {
    #expect(
      ClockDifference(2_000)?.text
        == "its clock and yours differ by 2 s (1 s is allowed for the network); its clock is ahead")
    #expect(
      ClockDifference(-315_360_000_000)?.text
        == "its clock and yours differ by 10 y (1 s is allowed for the network); yours is ahead")
  }

  @Test(
    "only several peers that all differ the same way say that the own clock is wrong",
    arguments: [
      ([], nil), ([-600_000], nil), ([-600_000, 0], nil), ([-600_000, 600_000], nil),
      ([-600_000, -900_000], "ahead of every peer's; please check this machine's"),
      ([600_000, 900_000, 700_000], "behind every peer's; please check this machine's"),
    ] as [([Int64], String?)])
  func ownClock(offsets: [Int64], fault: String?) {
    #expect(ClockDifference.ownFault(offsets) == fault)
  }
}
