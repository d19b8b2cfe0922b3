package import Foundation

/// A folder of one test's own, removed with everything in it when the last reference goes.
package final class TemporaryDirectory: Sendable {
  package let url: URL

  package init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-\(UUID().uuidString.lowercased())", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      // Only the system's temporary folder is left fuller; the test's outcome stands.
      FileHandle.standardError.write(Data("\(url.path) could not be removed: \(error)\n".utf8))
    }
  }

  /// The path of a file in the folder, whether or not there is one yet.
  package func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a text file and returns its path.
  package func write(_ text: String, to name: String) throws -> String {
    try text.write(to: url.appendingPathComponent(name), atomically: true, encoding: .utf8)
    return path(name)
  }
}
