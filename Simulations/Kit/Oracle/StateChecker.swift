import CRDTCore
import Foundation
import GRDB
package import ReplicaStore

/// Compares what a replica shows with what the oracle makes of the same entries.
///
/// Each difference is a finding, a plain sentence; the findings of one state always come in one order.
package struct StateChecker: Sendable {
  /// What is checked.
  package struct Scope: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The log: hashes, names, arrival order, and which entries count.
    package static let log = Self(rawValue: 1)
    /// Every record and conflict.
    package static let state = Self(rawValue: 2)
    /// The replica's own check: every seal, and tables equal to those rebuilt from the log.
    package static let rebuild = Self(rawValue: 4)
    /// All of it.
    package static let all: Self = [.log, .state, .rebuild]
  }

  private let scope: Scope

  /// Creates a checker; the replica's own check costs as much as folding the log anew.
  package init(_ scope: Scope = .all) { self.scope = scope }

  /// What is wrong with a replica; empty of a sound one.
  package func findings(in replica: Replica) throws -> [String] {
    let founder = try replica.founding().key
    var (findings, keys) = try replica.read { snapshot in
      let collected = try EntryCollector(snapshot, workspace: replica.workspace)
      let oracle = Oracle(
        entries: collected.entries.map(\.entry), schema: replica.schema, founder: founder)
      let differences = try differences(
        between: oracle, and: snapshot, of: replica.schema, log: collected.entries)
      return ((scope.contains(.log) ? collected.findings : []) + differences, oracle.rosterKeys)
    }
    if scope.contains(.log) { findings += Self.roster(try replica.rosterKeys(), by: keys) }
    if scope.contains(.rebuild) {
      findings += try Self.reading("check of the file") { try replica.check().faults }
    }
    return findings
  }

  /// Where a snapshot differs from what an oracle says.
  ///
  /// `log` is what the snapshot holds, the oracle's entries or others.
  package func differences(
    between oracle: Oracle, and snapshot: Snapshot, of schema: ReplicaSchema,
    log: [CollectedEntry]
  ) throws -> [String] {
    var findings: [String] = []
    if scope.contains(.log) {
      findings += Self.names(of: log, by: oracle)
      findings += Self.verdicts(of: log, by: oracle)
      findings += try Self.clocks(in: snapshot, by: oracle)
    }
    if scope.contains(.state) {
      for kind in schema.kinds {
        findings += try Self.reading("\(kind.name) table") {
          try Self.records(of: kind, in: snapshot, by: oracle)
        }
      }
      findings += try Self.increments(in: snapshot, by: oracle)
      findings += try Self.reading("list of conflicts") {
        Self.conflicts(try snapshot.conflicts().map(OracleConflict.init), by: oracle)
      }
    }
    return findings
  }

  /// What `body` finds; that it finds a damaged file, if it does.
  private static func reading(_ what: String, _ body: () throws -> [String]) throws -> [String] {
    do {
      return try body()
    } catch StoreError.damaged(let detail) {
      return ["The \(what) cannot be read: \(detail)."]
    } catch let error as MalformedBytes {
      return ["The \(what) cannot be read: expected \(error)."]
    }
  }
}

// MARK: - Entries

extension StateChecker {
  private static func names(of log: [CollectedEntry], by oracle: Oracle) -> [String] {
    log.compactMap { held in
      guard let expected = oracle.names[held.entry.hash], held.name != expected else { return nil }
      return "Entry \(held.name.short) is by the rules called \(expected.short)."
    }
  }

  private static func verdicts(of log: [CollectedEntry], by oracle: Oracle) -> [String] {
    log.compactMap { held in
      let expected = oracle.setAside[held.entry.hash]
      guard held.verdict != expected else { return nil }
      return "Entry \(held.name.short) \(words(held.verdict)), "
        + "but by the rules it \(words(expected))."
    }
  }

  private static func words(_ verdict: SetAsideReason?) -> String {
    verdict.map { "is set aside (\($0))" } ?? "counts"
  }

  private static func roster(
    _ keys: Set<NodePublicKey>, by expected: Set<NodePublicKey>
  ) -> [String] {
    keys.symmetricDifference(expected).sorted().map { key in
      let name = Base32.text(of: key.fingerprint).prefix(6)
      return keys.contains(key)
        ? "The roster lists the key \(name), but by the rules it does not."
        : "The roster does not list the key \(name), but by the rules it does."
    }
  }

  private static func clocks(in snapshot: Snapshot, by oracle: Oracle) throws -> [String] {
    let rows = try Row.fetchAll(
      snapshot.database,
      sql: """
        SELECT _replica.id, _ahead.sequence FROM _ahead
        JOIN _replica ON _replica.number = _ahead.replica
        """)
    let flagged = Set(
      rows.map { row in
        Dot(
          replica: ReplicaID(rawValue: UInt128(bigEndianBytes: row[0] as Data)),
          sequence: UInt64(bitPattern: row[1] as Int64))
      })
    return flagged.symmetricDifference(oracle.ahead).sorted().map { dot in
      flagged.contains(dot)
        ? "Entry \(dot.short) is flagged as ahead of the clocks, but by the rules it is not."
        : "Entry \(dot.short) is not flagged as ahead of the clocks, but by the rules it is."
    }
  }
}

// MARK: - Conflicts

extension StateChecker {
  private static func conflicts(_ listed: [OracleConflict], by oracle: Oracle) -> [String] {
    let expected = Dictionary(oracle.conflicts.map { ($0.id, $0) }) { one, _ in one }
    let ids = Set(listed.map(\.id))
    var findings = listed.compactMap { conflict -> String? in
      switch expected[conflict.id] {
      case nil: "The conflict \(conflict.words) is listed, but by the rules there is none."
      case conflict: nil
      case let other?: "The conflict \(conflict.words) is by the rules \(other.words)."
      }
    }
    findings += oracle.conflicts.filter { !ids.contains($0.id) }.map { conflict in
      "The conflict \(conflict.words) is not listed."
    }
    if findings.isEmpty, listed.map(\.id) != oracle.conflicts.map(\.id) {
      findings.append("The conflicts are not listed in the order of kind and id.")
    }
    return findings
  }
}

extension OracleConflict {
  /// What the conflict is, to be read in a finding.
  fileprivate var words: String {
    let about = records.map(\.words) + (field.map { [$0] } ?? []) + (reason.map { ["\($0)"] } ?? [])
    let sides = sides.map { side in
      let act = side.act.map { " \($0)" } ?? ""
      let value = side.value.map { " \($0)" } ?? ""
      return side.stamp.dot.short + act + value + (side.isShowing ? " shows" : "")
    }
    return "\(kind) of \(about.joined(separator: " ")) [\(sides.joined(separator: ", "))]"
      + (isOpen ? "" : " settled by rule")
  }
}

extension RecordKey {
  /// Kind and short id: `deal 3k9x0q…`.
  package var words: String { "\(kind) \(id.shortText)" }
}
