import GRDB

/// What can be said of a file that cannot be opened as a store.
package enum FileExamination {
  private static let findingsMax = 20

  /// What SQLite and the log say, one sentence each; empty if nothing was found.
  ///
  /// Never throws: whatever cannot be read is itself a finding.
  package static func findings(at path: String) -> [String] {
    var configuration = Configuration()
    configuration.label = "kith.examination"
    var findings: [String] = []
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      findings += try queue.read(format)
      findings += try queue.read(integrity)
      findings += try queue.read(log)
    } catch {
      findings.append("SQLite cannot open it: \(words(error)).")
    }
    return Array(findings.prefix(findingsMax))
  }

  private static func format(of database: Database) -> [String] {
    do {
      let format = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      guard format > StoreTables.format else { return [] }
      return ["Its format is \(format); this program reads up to \(StoreTables.format)."]
    } catch {
      return ["Its format cannot be read: \(words(error))."]
    }
  }

  private static func integrity(of database: Database) -> [String] {
    do {
      let lines = try String.fetchAll(database, sql: "PRAGMA integrity_check(\(findingsMax))")
      return lines == ["ok"] ? [] : lines.map { "SQLite says: \($0)." }
    } catch {
      return ["SQLite cannot check it: \(words(error))."]
    }
  }

  /// How far the log can be read.
  private static func log(of database: Database) -> [String] {
    var count = 0
    do {
      let rows = try Row.fetchCursor(
        database, sql: "SELECT length(header) + length(payload), hash FROM _log ORDER BY arrival")
      while try rows.next() != nil { count += 1 }
      return ["Of its log \(count) entries can be read."]
    } catch {
      return ["Of its log the first \(count) entries can be read; then: \(words(error))."]
    }
  }

  private static func words(_ error: any Error) -> String {
    (error as? DatabaseError)?.message ?? String(describing: error)
  }
}
