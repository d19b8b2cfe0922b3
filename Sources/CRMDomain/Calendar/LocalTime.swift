package import CRDTCore
package import Foundation

/// What a calendar and a clock on the wall show, wherever they hang: a day, or a time of a day.
package struct LocalTime: Hashable, Sendable {
  package let day: CivilDate
  /// The second of the day; `nil` of a whole day.
  package let second: Int?

  package init(_ day: CivilDate, second: Int? = nil) {
    self.day = day
    self.second = second
  }

  /// Reads `2026-03-13`, `2026-03-13T14:00` or `2026-03-13T14:00:30`; `nil` for anything else.
  package init?(_ text: some StringProtocol) {
    let halves = text.split(separator: "T", omittingEmptySubsequences: false)
    guard let first = halves.first, let day = CivilDate(first), halves.count <= 2 else {
      return nil
    }
    guard halves.count == 2 else {
      self.init(day)
      return
    }
    guard let second = Self.second(halves[1]) else { return nil }
    self.init(day, second: second)
  }

  /// The moment that it is where clocks stand so; of a whole day its first.
  package func instant(in timeZone: TimeZone) -> Instant {
    timeZone.instant(on: day, second: second ?? 0)
  }

  /// What is shown there at a moment.
  package init(_ instant: Instant, in timeZone: TimeZone) {
    let (day, second) = timeZone.clock(at: instant)
    self.init(day, second: second)
  }

  private static func second(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 }) else {
      return nil
    }
    let numbers = parts.compactMap { UInt8($0).map(Int.init) }
    guard numbers.count == parts.count, numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 })
    else { return nil }
    return zip(numbers, [3_600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension LocalTime: CustomStringConvertible {
  /// `2026-03-13` or `2026-03-13T14:00`; seconds only where there are any.
  package var description: String {
    guard let second else { return day.description }
    let parts = [second / 3_600, second / 60 % 60] + (second % 60 == 0 ? [] : [second % 60])
    return "\(day)T" + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}

extension LocalTime: Comparable {
  package static func < (lhs: Self, rhs: Self) -> Bool {
    (lhs.day, lhs.second ?? -1) < (rhs.day, rhs.second ?? -1)
  }
}
