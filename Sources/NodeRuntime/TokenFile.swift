import Foundation
import ReplicaStore

/// The file `STORE.token`, by which a copied or restored store is known.
struct TokenFile: GenerationToken {
  let path: String

  func read() throws -> [UInt8]? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Writes in place: of bytes that a power cut leaves half-written the store knows that they are not
  /// its own, as it does of none.
  func write(_ bytes: [UInt8]) throws {
    let isNew = !FileManager.default.fileExists(atPath: path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unwritable() }
    defer { close(descriptor) }
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count,
      ftruncate(descriptor, bytes.count) == 0, fdatasync(descriptor) == 0
    else { throw unwritable() }
    if isNew { try syncFolder() }
  }

  /// Makes the new name durable; without this a power cut may take it back.
  private func syncFolder() throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unwritable() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw unwritable() }
  }

  private func unwritable() -> any Error {
    errno == ENOSPC
      ? StoreError.full
      : NodeFailure.unwritableToken(path: path, reason: String(cString: strerror(errno)))
  }
}
