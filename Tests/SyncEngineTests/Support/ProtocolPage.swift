import Foundation
import TestSupport
import Testing

/// `docs/protocol.md`, as far as tests read it.
enum ProtocolPage {
  /// A block of hexadecimal: its lines, without what follows a semicolon.
  struct Example: Hashable, CustomTestStringConvertible {
    let name: String
    let lines: [[UInt8]]

    var bytes: [UInt8] { lines.flatMap(\.self) }

    var testDescription: String { name }
  }

  /// The blocks fenced as `hex NAME`, in order.
  static let examples: [Example] = blocks { $0.hasPrefix("hex ") }.map { info, lines in
    let bytes = lines.map { line -> [UInt8] in
      let digits = line.prefix { $0 != ";" }
      guard let bytes = Hexadecimal.bytes(from: String(digits)) else {
        preconditionFailure("\(line) is no hex.")
      }
      return bytes
    }
    return Example(name: String(info.dropFirst(4)), lines: bytes)
  }

  /// The static names in order, without the first, which is empty.
  static let names: [String] = blocks { $0 == "names" }.flatMap(\.lines).flatMap { line in
    line.split(separator: " · ").map { String($0.split(separator: " ")[1]) }
  }

  private static func blocks(
    where isWanted: (Substring) -> Bool
  ) -> [(info: Substring, lines: [Substring])] {
    var blocks: [(Substring, [Substring])] = []
    var open: (info: Substring, lines: [Substring])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let block = open, line == "```" {
        if isWanted(block.info) { blocks.append(block) }
        open = nil
      } else if line.hasPrefix("```") {
        open = (line.dropFirst(3), [])
      } else {
        open?.lines.append(line)
      }
    }
    return blocks
  }

  private static let text: String = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = root.appending(path: "docs/protocol.md")
    do {
      return try String(contentsOf: page, encoding: .utf8)
    } catch {
      preconditionFailure("docs/protocol.md cannot be read: \(error)")
    }
  }()
}
