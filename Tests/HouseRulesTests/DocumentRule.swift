/// What the documents promise: that they exist, that their links lead somewhere, and their shape.
enum DocumentRule {
  /// The documents that a reader may count on.
  static let required = [
    "README.md", "LICENSE", "docs/architecture.md", "docs/changelog.md", "docs/commands.md",
    "docs/conflicts.md", "docs/contributing.md", "docs/data-model.md", "docs/glossary.md",
    "docs/performance.md", "docs/protocol.md", "docs/security.md", "docs/simulation.md",
    "docs/storage.md", "docs/style.md", "docs/tutorial.md", "docs/tutorial-rep.md",
    "docs/tutorial-manager.md", "docs/fuzzing.md",
    "docs/features.md",
  ]

  static let decisionHeadings = ["Context", "Decision", "Alternatives", "Consequences"]

  /// Checks that a decision record has its title and its four sections, in order, on one page.
  static func violations(inDecision file: RepositoryFile) -> [Violation] {
    let headings = file.lines.filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
    var violations: [Violation] = []
    if headings != decisionHeadings {
      let expected = decisionHeadings.joined(separator: ", ")
      violations.append(file.violation(at: 1, "has not the sections \(expected)"))
    }
    let number = file.path.split(separator: "/").last?.prefix(4) ?? ""
    if !file.text.hasPrefix("# \(number) ") {
      violations.append(file.violation(at: 1, "is not titled with its number"))
    }
    if file.lines.count > 80 { violations.append(file.violation(at: 1, "is longer than a page")) }
    return violations
  }

  /// Checks that every relative link leads to a file, and every fragment to a heading of it.
  ///
  /// - Parameters:
  ///   - file: The document.
  ///   - read: The text at a path from the root; empty for a folder, `nil` if there is nothing.
  /// - Returns: The lines with a link that leads nowhere.
  static func violations(
    inLinksOf file: RepositoryFile, read: (String) -> String?
  ) -> [Violation] {
    proseLines(of: file).flatMap { index, line in
      line.matches(of: /\]\(([^)\s]+)\)/).compactMap { match -> Violation? in
        let link = String(match.1)
        guard !link.contains("://"), !link.hasPrefix("mailto:") else { return nil }
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let target = parts[0].isEmpty ? file.path : resolved(String(parts[0]), from: file.path)
        guard let text = target == file.path ? file.text : read(target) else {
          return file.violation(at: index + 1, "the link \(link) leads nowhere")
        }
        guard parts.count == 1 || anchors(in: text).contains(String(parts[1])) else {
          return file.violation(at: index + 1, "the link \(link) names no heading")
        }
        return nil
      }
    }
  }

  /// A link's path from the root.
  static func resolved(_ link: String, from document: String) -> String {
    var folders = document.split(separator: "/").dropLast().map(String.init)
    for part in link.split(separator: "/") {
      switch part {
      case ".": continue
      case "..": if !folders.isEmpty { folders.removeLast() }
      default: folders.append(String(part))
      }
    }
    return folders.joined(separator: "/")
  }

  /// The fragments that a document's headings are reached by.
  static func anchors(in text: String) -> Set<String> {
    let file = RepositoryFile(path: "", text: text)
    return Set(
      proseLines(of: file).map(\.line).filter { $0.hasPrefix("#") }.map { heading in
        heading.drop { $0 == "#" }.trimmingPrefix(while: \.isWhitespace).lowercased()
          .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
          .replacing(" ", with: "-")
      })
  }

  /// The lines outside fenced blocks.
  private static func proseLines(of file: RepositoryFile) -> [(index: Int, line: Substring)] {
    var isFenced = false
    return file.lines.enumerated().compactMap { index, line in
      if line.trimmingPrefix(while: \.isWhitespace).hasPrefix("```") {
        isFenced.toggle()
        return nil
      }
      return isFenced ? nil : (index, line)
    }
  }
}

/// What the manifest promises.
enum ManifestRule {
  /// Checks that every dependency is pinned to one version.
  static func violations(in file: RepositoryFile) -> [Violation] {
    let manifest = file.code.text
    return manifest.ranges(of: /\.package\(/).compactMap { range in
      let arguments = manifest[range.upperBound...].prefix { $0 != ")" }
      guard !arguments.contains("exact:") else { return nil }
      let line = manifest[..<range.lowerBound].count { $0 == "\n" } + 1
      return file.violation(at: line, "a dependency that is not pinned")
    }
  }
}
