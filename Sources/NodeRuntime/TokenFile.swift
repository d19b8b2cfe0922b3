import Foundation
import ReplicaStore

/// The file `STORE.token`, by which a copied or restored store is known.
struct TokenFile: GenerationToken {
  let path: String

  func read() throws -> [UInt8]? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Writes a draft, and puts it in the old file's place once it is on disk.
  func write(_ bytes: [UInt8]) throws {
    let draft = "\(path).new-\(getpid())"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unwritable() }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try file.write(contentsOf: Data(bytes))
    guard fsync(descriptor) == 0, rename(draft, path) == 0 else {
      let error = unwritable()
      unlink(draft)
      throw error
    }
    try syncFolder()
  }

  /// Makes the new name durable; without this a power cut may take it back.
  private func syncFolder() throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unwritable() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw unwritable() }
  }

  private func unwritable() -> NodeFailure {
    .unwritableToken(path: path, reason: String(cString: strerror(errno)))
  }
}
