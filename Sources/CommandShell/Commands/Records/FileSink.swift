import CRDTCore
import Foundation

/// A file that is written piece by piece, made anew.
final class FileSink {
  let path: String
  private let file: FileHandle
  private var pending: [UInt8] = []
  /// How many bytes are gathered before they are written.
  private static let pendingByteCountMax = 1 << 16

  /// - Throws: ``RecordError/unwritableFile(_:)``.
  init(path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw RecordError.unwritableFile(path) }
    self.path = path
    self.file = file
  }

  func write(_ bytes: [UInt8]) throws {
    pending += bytes
    if pending.count >= Self.pendingByteCountMax { try flush() }
  }

  /// Writes what was gathered.
  func flush() throws {
    try file.write(contentsOf: Data(pending))
    pending = []
  }

  /// Writes what was gathered, as far as that goes, and closes the file.
  func close() {
    try? flush()
    try? file.close()
  }
}
