package import CRDTCore
import Foundation
import GRDB
package import ReplicaStore

/// The numbers that deals of a process get of themselves: `2026-DL-K7X-0012`.
///
/// Unique without asking anybody: each node counts its own, by year, under a tag that no other node has.
package struct DealNumber: Hashable, Sendable {
  /// What stands before the count, and behind it.
  private let prefix: String
  private let suffix: String

  /// The places in a series that are filled in.
  private static let (year, node, number) = ("{year}", "{node}", "{number}")
  private static let digits = 4
  /// How many digits a count may have.
  private static let digitsMax = 9

  /// Whether a text says where year, node and count stand; without the node two nodes would count alike.
  package static func isSeries(_ text: String) -> Bool {
    let hasOne = { (word: String) in text.components(of: word) == 2 }
    return hasOne(number) && hasOne(node) && text.components(of: year) <= 2 && text.count <= 60
  }

  /// - Parameters:
  ///   - series: The process's `number_series`.
  ///   - day: The day by which the year counts.
  ///   - tag: The node's.
  package init?(series: String, day: CivilDate, tag: String) {
    guard Self.isSeries(series) else { return nil }
    let parts = series.replacing(Self.year, with: String(day.parts.year))
      .replacing(Self.node, with: tag).split(
        separator: Self.number, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    prefix = String(parts[0])
    suffix = String(parts[1])
  }

  /// The number behind the greatest that any deal has had, deleted ones included.
  package func next(in snapshot: Snapshot) throws -> String {
    let rows = try String.fetchAll(
      snapshot.database,
      sql: "SELECT number FROM deal WHERE number >= ? AND number < ? ORDER BY number",
      arguments: [prefix, prefix + "\u{10FFFF}"])
    let counts = rows.compactMap { text -> Int? in
      guard text.hasPrefix(prefix), text.hasSuffix(suffix),
        text.count > prefix.count + suffix.count
      else { return nil }
      // A number that somebody typed may have any length; it is none of the series'.
      let digits = text.dropFirst(prefix.count).dropLast(suffix.count)
      return digits.utf8.count <= Self.digitsMax ? Int(digits) : nil
    }
    let digits = String((counts.max() ?? 0) + 1)
    return prefix + String(repeating: "0", count: max(0, Self.digits - digits.count)) + digits
      + suffix
  }
}

extension DealNumber {
  /// What this node's numbers are marked with: the tag that its record names, else the beginning of its id, as
  /// many digits as tell it from the nodes known here.
  package static func tag(in snapshot: Snapshot) throws -> String? {
    guard let own = try snapshot.ownAuthor() else { return nil }
    let rows = try Row.fetchAll(
      snapshot.database, sql: "SELECT id, tag, key FROM node WHERE _hidden IS NULL ORDER BY id")
    let nodes = rows.compactMap { row -> (text: String, tag: String?, isOwn: Bool)? in
      guard let id = RecordID(row[0] as DatabaseValue) else { return nil }
      return (id.shortText.uppercased(), row[1], (row[2] as Data?).map(Array.init) == own.key.bytes)
    }
    guard let node = nodes.first(where: \.isOwn) else { return nil }
    if let tag = node.tag, !tag.isEmpty { return tag }
    let others = nodes.filter { !$0.isOwn }
    let length = (3...13).first { length in
      !others.contains { $0.text.prefix(length) == node.text.prefix(length) }
    }
    return String(node.text.prefix(length ?? 13))
  }
}

extension String {
  /// Into how many parts a word cuts the text.
  fileprivate func components(of word: String) -> Int {
    split(separator: word, omittingEmptySubsequences: false).count
  }
}
