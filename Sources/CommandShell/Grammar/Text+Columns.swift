extension StringProtocol {
  /// The text without white space at either end.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }

  /// The characters in these columns, as far as the text reaches.
  func characters(in range: SourceRange) -> String {
    String(dropFirst(range.lowerBound).prefix(range.count))
  }
}
