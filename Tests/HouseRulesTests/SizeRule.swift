/// How long a file and a function may be.
enum SizeRule {
  static let fileLinesMax = 500
  static let functionLinesMax = 60

  static func violations(in file: RepositoryFile) -> [Violation] {
    let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
    let fileViolation =
      count > fileLinesMax ? [file.violation(at: 1, "\(count) lines, at most \(fileLinesMax)")] : []
    return fileViolation
      + functions(in: file.code).filter { $0.lineCount > functionLinesMax }.map {
        file.violation(
          at: $0.line, "a function of \($0.lineCount) lines, at most \(functionLinesMax)")
      }
  }

  /// Where a function starts, and how many lines it has from its name to its closing brace.
  struct Function: Equatable {
    let line: Int
    let lineCount: Int
  }

  static func functions(in code: SwiftCode) -> [Function] {
    let bytes = Array(code.text.utf8)
    var functions: [Function] = []
    var line = 1
    var index = 0
    while index < bytes.count {
      let word = bytes[index...].prefix { isWord($0) }
      if !word.isEmpty {
        let isMember = index > 0 && bytes[index - 1] == UInt8(ascii: ".")
        let end = index + word.count
        if !isMember, keywords.contains(String(decoding: word, as: UTF8.self)),
          let lineCount = lineCount(ofFunctionAt: end, in: bytes)
        {
          functions.append(Function(line: line, lineCount: lineCount))
        }
        index = end
      } else {
        if bytes[index] == newline { line += 1 }
        index += 1
      }
    }
    return functions
  }

  private static let keywords: Set<String> = ["func", "init", "deinit", "subscript", "var"]
  private static let newline = UInt8(ascii: "\n")

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  /// Counts lines up to the end of the body; `nil` for a declaration that has none.
  private static func lineCount(ofFunctionAt start: Int, in bytes: [UInt8]) -> Int? {
    guard let body = body(ofFunctionAt: start, in: bytes) else { return nil }
    var depth = 0
    for index in body..<bytes.count {
      if bytes[index] == UInt8(ascii: "{") { depth += 1 }
      if bytes[index] == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 { return bytes[start...index].count { $0 == newline } + 1 }
    }
    return nil
  }

  /// Finds the opening brace: behind the signature, and on no line that starts something else.
  private static func body(ofFunctionAt start: Int, in bytes: [UInt8]) -> Int? {
    var depth = 0
    for index in start..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "{") where depth == 0: return index
      case UInt8(ascii: "}") where depth <= 0: return nil
      case UInt8(ascii: "=") where depth == 0 && bytes[index + 1] == UInt8(ascii: " "): return nil
      case newline where depth == 0:
        let next = bytes[index...].drop { $0 == newline || $0 == UInt8(ascii: " ") }
        let continues = ["{", "->", "where", "throws", "async"].contains {
          next.starts(with: $0.utf8)
        }
        if !continues { return nil }
      default: break
      }
    }
    return nil
  }
}
