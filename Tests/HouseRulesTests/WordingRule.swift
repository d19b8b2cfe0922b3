/// What no line of the repository says.
enum WordingRule {
  /// Checks any text: code, documents and scripts.
  static func violations(inText file: RepositoryFile) -> [Violation] {
    let bans: [(what: String, pattern: Regex<Substring>)] = [
      ("a note to be done later", /\b(?:TODO|FIXME|XXX|HACK)\b/),
      ("a path of somebody's machine", /(?:^|[\s"'`(=:])\/(?:home|Users|work|root)\//),
    ]
    return file.lines.enumerated().flatMap { index, line in
      bans.filter { line.contains($0.pattern.wordBoundaryKind(.simple)) }.map {
        file.violation(at: index + 1, $0.what)
      }
    }
  }

  /// Checks code, comments and strings left out.
  static func violations(inCode file: RepositoryFile) -> [Violation] {
    let code = file.code
    let bans: [(what: String, pattern: Regex<Substring>)] = [
      ("a trap where a failure should be", /\bfatalError\(|\btry!|\bas!/),
      ("a door into another module", /@testable\b/),
      ("a failure that nobody hears of", /\bcatch\s*(?:\{\s*\}|\{\s*$)/),
    ]
    return code.lines.enumerated().flatMap { index, line in
      bans.filter { line.contains($0.pattern.wordBoundaryKind(.simple)) }
        .filter { $0.what != bans[2].what || isEmptyCatch(at: index, in: code.lines) }
        .map { file.violation(at: index + 1, $0.what) }
    } + unproved(in: file, code)
  }

  /// Whether nothing but white space lies between the braces.
  private static func isEmptyCatch(at index: Int, in lines: [Substring]) -> Bool {
    guard let start = lines[index].firstRange(of: /catch\s*\{/) else { return false }
    let rest = lines[index][start.upperBound...] + lines[(index + 1)...].joined()
    return rest.first { !$0.isWhitespace } == "}"
  }

  /// Promises to the compiler that it cannot check, and that no comment above proves.
  private static func unproved(in file: RepositoryFile, _ code: SwiftCode) -> [Violation] {
    let lines = file.lines
    return code.lines.enumerated().compactMap { index, line in
      guard line.contains(/@unchecked Sendable|nonisolated\(unsafe\)|@preconcurrency/) else {
        return nil
      }
      let above = lines[..<index].last { !$0.allSatisfy(\.isWhitespace) } ?? ""
      let isProved = above.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
      return isProved ? nil : file.violation(at: index + 1, "a promise without its proof")
    }
  }
}
