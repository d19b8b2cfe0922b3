/// Reads how long something takes: `25m`, `1h`, `1h30m`, `90 min`, `2 hours`.
enum DurationReader {
  /// The longest that is taken, in minutes: a month.
  private static let minutesMax = 31 * 24 * 60

  /// The minutes; `nil` if the text is no length of time.
  static func minutes(_ text: String) -> Int? {
    let plain = text.lowercased().filter { !$0.isWhitespace }
    let units: [(String, Int)] = [
      ("hours", 60), ("hour", 60), ("minutes", 1), ("minute", 1), ("mins", 1), ("min", 1),
      ("h", 60), ("m", 1),
    ]
    var rest = plain[...]
    var sum = 0
    var unitBefore = Int.max
    while !rest.isEmpty {
      let digits = rest.prefix { ("0"..."9").contains($0) }
      guard digits.count <= 5, let count = Int(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      guard let (word, unit) = units.first(where: { rest.hasPrefix($0.0) }), unit < unitBefore
      else { return nil }
      rest = rest.dropFirst(word.count)
      unitBefore = unit
      sum += count * unit
    }
    return plain.isEmpty || sum > minutesMax ? nil : sum
  }
}
