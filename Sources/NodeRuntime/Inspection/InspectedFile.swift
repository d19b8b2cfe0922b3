import Foundation
import Glibc
import ReplicaStore

/// A store's file that is looked into without touching it: a private copy is opened in its place.
///
/// SQLite writes beside a file with a write-ahead log even to read it, takes locks that its owner feels, and
/// brings it up to this program's tables. Whatever is done to the copy, the file stays as it is.
final class InspectedFile: Sendable {
  /// How often a file that is being written to is copied anew.
  private static let attemptsMax = 20
  /// A write-ahead log that begins anew has another header; frames behind the last whole one are ignored.
  private static let headerByteCount = 32

  let path: String
  private let folder: PrivateFolder
  /// Where the copy is.
  var copyPath: String { folder.path + "/replica.sqlite" }

  /// Copies the file, with what its write-ahead log holds.
  ///
  /// - Throws: ``NodeFailure`` if there is no store, or it cannot be read.
  init(path: String) throws {
    self.path = path
    guard try StorePath(path).hasStore() else { throw StoreError.missing(path: path) }
    folder = try PrivateFolder()
    do {
      try copy()
    } catch let error as NodeFailure {
      throw error
    } catch {
      throw NodeFailure.unreadableStore(path: path, reason: error.localizedDescription)
    }
  }

  /// Removes the copy.
  func remove() { folder.remove() }

  /// What tells whether the file and its log changed while they were copied.
  private struct Stand: Equatable {
    let file: [Int64]
    let log: [Int64]
    let header: Data
  }

  private func copy() throws {
    for _ in 0..<Self.attemptsMax {
      let before = stand()
      for suffix in ["", "-wal"] {
        try? FileManager.default.removeItem(atPath: copyPath + suffix)
        if FileManager.default.fileExists(atPath: path + suffix) {
          try FileManager.default.copyItem(atPath: path + suffix, toPath: copyPath + suffix)
        }
      }
      if stand() == before {
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copyPath)
        return
      }
    }
    throw NodeFailure.unreadableStore(
      path: path, reason: "it changes faster than it can be copied")
  }

  private func stand() -> Stand {
    var (file, log) = (Glibc.stat(), Glibc.stat())
    let isThere = stat(path, &file) == 0
    let hasLog = stat(path + "-wal", &log) == 0
    let header = FileHandle(forReadingAtPath: path + "-wal").flatMap {
      try? $0.read(upToCount: Self.headerByteCount)
    }
    return Stand(
      file: isThere
        ? [Int64(file.st_size), Int64(file.st_mtim.tv_sec), Int64(file.st_mtim.tv_nsec)] : [],
      log: hasLog ? [Int64(log.st_ino)] : [], header: header ?? Data())
  }
}
