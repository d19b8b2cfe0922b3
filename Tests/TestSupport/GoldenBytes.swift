import Foundation

/// Encodings pinned byte by byte in `Fixtures/*.hex` beside the tests that read them.
///
/// `RECORD=1 swift test --filter X` rewrites the files; the diff is then reviewed like code, because a
/// changed byte is a changed format.
package struct GoldenBytes: Sendable {
  private let folder: URL
  private let isRecording: Bool

  /// Finds the fixtures of the test file that calls.
  package init(besideTests file: String = #filePath) {
    folder = URL(fileURLWithPath: file).deletingLastPathComponent()
      .appendingPathComponent("Fixtures")
    isRecording = ProcessInfo.processInfo.environment["RECORD"] == "1"
  }

  /// The pinned bytes; comments behind `#` are left out.
  package func bytes(of name: String) throws -> [UInt8] {
    let text = try String(contentsOf: path(of: name), encoding: .utf8)
    let digits = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined()
    guard let bytes = Hexadecimal.bytes(from: digits) else {
      throw Difference(name: name, expected: "hexadecimal digits", actual: text)
    }
    return bytes
  }

  /// Compares bytes with the file of that name, or writes the file when recording.
  ///
  /// - Parameters:
  ///   - bytes: What the encoder made.
  ///   - name: The fixture, without its extension.
  ///   - comment: What the bytes encode; the file's first line.
  /// - Throws: ``Difference`` if they differ, or the file system's error.
  package func expect(_ bytes: [UInt8], in name: String, comment: String) throws {
    guard !isRecording else {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let text = "# \(comment)\n\(Hexadecimal.lines(of: bytes))\n"
      return try text.write(to: path(of: name), atomically: true, encoding: .utf8)
    }
    let expected = try self.bytes(of: name)
    guard expected == bytes else {
      throw Difference(
        name: name, expected: Hexadecimal.lines(of: expected), actual: Hexadecimal.lines(of: bytes))
    }
  }

  private func path(of name: String) -> URL { folder.appendingPathComponent("\(name).hex") }

  /// The bytes are not those that the format has promised.
  package struct Difference: Error, CustomStringConvertible {
    let name: String
    let expected: String
    let actual: String

    package var description: String {
      "\(name).hex pins\n\(expected)\nand the code made\n\(actual)"
    }
  }
}
