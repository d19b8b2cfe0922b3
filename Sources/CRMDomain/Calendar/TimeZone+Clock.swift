package import CRDTCore
package import Foundation

extension TimeZone {
  /// The day and the second of that day that a clock there shows at a moment.
  package func clock(at instant: Instant) -> (day: CivilDate, second: Int) {
    let seconds = instant.milliseconds.flooredQuotient(1_000)
    let local = seconds &+ offset(atSecond: seconds)
    let days = local.flooredQuotient(86_400)
    return (CivilDate(days: Int32(clamping: days)), Int(local - days * 86_400))
  }

  /// The moment at which a clock there shows this second of this day.
  ///
  /// Of two such moments, when clocks are set back, the first; a time that is skipped when they are
  /// set forward is read as if they had not been.
  package func instant(on day: CivilDate, second: Int = 0) -> Instant {
    let local = Int64(day.days) * 86_400 + Int64(second)
    // No place is a day from UTC, so these are the offsets before and after any change that day.
    let before = local - offset(atSecond: local - 86_400)
    let after = local - offset(atSecond: local + 86_400)
    let isAfter = before != after && shown(at: before) != local && shown(at: after) == local
    return Instant(milliseconds: (isAfter ? after : before) * 1_000)
  }

  /// Seconds by which clocks there are ahead of UTC at a second of UTC.
  package func offset(atSecond second: Int64) -> Int64 {
    Int64(secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second))))
  }

  /// What a clock there shows at a second of UTC, as seconds.
  private func shown(at second: Int64) -> Int64 { second + offset(atSecond: second) }
}

extension Int64 {
  /// The quotient rounded towards minus infinity, for times before 1970.
  package func flooredQuotient(_ divisor: Int64) -> Int64 {
    self / divisor - (self % divisor < 0 ? 1 : 0)
  }
}
