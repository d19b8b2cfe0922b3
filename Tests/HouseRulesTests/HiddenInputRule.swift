/// Below the runtime, time, randomness and the environment come in as arguments.
enum HiddenInputRule {
  /// The targets in which nothing reads a clock or draws a random number.
  static let targets: Set<String> = [
    "CRDTCore", "SyncEngine", "ReplicaStore", "PeerTransport", "CRMDomain", "CommandShell",
  ]

  static func violations(in file: RepositoryFile) -> [Violation] {
    guard targets.contains(file.target) else { return [] }
    let code = file.code
    let bans = bans
    let banned = code.lines.enumerated().flatMap { index, line in
      bans.filter { line.contains($0.pattern.wordBoundaryKind(.simple)) }.map {
        file.violation(at: index + 1, "\($0.what) is a hidden input")
      }
    }
    return banned + unseededDraws(in: file, code)
  }

  /// Patterns are made anew for each file, because a `Regex` is not `Sendable`.
  private static var bans: [(what: String, pattern: Regex<Substring>)] {
    [
      ("the wall clock", /\bDate(?:\.init)?\(\)|\bDate\.now\b|\bDate\(timeIntervalSinceNow/),
      ("the wall clock", /\b(?:clock_gettime|gettimeofday|CFAbsoluteTimeGetCurrent)\b/),
      ("a running clock", /\b(?:ContinuousClock|SuspendingClock)\b/),
      ("a running clock", /\b(?:DispatchTime|DispatchWallTime|NIODeadline)\.now\b/),
      ("a random id", /\bUUID\(\)/),
      ("randomness", /\b(?:SystemRandomNumberGenerator|arc4random\w*|getrandom)\b/),
      ("randomness", /\.(?:randomElement|shuffled|shuffle)\(\)|\bBool\.random\(\)/),
      ("the environment", /\b(?:getenv|setenv|ProcessInfo)\b/),
      ("the machine's region", /\b(?:Locale|TimeZone|Calendar)\.(?:current|autoupdatingCurrent)\b/),
      ("standard output", /(?:^|[^.\w])(?:print|debugPrint|puts|dump)\(/),
    ]
  }

  /// Finds `.random(in:)` without `using:`, also where its arguments run over several lines.
  private static func unseededDraws(in file: RepositoryFile, _ code: SwiftCode) -> [Violation] {
    code.text.ranges(of: /\.random\(/).compactMap { range in
      var depth = 1
      let arguments = code.text[range.upperBound...].prefix { character in
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        return depth > 0
      }
      guard !arguments.contains("using:"), arguments.contains("in:") else { return nil }
      let line = code.text[..<range.lowerBound].count { $0 == "\n" } + 1
      return file.violation(at: line, "randomness is a hidden input")
    }
  }
}
