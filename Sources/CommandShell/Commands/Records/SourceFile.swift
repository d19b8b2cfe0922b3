import CRDTCore
import CRMDomain
import Foundation

/// A file that is read in chunks, from its beginning each time it is opened.
struct SourceFile {
  let path: String
  private static let chunkByteCount = 1 << 18

  /// - Throws: ``SourceFileError``, as does the source that is returned.
  func open() throws -> CSVReader.Source {
    guard let file = FileHandle(forReadingAtPath: path) else { throw unreadable() }
    var status = stat()
    guard fstat(file.fileDescriptor, &status) == 0 else { throw unreadable() }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw SourceFileError.folder(path: path) }
    return {
      do {
        return Array(try file.read(upToCount: Self.chunkByteCount) ?? Data())
      } catch {
        throw SourceFileError.unreadable(path: path, reason: error.localizedDescription)
      }
    }
  }

  private func unreadable() -> SourceFileError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}

/// A file that a command was to read and cannot.
enum SourceFileError: Error, Hashable, Sendable {
  case folder(path: String)
  case unreadable(path: String, reason: String)
}

extension SourceFileError: UserFacingError {
  var summary: String {
    switch self {
    case .folder(let path): "\(path) is a folder, not a file."
    case .unreadable(let path, let reason): "The file \(path) cannot be read: \(reason)."
    }
  }

  var hint: String? {
    switch self {
    case .folder: "Name one of the files in it."
    case .unreadable: "Check its name and its rights."
    }
  }
}
