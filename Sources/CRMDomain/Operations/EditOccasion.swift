package import CRDTCore
package import Foundation

/// When an edit is made, and what its author says about it.
package struct EditOccasion: Hashable, Sendable {
  /// The moment.
  package let now: Instant
  /// The day it is then, where the author is.
  package let today: CivilDate
  /// Where the author is.
  package let timeZone: TimeZone
  /// Why, in the author's words.
  package var reason: String?
  /// Whether deals may go on though criteria of their stages are not met.
  package var overridesCriteria = false

  package init(now: Instant, timeZone: TimeZone = .gmt) {
    self.now = now
    self.timeZone = timeZone
    today = now.day(in: timeZone)
  }
}

extension CivilDate {
  /// The moment at which the day begins there.
  func start(in timeZone: TimeZone) -> Instant {
    let midnight = Int64(days) * 86_400_000
    let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(midnight) / 1000))
    return Instant(milliseconds: midnight - Int64(offset) * 1000)
  }
}

extension Instant {
  /// The day that a calendar there shows at the moment.
  package func day(in timeZone: TimeZone) -> CivilDate {
    CivilDate(days: Int32(clamping: local(in: timeZone).dayAndMilliseconds.day))
  }

  /// The moment at which a clock in UTC shows what one there shows at this moment: between two of them lie as
  /// many hours as people there count.
  package func local(in timeZone: TimeZone) -> Instant {
    let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    // A peer's moment may lie at the end of all numbers.
    return Instant(milliseconds: milliseconds &+ Int64(timeZone.secondsFromGMT(for: date)) * 1000)
  }
}
