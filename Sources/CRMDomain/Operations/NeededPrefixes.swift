package import CRDTCore
import Foundation
package import GRDB

/// How many characters of the short ids of some records tell each from every other of its kind.
package struct NeededPrefixes {
  /// The fewest that are accepted where a record is named.
  private static let least = 4
  /// Up to how many beginnings of ids the kind is searched for of their ids.
  private static let lookedUpMax = 500

  private let counts: [RecordID: Int]

  /// Compares records with all of their kind, deleted ones too, for those can be named as well.
  ///
  /// - Complexity: One pass over the ids of the kind.
  package init(of ids: [RecordID], _ entity: Entity, in database: Database) throws {
    // Whatever shares four characters shares these two bytes.
    let beginnings = Set(ids.map { UInt16(truncatingIfNeeded: $0.distinguishingBits >> 48) })
    let isFew = beginnings.count <= Self.lookedUpMax
    let condition = isFew ? " WHERE substr(id, 9, 2) IN (\(SQL.marks(beginnings.count)))" : ""
    let arguments = isFew ? beginnings.sorted().map(Self.databaseValue(of:)) : []
    let statement = try database.makeStatement(
      sql: "SELECT id FROM \(SQL.name(entity.name))\(condition)")
    let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
    var all: [String] = []
    while let row = try rows.next() {
      if let id = RecordID(row[0] as DatabaseValue) { all.append(id.shortText) }
    }
    all.sort()
    let wanted = Dictionary(ids.map { ($0.shortText, $0) }, uniquingKeysWith: { first, _ in first })
    var counts: [RecordID: Int] = [:]
    for (index, text) in all.enumerated() {
      guard let id = wanted[text] else { continue }
      let before = index > 0 ? text.commonPrefix(with: all[index - 1]).count : 0
      let after = index + 1 < all.count ? text.commonPrefix(with: all[index + 1]).count : 0
      counts[id] = max(Self.least, max(before, after) + 1)
    }
    self.counts = counts
  }

  /// How many characters a record's short id needs, its letter not counted.
  package subscript(id: RecordID) -> Int { counts[id] ?? Self.least }

  private static func databaseValue(of beginning: UInt16) -> DatabaseValue {
    Data([UInt8(beginning >> 8), UInt8(truncatingIfNeeded: beginning)]).databaseValue
  }
}
