package import CRDTCore
import Foundation
package import GRDB

/// Which records stand for others that were one with them.
///
/// A record is joined while it is deleted and another has it in ``field``; whoever refers to it means
/// that other one. Nothing that refers to it is rewritten, so that the join can be taken back, and what
/// is linked to it by somebody who has not heard of the join follows all the same. Belongs to one
/// snapshot.
package struct JoinedRecords: Sendable {
  /// The set of the record that stays, in which the joined ones are.
  package static let field = "stands_for"

  /// By joined record, the one at the end of the chain.
  private let survivors: [RecordID: RecordID]

  /// Reads the joins of every kind.
  ///
  /// - Complexity: O(joins).
  package init(_ catalog: EntityCatalog, in database: Database) throws {
    var next: [RecordID: RecordID] = [:]
    for entity in catalog.entities where entity.isJoinable {
      // Of several that have it, one that is not deleted, then the least id, on every node.
      let statement = try database.cachedStatement(
        sql: """
          SELECT e.value, t.id FROM \(SQL.name("\(entity.name)_\(Self.field)")) e
          JOIN \(SQL.name(entity.name)) t ON t._rec = e._rec
          JOIN \(SQL.name(entity.name)) j ON j.id = e.value
          WHERE e.present = 1 AND j._hidden IS NOT NULL
          ORDER BY e.value, t._hidden IS NOT NULL, t.id
          """)
      let rows = try Row.fetchCursor(statement)
      while let row = try rows.next() {
        guard let joined = RecordID(row[0] as DatabaseValue),
          let holder = RecordID(row[1] as DatabaseValue), joined != holder, next[joined] == nil
        else { continue }
        next[joined] = holder
      }
    }
    var survivors: [RecordID: RecordID] = [:]
    for joined in next.keys { survivors[joined] = Self.end(of: joined, along: next) }
    self.survivors = survivors
  }

  /// Where a chain of joins ends; `nil` if it comes back to a record it has passed, all of which are
  /// deleted then.
  private static func end(of start: RecordID, along next: [RecordID: RecordID]) -> RecordID? {
    var passed: Set<RecordID> = [start]
    var place = start
    while let step = next[place] {
      guard passed.insert(step).inserted else { return nil }
      place = step
    }
    return place
  }

  /// Whether no record is joined into another.
  package var isEmpty: Bool { survivors.isEmpty }

  /// The joined records, in order.
  var all: [RecordID] { survivors.keys.sorted() }

  /// The record that stands for a joined one; `nil` of one that stands for itself.
  package func survivor(of id: RecordID) -> RecordID? { survivors[id] }

  /// A record, or the one that stands for it.
  package func followed(_ id: RecordID) -> RecordID { survivors[id] ?? id }

  /// A record and all that it stands for, or those of the one that stands for it; ordered.
  package func group(of id: RecordID) -> [RecordID] {
    guard !survivors.isEmpty else { return [id] }
    let survivor = followed(id)
    return ([survivor] + survivors.filter { $0.value == survivor }.map(\.key)).sorted()
  }

  /// The name of the function of SQL that turns a reference into the record that stands for what it names.
  ///
  /// It is named after the joins, so that a connection learns it once as long as they stay what they are.
  func function(on database: Database) -> String {
    let pairs = survivors.sorted { $0.key < $1.key }.map {
      $0.key.rawValue.bigEndianBytes + $0.value.rawValue.bigEndianBytes
    }
    let hash = Digests.digest(tag: "kith/joined/1", pairs).bytes.prefix(16)
    let name = "kith_followed_\(Base32.text(of: UInt128(bigEndianBytes: hash)))"
    guard !QueryFunctions.isKnown(name, to: database) else { return name }
    let survivors = survivors
    database.add(
      function: DatabaseFunction(name, argumentCount: 1, pure: true) { values in
        guard let id = RecordID(values[0]), let survivor = survivors[id] else { return values[0] }
        return survivor.databaseValue
      })
    return name
  }
}

extension Field {
  /// Whether what it refers to may have been joined into another record.
  ///
  /// What a record stands for is meant as it is.
  func leadsToJoined(in catalog: EntityCatalog) -> Bool {
    guard name != JoinedRecords.field else { return false }
    if format == .anyReference { return true }
    return target.flatMap { catalog[$0] }?.isJoinable == true
  }
}
