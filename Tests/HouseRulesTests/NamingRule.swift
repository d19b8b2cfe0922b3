/// Names that make code hard to refer to, or say nothing.
enum NamingRule {
  static func violations(in file: RepositoryFile) -> [Violation] {
    file.code.lines.enumerated().flatMap { index, line -> [Violation] in
      guard let name = declaredType(in: line) else { return [] }
      var violations: [Violation] = []
      if modules.contains(name) {
        violations.append(file.violation(at: index + 1, "the type \(name) bears a module's name"))
      }
      if vague.contains(where: { name.hasSuffix($0) }) || name.contains(/^Base[A-Z]/) {
        violations.append(file.violation(at: index + 1, "the name \(name) says nothing"))
      }
      return violations
    }
  }

  /// The name of the type that a line declares.
  static func declaredType(in line: Substring) -> String? {
    let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "@") }
    guard let index = words.firstIndex(where: { kinds.contains(String($0)) }),
      words[..<index].allSatisfy({ $0.hasPrefix("@") || modifiers.contains(String($0)) }),
      index + 1 < words.count, words[index + 1] != "func", words[index + 1] != "var"
    else { return nil }
    return String(words[index + 1])
  }

  private static let modules = Set(ImportRule.table.keys).union(["TestSupport", "kith"])
  private static let vague = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Impl"]
  private static let kinds: Set<String> = [
    "actor", "class", "enum", "protocol", "struct", "typealias",
  ]
  private static let modifiers: Set<String> = [
    "fileprivate", "final", "indirect", "internal", "nonisolated", "package", "private", "public",
  ]
}
