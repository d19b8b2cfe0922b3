import Glibc

/// Tells what is at the path of a store before SQLite opens it, which would turn another program's
/// database into one with a write-ahead log.
struct StorePath {
  let path: String

  /// An SQLite file begins with 16 bytes that say so; bytes 68 to 71 are the program's mark.
  private static let signature = Array("SQLite format 3\0".utf8)
  private static let markPlace = 68..<72
  private static let mark = Array("kith".utf8)

  init(_ path: String) { self.path = path }

  /// Returns whether there is a store, as far as the file's beginning tells.
  ///
  /// - Throws: ``NodeFailure/unreadableStore(path:reason:)``, or
  ///   ``NodeFailure/noStore(path:found:)`` if something else is there; nothing was changed.
  func hasStore() throws(NodeFailure) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return false }
      throw unreadable()
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .noStore(path: path, found: "a folder")
    case _: throw .noStore(path: path, found: "a device or a pipe")
    }
    let bytes = try beginning()
    if bytes.isEmpty { throw .noStore(path: path, found: "an empty file") }
    guard bytes.starts(with: Self.signature), bytes.count >= Self.markPlace.upperBound else {
      throw .noStore(path: path, found: "a file that is no database, or whose beginning is damaged")
    }
    if bytes[Self.markPlace].elementsEqual(Self.mark) || hasPendingLog { return true }
    throw .noStore(path: path, found: "a database of another program")
  }

  private func beginning() throws(NodeFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable() }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Self.markPlace.upperBound)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw unreadable() }
    return Array(bytes.prefix(count))
  }

  /// Whether a write-ahead log is still to be taken in; the mark may be in it.
  private var hasPendingLog: Bool {
    var status = stat()
    return stat(path + "-wal", &status) == 0 && status.st_size > 0
  }

  private func unreadable() -> NodeFailure {
    .unreadableStore(path: path, reason: String(cString: strerror(errno)))
  }
}
