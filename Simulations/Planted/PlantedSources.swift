import Foundation
import SimulationKit

/// A copy of the package in which every bug is planted, each behind its switch.
struct PlantedSources {
  private let source: URL
  private let scratch: URL
  /// The variable that names the bug to be active.
  static let variable = "KITH_PLANTED_BUG"

  init(root: URL) throws {
    let folder = root.appendingPathComponent(".build-planted")
    source = folder.appendingPathComponent("source")
    scratch = folder.appendingPathComponent("build")
    try? FileManager.default.removeItem(at: source)
    try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
    for name in ["Package.swift", "Sources", "Simulations", "Tests"] {
      try FileManager.default.copyItem(
        at: root.appendingPathComponent(name), to: source.appendingPathComponent(name))
    }
    for bug in PlantedBug.all { try plant(bug) }
    try Self.switchSource.write(
      to: source.appendingPathComponent("Sources/CRDTCore/PlantedSwitch.swift"), atomically: true,
      encoding: .utf8)
  }

  private static let switchSource = """
    import Glibc

    private let active = getenv("\(variable)").flatMap { Int(String(cString: $0)) } ?? 0

    /// Whether a planted bug is active.
    public func isPlanted(_ number: Int) -> Bool { active == number }
    """

  private func plant(_ bug: PlantedBug) throws {
    let file = source.appendingPathComponent(bug.file)
    var text = try String(contentsOf: file, encoding: .utf8)
    guard let place = text.range(of: bug.original) else { throw PlantingError.lineNotFound(bug) }
    text.replaceSubrange(
      place,
      with: bug.planted.replacingOccurrences(
        of: PlantedBug.switchWord, with: "isPlanted(\(bug.number))"))
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  /// Builds the copy's simulator and returns where it lies.
  func build() throws -> URL {
    let build = Process()
    build.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    build.arguments = [
      "swift", "build", "--configuration", "release", "--package-path", source.path,
      "--scratch-path", scratch.path, "--product", "simulate",
    ]
    build.standardOutput = FileHandle.standardError
    try build.run()
    build.waitUntilExit()
    guard build.terminationStatus == 0 else { throw PlantingError.buildFailed }
    return scratch.appendingPathComponent("release/simulate")
  }
}

enum PlantingError: Error, CustomStringConvertible {
  case lineNotFound(PlantedBug)
  case buildFailed

  var description: String {
    switch self {
    case .lineNotFound(let bug): "\(bug.file) lacks the line of bug \(bug.number): \(bug.original)"
    case .buildFailed: "The copy with the bugs does not build."
    }
  }
}
