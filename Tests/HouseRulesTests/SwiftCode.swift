/// A Swift file's code, with comments and the text of string literals blanked out.
///
/// Lines and columns stay where they are. What is interpolated into a string is code, and stays.
struct SwiftCode: Sendable {
  let lines: [Substring]
  let text: String

  init(_ source: String) {
    var scanner = Scanner(bytes: Array(source.utf8))
    scanner.scan()
    text = String(decoding: scanner.bytes, as: UTF8.self)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private struct Scanner {
    private enum Context {
      case code(openParentheses: Int?)
      case string(hashes: Int, quotes: Int)
    }

    var bytes: [UInt8]
    private var index = 0
    private var contexts = [Context.code(openParentheses: nil)]

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func scan() {
      while index < bytes.count {
        switch contexts[contexts.count - 1] {
        case .code(let open): scanCode(openParentheses: open)
        case .string(let hashes, let quotes): scanString(hashes: hashes, quotes: quotes)
        }
      }
    }

    private mutating func scanCode(openParentheses open: Int?) {
      if matches("//") { return blank { $0 == UInt8(ascii: "\n") } }
      if matches("/*") { return blankBlockComment() }
      let hashes = count(of: UInt8(ascii: "#"), from: index)
      if index + hashes < bytes.count, bytes[index + hashes] == UInt8(ascii: "\"") {
        index += hashes
        let quotes = matches("\"\"\"") ? 3 : 1
        index += quotes
        return contexts.append(.string(hashes: hashes, quotes: quotes))
      }
      let byte = bytes[index]
      index += 1
      guard let open else { return }
      if byte == UInt8(ascii: "(") { replaceContext(open + 1) }
      if byte == UInt8(ascii: ")") {
        if open == 1 { contexts.removeLast() } else { replaceContext(open - 1) }
      }
    }

    private mutating func scanString(hashes: Int, quotes: Int) {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\"), count(of: UInt8(ascii: "#"), from: index + 1) >= hashes {
        let next = index + 1 + hashes
        blank(count: 1 + hashes)
        guard next < bytes.count else { return }
        if bytes[next] == UInt8(ascii: "(") {
          index += 1
          return contexts.append(.code(openParentheses: 1))
        }
        return blank(count: 1)
      }
      let isEnd =
        count(of: UInt8(ascii: "\""), from: index) >= quotes
        && count(of: UInt8(ascii: "#"), from: index + quotes) >= hashes
      if isEnd || byte == UInt8(ascii: "\n") && quotes == 1 {
        index += isEnd ? quotes + hashes : 1
        contexts.removeLast()
        return
      }
      blank(count: 1)
    }

    private mutating func blankBlockComment() {
      var depth = 0
      repeat {
        if matches("/*") {
          depth += 1
          blank(count: 2)
        } else if matches("*/") {
          depth -= 1
          blank(count: 2)
        } else {
          blank(count: 1)
        }
      } while depth > 0 && index < bytes.count
    }

    private mutating func replaceContext(_ open: Int) {
      contexts[contexts.count - 1] = .code(openParentheses: open)
    }

    private func matches(_ text: StaticString) -> Bool {
      text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    }

    private func count(of byte: UInt8, from start: Int) -> Int {
      var end = start
      while end < bytes.count, bytes[end] == byte { end += 1 }
      return end - start
    }

    private mutating func blank(until isEnd: (UInt8) -> Bool) {
      while index < bytes.count, !isEnd(bytes[index]) { blank(count: 1) }
    }

    private mutating func blank(count: Int) {
      for _ in 0..<count where index < bytes.count {
        if bytes[index] != UInt8(ascii: "\n") { bytes[index] = UInt8(ascii: " ") }
        index += 1
      }
    }
  }
}
