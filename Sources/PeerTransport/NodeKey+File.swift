import Crypto
import Glibc

extension NodeKey {
  /// Loads a key from a PEM file.
  ///
  /// Symbolic links are followed; what counts is the mode of the file they lead to.
  package static func load(from path: String) throws(NodeKeyFileError) -> NodeKey {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .missing(path: path) : .unreadable(path: path, reason: systemErrorText())
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: systemErrorText())
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .damaged(path: path) }
    guard status.st_mode & 0o077 == 0 else {
      throw .exposed(path: path, mode: status.st_mode & 0o777)
    }
    var bytes = [UInt8](repeating: 0, count: fileBytesMax)
    let byteCount = read(descriptor, &bytes, bytes.count)
    guard byteCount >= 0 else { throw .unreadable(path: path, reason: systemErrorText()) }
    let text = String(decoding: bytes.prefix(byteCount), as: UTF8.self)
    do {
      return NodeKey(try P256.Signing.PrivateKey(pemRepresentation: text))
    } catch {
      throw .damaged(path: path)
    }
  }

  /// Stores the key as a PEM file that only its owner may read (mode 0600).
  ///
  /// Whatever happens midway, a crash included, `path` holds afterwards either nothing or the whole
  /// key, on disk. A key that is there already is never replaced.
  package func save(to path: String) throws(NodeKeyFileError) {
    // The process id keeps two processes out of each other's file; one of our own that a crash left
    // behind under the same id is stale.
    let draft = "\(path).new-\(getpid())"
    unlink(draft)
    defer { unlink(draft) }
    try writeDraft(draft, for: path)
    // Unlike `rename`, `link` fails when the name is taken.
    guard link(draft, path) == 0 else {
      throw errno == EEXIST
        ? .alreadyExists(path: path) : .unwritable(path: path, reason: systemErrorText())
    }
    try Self.syncDirectory(of: path)
  }

  private func writeDraft(_ draft: String, for path: String) throws(NodeKeyFileError) {
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemErrorText()) }
    defer { close(descriptor) }
    var rest = Array((privateKey.pemRepresentation + "\n").utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { throw .unwritable(path: path, reason: systemErrorText()) }
      rest.removeFirst(written)
    }
    guard fsync(descriptor) == 0 else {
      throw .unwritable(path: path, reason: systemErrorText())
    }
  }

  /// Makes the new name durable; without this a power cut may take it back.
  private static func syncDirectory(of path: String) throws(NodeKeyFileError) {
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemErrorText()) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw .unwritable(path: path, reason: systemErrorText())
    }
  }

  /// A P-256 key as PEM takes about 240 bytes.
  private static let fileBytesMax = 4096
}

/// The system's words for the last call that failed.
private func systemErrorText() -> String { String(cString: strerror(errno)) }
