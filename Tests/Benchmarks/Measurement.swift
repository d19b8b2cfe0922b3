/// One line of the benchmark's output: a figure, what it is measured against, and its budget.
struct Measurement {
  let name: String
  let figure: String
  let baseline: String
  /// Figure over baseline, or the figure itself where the budget is absolute.
  let ratio: Double
  let budget: Double
  /// What follows a budget's number: `×`, `bytes`, `ms`.
  let unit: String

  var isWithinBudget: Bool { ratio <= budget }

  var line: String {
    let verdict = isWithinBudget ? "within" : "OVER"
    return [
      name.padded(46), figure.padded(14), baseline.padded(24),
      "\(ratio.rounded(2)) \(unit)".padded(12),
      "budget \(budget.rounded(2)) \(unit)".padded(18), verdict,
    ].joined(separator: " ")
  }
}

/// Runs `body` several times and gives the shortest time, in milliseconds.
///
/// The shortest is what the code needs; the rest is what else the machine was doing.
func shortest(of rounds: Int, _ body: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  for _ in 0..<rounds {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    best = min(best, (clock.now - start).milliseconds)
  }
  return best
}

extension Duration {
  var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
  }
}

extension Double {
  func rounded(_ digits: Int) -> String {
    let factor = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    return "\((self * factor).rounded() / factor)"
  }
}

extension String {
  func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
