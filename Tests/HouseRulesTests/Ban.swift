/// Something that no line may hold.
///
/// Made anew for each file, because a `Regex` is not `Sendable`.
struct Ban {
  /// What is wrong with such a line.
  let what: String
  /// Texts of which a file must have one before its lines are matched, which is slow.
  let signs: [String]
  /// What such a line holds.
  let pattern: Regex<Substring>

  init(_ what: String, signs: [String], _ pattern: Regex<Substring>) {
    self.what = what
    self.signs = signs
    // By default a point between letters is no boundary.
    self.pattern = pattern.wordBoundaryKind(.simple)
  }

  /// The indexes of the lines that break the ban.
  func breaches(in lines: [Substring], of text: String) -> [Int] {
    guard signs.contains(where: { text.contains($0) }) else { return [] }
    return lines.indices.filter { lines[$0].contains(pattern) }
  }
}
