import Foundation

/// A temporary folder that nobody else can read; it goes with the last reference to it.
final class PrivateFolder: Sendable {
  let path: String

  /// Makes the folder.
  init() throws {
    path = NSTemporaryDirectory() + "kith-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { remove() }

  /// Removes the folder with all that is in it.
  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
