import CommandShell
import Testing

@Suite("ScreenDifference")
struct ScreenDifferenceTests {
  private let listing = [
    "    id     name           amount",
    "@1  d7h2k  Pump retrofit  €18,400",
    "@2  dq94m  Spare parts     €6,250",
    "2 deals · €24,650",
  ]

  /// The new screen as it is drawn after the old one.
  private func drawn(_ new: [String], style: Style = .plain) -> [String] {
    let difference = ScreenDifference(from: listing, to: new)
    return new.indices.map { difference.marked(new[$0], at: $0, style: style) ?? new[$0] }
  }

  @Test("a changed cell is marked, and nothing else of its line; columns stay where they are")
  func cell() {
    var new = listing
    new[1] = "@1  d7h2k  Pump upgrade   €18,400"
    #expect(drawn(new)[1] == "@1  d7h2k  Pump upgrade*  €18,400")
    #expect(drawn(new)[2] == listing[2])
    new[2] = "@2  dq94m  Spare parts     €7,000"
    #expect(drawn(new)[2] == "@2  dq94m  Spare parts     €7,000*")
  }

  @Test("a line that comes in is marked as a whole, and those that it moves down are not")
  func insertion() {
    var new = listing
    new.insert("@1  d0aaa  Valve          €100", at: 1)
    new[2] = "@2  d7h2k  Pump retrofit  €18,400"
    new[3] = "@3  dq94m  Spare parts     €6,250"
    new[4] = "3 deals · €24,750"
    #expect(
      drawn(new) == [
        listing[0], "@1  d0aaa* Valve*         €100*", new[2], new[3], "3 deals · €24,750*",
      ])
  }

  @Test("colour marks without a sign")
  func colour() {
    var new = listing
    new[1] = "@1  d7h2k  Pump retrofit  €17,900"
    #expect(
      drawn(new, style: Style(isColored: true))[1]
        == "@1  d7h2k  Pump retrofit  \u{1B}[7m€17,900\u{1B}[0m")
  }

  @Test("equal screens and the loss of lines mark nothing")
  func nothing() {
    #expect(ScreenDifference(from: listing, to: listing).marks.isEmpty)
    #expect(ScreenDifference(from: listing, to: Array(listing.dropLast())).marks.isEmpty)
  }
}
