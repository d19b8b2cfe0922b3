import CRDTCore
import Foundation
import GRDB
import ReplicaStore

// Conditions on who wrote to a record and when, which no field holds but its stamps do.
extension QueryCompiler {
  /// The kinds of acts that keep what they are about from going stale.
  private static let activities = ["engagement", "task"]

  /// Whether the record was changed, deletions and restorations among the changes.
  func changed(by tails: LogTails) -> String {
    guard !tails.isEmpty else { return "0" }
    let name = add(tails) { $0.haveWritten(stamps: $1) }
    return "(\(name)(t._stamps) OR \(lifecycle(in: tails, "1")))"
  }

  /// Whether the record was made.
  func created(by tails: LogTails) -> String {
    guard !tails.isEmpty else { return "0" }
    return "\(add(tails) { $0.haveMade(stamps: $1) })(t._stamps)"
  }

  /// Whether the record is deleted, and was by these.
  func deleted(by tails: LogTails) -> String {
    guard !tails.isEmpty else { return "0" }
    return "(t._hidden IS NOT NULL AND \(lifecycle(in: tails, "l.seen IS NOT NULL")))"
  }

  /// Whether the record was changed, or an engagement or task that it belongs to.
  func active(in tails: LogTails) -> String {
    guard !tails.isEmpty else { return "0" }
    let written = add(tails) { $0.haveWritten(stamps: $1) }
    var conditions = ["\(written)(t._stamps)"]
    for entity in Self.activities.compactMap({ context.catalog[$0] }) where entity.name != root.name
    {
      let table = SQL.name(entity.name)
      let isWritten = "a._hidden IS NULL AND \(written)(a._stamps)"
      for field in entity.fields where field.target == root.name || field.format == .anyReference {
        let found =
          field.isSet
          ? """
          SELECT \(followed("e.value", field)) FROM \(table) a \
          JOIN \(SQL.name("\(entity.name)_\(field.name)")) e ON e._rec = a._rec AND e.present = 1 \
          WHERE \(isWritten)
          """
          : """
          SELECT \(followed("a.\(SQL.name(field.name))", field)) FROM \(table) a WHERE \(isWritten)
          """
        conditions.append("IFNULL(t.id IN (\(found)), 0)")
      }
    }
    return "(\(conditions.joined(separator: " OR ")))"
  }

  /// Whether a deletion or a restoration of the record is in these parts of the log.
  private func lifecycle(in tails: LogTails, _ condition: String) -> String {
    let name = newFunctionName()
    let function = DatabaseFunction(name, argumentCount: 2, pure: true) { values in
      guard let replica = Int.fromDatabaseValue(values[0]),
        let sequence = Int64.fromDatabaseValue(values[1])
      else { return false }
      return tails.contains(replica: replica, sequence: UInt64(bitPattern: sequence))
    }
    database.add(function: function)
    return """
      EXISTS (SELECT 1 FROM _lifecycle l WHERE l.kind = '\(root.name)' AND l.rec = t._rec \
      AND \(condition) AND \(name)(l.replica, l.sequence))
      """
  }

  /// Makes a question about stamps known to the connection; returns its name.
  private func add(
    _ tails: LogTails, _ question: @escaping @Sendable (LogTails, [UInt8]) -> Bool
  ) -> String {
    let name = newFunctionName()
    let function = DatabaseFunction(name, argumentCount: 1, pure: true) { values in
      guard case .blob(let stamps) = values[0].storage else { return false }
      return question(tails, Array(stamps))
    }
    database.add(function: function)
    return name
  }
}
