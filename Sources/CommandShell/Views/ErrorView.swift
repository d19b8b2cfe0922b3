package import CRDTCore

/// An error in three parts: what is wrong, where, what to type instead.
package enum ErrorView {
  /// How much of a long line is shown on either side of the place, in characters.
  private static let contextMax = 60
  private static let indent = "  "

  package static func lines(for error: any UserFacingError, style: Style) -> [String] {
    if let error = error as? ParseError {
      if let answer = error.answer { return [PlainText.oneLine(answer)] }
      return [summary(error.summary, style)] + location(of: error, style)
    }
    let hint = error.hint.map { PlainText.lines($0).split(separator: "\n") } ?? []
    return [summary(error.summary, style)] + hint.map { indent + $0 }
  }

  private static func summary(_ text: String, _ style: Style) -> String {
    style.paint("error:", .red) + " " + PlainText.oneLine(text)
  }

  /// The line that was typed and below it the caret with the hint.
  private static func location(of error: ParseError, _ style: Style) -> [String] {
    let (line, range) = place(of: error)
    let before = TextWidth.columns(of: line.characters(in: 0..<range.lowerBound))
    let width = max(1, TextWidth.columns(of: line.characters(in: range)))
    let carets = String(repeating: "^", count: width)
    let hint = error.hint.map { " " + PlainText.oneLine($0) } ?? ""
    guard !line.isEmpty else { return error.hint.map { [indent + PlainText.oneLine($0)] } ?? [] }
    return [
      indent + line,
      indent + String(repeating: " ", count: before) + style.paint(carets, .red) + hint,
    ]
  }

  /// The one line of the source that the error is in, shortened, and the error's place in it.
  private static func place(of error: ParseError) -> (line: String, range: SourceRange) {
    let characters = Array(error.source)
    let start = min(error.range.lowerBound, characters.count)
    var first = characters[..<start].lastIndex(where: \.isNewline).map { $0 + 1 } ?? 0
    var last = characters[start...].firstIndex(where: \.isNewline) ?? characters.count
    let end = max(start, min(error.range.upperBound, last))
    let isCutBefore = start - first > contextMax
    let isCutAfter = last - end > contextMax
    if isCutBefore { first = start - contextMax }
    if isCutAfter { last = end + contextMax }
    let text = PlainText.oneLine(String(characters[first..<last]))
    let line = (isCutBefore ? "…" : "") + text + (isCutAfter ? "…" : "")
    let shift = isCutBefore ? first - 1 : first
    return (line, start - shift..<end - shift)
  }
}
