/// Keys of fractional indexing: between any two there is room for another, so that a record moves by
/// one write of its own and nobody's else.
///
/// Words of the letters a to z that do not end in a; they order byte by byte. Two nodes that move to one
/// place at once make equal keys, whose records then order by id.
///
/// Source: "Implementing Fractional Indexing" (David Greenspan, 2020), with one digit for whole numbers
/// left out.
package enum PositionKey {
  private static let digits = 26
  private static let lengthMax = 256
  private static let zero = UInt8(ascii: "a")

  /// Keys for so many records in a row, with room before, between and behind them.
  package static func row(of count: Int) -> [String] {
    (0..<count).reduce(into: []) { keys, _ in keys.append(between(keys.last, nil)) }
  }

  /// A key behind `low` and before `high`; `nil` stands for the beginning or the end.
  ///
  /// Where `high` is not behind `low`, as equal keys are, there is nothing between them: the key is
  /// behind `low` then.
  package static func between(_ low: String?, _ high: String?) -> String {
    let low = places(of: low ?? "")
    let high = high.map(places)
    let isOrdered = high.map { low.lexicographicallyPrecedes($0) } ?? true
    let key = middle(low[...], isOrdered ? high.map { $0[...] } : nil)
    return String(decoding: key.map { UInt8($0) + zero }, as: UTF8.self)
  }

  /// The digits of a key; one that another program made up may have any length and any bytes.
  private static func places(of key: String) -> [Int] {
    key.utf8.prefix(lengthMax).map { min(max(Int($0) - Int(zero), 0), digits - 1) }
  }

  private static func middle(_ low: ArraySlice<Int>, _ high: ArraySlice<Int>?) -> [Int] {
    let first = low.first ?? 0
    let limit = high.map { $0.first ?? 0 } ?? digits
    if let high, first == limit {
      return [first] + middle(low.dropFirst(), high.dropFirst())
    }
    if limit - first > 1 { return [(first + limit) / 2] }
    if let high, high.count > 1 { return [limit] }
    return [first] + middle(low.dropFirst(), nil)
  }
}
