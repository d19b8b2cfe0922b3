import CRDTCore
import Foundation
import Synchronization

/// A file that `-o` or `tee` names.
final class OutputFile: Sendable {
  let path: String
  private let handle: FileHandle
  private let failure = Mutex<OutputFileError?>(nil)

  /// Makes the file; one that is there is emptied, or gone on with.
  init(path: String, isAppending: Bool = false) throws(OutputFileError) {
    let descriptor = open(
      path, O_WRONLY | O_CREAT | O_CLOEXEC | (isAppending ? O_APPEND : O_TRUNC), 0o666)
    guard descriptor >= 0 else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    self.path = path
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  func write(_ text: String) {
    do {
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      failure.withLock { $0 = .unwritable(path: path, reason: error.localizedDescription) }
    }
  }

  /// - Throws: What went wrong with an earlier write.
  func checkWritten() throws {
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  /// - Throws: What went wrong with an earlier write.
  func close() throws {
    try checkWritten()
    try handle.close()
  }
}

/// A file named with `-o` or `tee` that cannot be written.
enum OutputFileError: Error, Hashable, Sendable {
  case unwritable(path: String, reason: String)
}

extension OutputFileError: UserFacingError {
  var summary: String {
    switch self {
    case .unwritable(let path, let reason): "\(path) can't be written: \(reason)."
    }
  }

  var hint: String? { nil }
}
