import CRDTCore
import Foundation
import GRDB

/// What queries need and SQLite lacks, as functions of a connection.
enum QueryFunctions {
  /// Makes the functions known to the connection; again does no harm.
  static func add(to database: Database, timeZone: TimeZone) {
    database.add(function: fold)
    database.add(function: week)
    database.add(function: day(in: timeZone))
  }

  /// `kith_fold(text)`: without case and accents.
  private static let fold = DatabaseFunction("kith_fold", argumentCount: 1, pure: true) { values in
    String.fromDatabaseValue(values[0]).map(NameFolding.folded)
  }

  /// `kith_week('2026-01-01')`: the ISO 8601 week, `2026-W01`.
  private static let week = DatabaseFunction("kith_week", argumentCount: 1, pure: true) { values in
    guard let text = String.fromDatabaseValue(values[0]), let date = CivilDate(text) else {
      return nil
    }
    // The week belongs to the year of its Thursday.
    let thursday = CivilDate(days: date.days + Int32(4 - date.weekday))
    let year = thursday.parts.year
    guard let newYear = CivilDate(year: year, month: 1, day: 1) else { return nil }
    let number = (thursday.days - newYear.days) / 7 + 1
    return "\(year)-W\(number < 10 ? "0" : "")\(number)"
  }

  /// `kith_day(milliseconds)`: the day of a moment, `2026-03-13`.
  private static func day(in timeZone: TimeZone) -> DatabaseFunction {
    DatabaseFunction("kith_day", argumentCount: 1, pure: true) { values in
      guard let milliseconds = Int64.fromDatabaseValue(values[0]) else { return nil }
      let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      // A peer's moment may lie at the end of all numbers.
      let local = milliseconds &+ Int64(timeZone.secondsFromGMT(for: date)) * 1000
      let day = Instant(milliseconds: local).dayAndMilliseconds.day
      return CivilDate(days: Int32(clamping: day)).description
    }
  }
}
