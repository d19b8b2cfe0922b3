import CRDTCore
import Foundation
import GRDB

/// What queries need and SQLite lacks, as functions of a connection.
enum QueryFunctions {
  /// Makes `kith_fold` and `kith_week` known to the connection.
  static func add(to database: Database) {
    guard !isKnown(fold.name, to: database) else { return }
    database.add(function: fold)
    database.add(function: week)
  }

  /// The name of the function that says on which day a moment falls where people live by this time
  /// zone, `2026-03-13`; its argument is milliseconds since 1970.
  static func day(in timeZone: TimeZone, on database: Database) -> String {
    let zone = timeZone.identifier.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
    let function = day(in: timeZone, named: "kith_day_\(String(zone))")
    if !isKnown(function.name, to: database) { database.add(function: function) }
    return function.name
  }

  /// Whether the connection has a function of that name.
  ///
  /// One that is added again would make SQLite forget every statement that it has prepared.
  static func isKnown(_ name: String, to database: Database) -> Bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM pragma_function_list WHERE name = ?)"
    let isListed = try? database.cachedStatement(sql: sql)
    return isListed.flatMap { try? Bool.fetchOne($0, arguments: [name]) } ?? false
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

  private static func day(in timeZone: TimeZone, named name: String) -> DatabaseFunction {
    DatabaseFunction(name, argumentCount: 1, pure: true) { values in
      guard let milliseconds = Int64.fromDatabaseValue(values[0]) else { return nil }
      return Instant(milliseconds: milliseconds).day(in: timeZone).description
    }
  }
}
