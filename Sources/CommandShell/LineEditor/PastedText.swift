/// Text that was pasted into a line, taken apart into lines.
struct PastedText {
  /// The lines, without empty ones at the end; there is always at least one.
  let lines: [String]

  init(_ text: String) {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    while lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
    self.lines = lines.map { line in String(line.map { $0 == "\t" ? " " : $0 }) }
  }

  /// All lines as one that can be edited: joined as commands are, continued ones as continued.
  var oneLine: String {
    var result = ""
    for line in lines.map(\.trimmed) where !line.isEmpty && line.first != "#" {
      if result.hasSuffix("\\") {
        result.removeLast()
        result += line
      } else {
        result += (result.isEmpty ? "" : "; ") + line
      }
    }
    return result
  }

  /// The lines as they come to be when pasted into a line that has text around the cursor.
  func inserted(between before: String, and after: String) -> [String] {
    var result = lines
    result[0] = before + result[0]
    result[result.count - 1] += after
    return result
  }
}
