/// Below the runtime, time, randomness and the environment come in as arguments.
enum HiddenInputRule {
  /// The targets in which nothing reads a clock or draws a random number.
  static let targets: Set<String> = [
    "CRDTCore", "SyncEngine", "ReplicaStore", "PeerTransport", "CRMDomain", "CommandShell",
  ]

  static func violations(in file: RepositoryFile) -> [Violation] {
    guard targets.contains(file.target) else { return [] }
    // A file with a `print` of its own means that one.
    let bans = file.code.text.contains("func print(") ? bans : bans + [output]
    let banned = bans.flatMap { ban in
      ban.breaches(in: file.code.lines, of: file.code.text).map {
        file.violation(at: $0 + 1, "\(ban.what) is a hidden input")
      }
    }
    return banned + unseededDraws(in: file)
  }

  private static var bans: [Ban] {
    [
      Ban(
        "the wall clock", signs: ["Date"],
        /\bDate(?:\.init)?\(\)|\bDate\.now\b|\bDate\(timeIntervalSinceNow/),
      Ban(
        "the wall clock", signs: ["clock_gettime", "gettimeofday", "CFAbsoluteTime"],
        /\b(?:clock_gettime|gettimeofday|CFAbsoluteTimeGetCurrent)\b/),
      Ban(
        "a running clock", signs: ["ContinuousClock", "SuspendingClock"],
        /\b(?:ContinuousClock|SuspendingClock)\b/),
      Ban(
        "a running clock", signs: [".now"],
        /\b(?:DispatchTime|DispatchWallTime|NIODeadline)\.now\b/),
      Ban("a random id", signs: ["UUID()"], /\bUUID\(\)/),
      Ban(
        "randomness", signs: ["SystemRandom", "arc4random", "getrandom"],
        /\b(?:SystemRandomNumberGenerator|arc4random\w*|getrandom)\b/),
      Ban(
        "randomness", signs: ["randomElement()", "shuffled()", "shuffle()", "Bool.random()"],
        /\.(?:randomElement|shuffled|shuffle)\(\)|\bBool\.random\(\)/),
      Ban(
        "the environment", signs: ["getenv", "setenv", "ProcessInfo"],
        /\b(?:getenv|setenv|ProcessInfo)\b/),
      Ban(
        "the machine's region", signs: [".current", ".autoupdatingCurrent"],
        /\b(?:Locale|TimeZone|Calendar)\.(?:current|autoupdatingCurrent)\b/),
    ]
  }

  private static var output: Ban {
    Ban(
      "standard output", signs: ["print(", "debugPrint(", "puts(", "dump("],
      /(?:^|[^.\w])(?:print|debugPrint|puts|dump)\(/)
  }

  /// Finds `.random(in:)` without `using:`, also where its arguments run over several lines.
  private static func unseededDraws(in file: RepositoryFile) -> [Violation] {
    let code = file.code
    return code.text.ranges(of: /\.random\(/).compactMap { range in
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
