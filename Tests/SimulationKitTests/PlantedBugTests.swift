import Foundation
import SimulationKit
import Testing

@Suite("Planted bugs")
struct PlantedBugTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("each finds the line that it makes wrong, once", arguments: PlantedBug.all)
  func lines(bug: PlantedBug) throws {
    let text = try String(contentsOf: Self.root.appendingPathComponent(bug.file), encoding: .utf8)
    #expect(text.components(separatedBy: bug.original).count == 2)
    #expect(bug.planted.contains(PlantedBug.switchWord))
  }

  @Test("there are as many as are promised")
  func count() { #expect(PlantedBug.all.count >= 25) }
}
