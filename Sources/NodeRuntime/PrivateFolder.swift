import Foundation

/// A temporary folder that nobody else can read; it goes with the last reference to it.
///
/// One whose program was killed is removed by the next that makes one: as long as a program lives it holds
/// a lock in its folder.
final class PrivateFolder: Sendable {
  private static let prefix = "kith-"
  private static let lockName = "lock"

  let path: String
  private let lock: FileHandle

  /// Makes the folder.
  init() throws {
    let all = NSTemporaryDirectory()
    Self.sweep(all)
    path = all + Self.prefix + UUID().uuidString
    // Under another name until it is locked, or somebody else might take it for left behind.
    let unlocked = path + ".new"
    try FileManager.default.createDirectory(
      atPath: unlocked, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    guard let lock = Self.lock(in: unlocked, creating: true) else {
      throw POSIXError(.init(rawValue: errno) ?? .EIO)
    }
    self.lock = lock
    guard rename(unlocked, path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }

  deinit { remove() }

  /// Removes the folder with all that is in it.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Removes what killed programs have left.
  private static func sweep(_ all: String) {
    // What cannot be looked at or removed is somebody else's.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: all)) ?? []
    for name in names where name.hasPrefix(prefix) {
      guard let lock = lock(in: all + name, creating: false) else { continue }
      try? FileManager.default.removeItem(atPath: all + name)
      try? lock.close()
    }
  }

  /// The lock of a folder; `nil` if it has none, or somebody holds it.
  private static func lock(in folder: String, creating: Bool) -> FileHandle? {
    let flags = O_RDWR | O_CLOEXEC | (creating ? O_CREAT | O_EXCL : 0)
    let descriptor = open("\(folder)/\(lockName)", flags, 0o600)
    guard descriptor >= 0 else { return nil }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? file : nil
  }
}
