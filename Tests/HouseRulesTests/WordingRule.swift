/// What no line of the repository says.
enum WordingRule {
  /// Checks any text: code, documents and scripts.
  static func violations(inText file: RepositoryFile) -> [Violation] {
    let bans = [
      Ban(
        "a note to be done later", signs: ["TODO", "FIXME", "XXX", "HACK"],
        /\b(?:TODO|FIXME|XXX|HACK)\b/),
      Ban(
        "a path of somebody's machine", signs: ["/home/", "/Users/", "/work/", "/root/"],
        /(?:^|[\s"'`(=:])\/(?:home|Users|work|root)\//),
    ]
    return bans.flatMap { ban in
      ban.breaches(in: file.lines, of: file.text).map { file.violation(at: $0 + 1, ban.what) }
    }
  }

  /// Checks code, comments and strings left out.
  static func violations(inCode file: RepositoryFile) -> [Violation] {
    let code = file.code
    let bans = [
      Ban(
        "a trap where a failure should be", signs: ["fatalError", "try!", "as!"],
        /\bfatalError\(|\btry!|\bas!/),
      Ban("a door into another module", signs: ["@testable"], /@testable\b/),
    ]
    let banned = bans.flatMap { ban in
      ban.breaches(in: code.lines, of: code.text).map { file.violation(at: $0 + 1, ban.what) }
    }
    let catches = Ban("", signs: ["catch"], /\bcatch\s*(?:\{\s*\}|\{\s*$)/)
    let silent = catches.breaches(in: code.lines, of: code.text)
      .filter { isEmptyCatch(at: $0, in: file.lines) }
      .map { file.violation(at: $0 + 1, "a failure that nobody hears of") }
    return banned + silent + unproved(in: file)
  }

  /// Whether nothing but white space lies between the braces, not even a comment that gives a reason.
  private static func isEmptyCatch(at index: Int, in lines: [Substring]) -> Bool {
    guard let start = lines[index].firstRange(of: /catch\s*\{/) else { return false }
    let rest = lines[index][start.upperBound...] + lines[(index + 1)...].joined()
    return rest.first { !$0.isWhitespace } == "}"
  }

  /// Promises to the compiler that it cannot check, and that no comment above proves.
  private static func unproved(in file: RepositoryFile) -> [Violation] {
    let lines = file.lines
    let promises = Ban(
      "a promise without its proof",
      signs: ["@unchecked", "nonisolated(unsafe)", "@preconcurrency"],
      /@unchecked Sendable|nonisolated\(unsafe\)|@preconcurrency/)
    return promises.breaches(in: file.code.lines, of: file.code.text).compactMap { index in
      let above = lines[..<index].last { !$0.allSatisfy(\.isWhitespace) } ?? ""
      let isProved = above.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
      return isProved ? nil : file.violation(at: index + 1, promises.what)
    }
  }
}
