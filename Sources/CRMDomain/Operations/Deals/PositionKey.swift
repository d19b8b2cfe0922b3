/// Keys of fractional indexing: lower-case words that order records byte by byte, with room for another between
/// any two.
///
/// Two nodes that put something between the same neighbours draw the same key; ids break the tie.
package enum PositionKey {
  private static let least = UInt8(ascii: "a")
  private static let greatest = UInt8(ascii: "z")

  /// Keys for so many records in a row, with room before, between and behind them.
  package static func row(of count: Int) -> [String] {
    var keys: [String] = []
    for _ in 0..<count { keys.append(between(keys.last, nil)) }
    return keys
  }

  /// A key behind `lower` and before `upper`; a side that is `nil` is open.
  ///
  /// Where the two leave no room, as of equal keys, it stands behind `lower`.
  package static func between(_ lower: String?, _ upper: String?) -> String {
    let low = Array((lower ?? "").utf8)
    let high = upper.map { Array($0.utf8) }.flatMap { low.lexicographicallyPrecedes($0) ? $0 : nil }
    var key: [UInt8] = []
    var isBounded = high != nil
    while true {
      let place = key.count
      let from = place < low.count ? low[place] : least
      let to = isBounded ? high.flatMap { place < $0.count ? $0[place] : nil } ?? least : greatest + 1
      // Behind an open end the next letter but one leaves room for a neighbour; between two, the middle does.
      let middle = isBounded ? from + (max(to, from) - from) / 2 : min(from + 2, greatest)
      if middle > from, middle < to {
        key.append(middle)
        return String(decoding: key, as: UTF8.self)
      }
      key.append(from)
      if from < to { isBounded = false }
    }
  }
}
