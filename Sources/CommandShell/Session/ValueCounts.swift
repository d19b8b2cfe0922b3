/// How often the values of a field occur, for the list that a second Tab shows.
struct ValueCounts {
  private var counts: [String: Int] = [:]
  /// Whether every record was counted; if not, there may be more of each value.
  private let isWhole: Bool

  init(_ counts: [(text: String, count: Int)] = [], isWhole: Bool = true) {
    self.isWhole = isWhole
    for (text, count) in counts where !text.isEmpty { self.counts[text, default: 0] += count }
  }

  /// The values, the most frequent first.
  var words: [String] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// Offers of values, each with its count, the most frequent first.
  func described(_ offers: [Completion]) -> [Completion] {
    guard !counts.isEmpty else { return offers }
    let counted = offers.map { offer in
      (offer, counts[offer.text.filter { $0 != "\"" }] ?? 0)
    }
    return counted.enumerated().sorted {
      ($1.element.1, $0.offset) < ($0.element.1, $1.offset)
    }.map { _, pair in
      let (offer, count) = pair
      return Completion(
        offer.text, description: PeopleFormat.number(count) + (isWhole || count == 0 ? "" : "+"),
        replacing: offer.replacedCount, endsWord: offer.endsWord)
    }
  }
}
