import Foundation
import FuzzTargets

/// The inputs that are kept: `Tests/Fuzz/Corpus/TARGET/FILE`, a file each.
struct Corpus {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Corpus")

  private let folder: URL

  init(of target: FuzzTarget) { folder = Self.folder.appendingPathComponent(target.rawValue) }

  /// Every input with its name, in the order of the names.
  var inputs: [(name: String, bytes: [UInt8])] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
        (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
      }
    }
  }

  /// Adds an input, or replaces the one of that name.
  func record(_ bytes: [UInt8], as name: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }
}
