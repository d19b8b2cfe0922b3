import CRDTCore
import Foundation
import GRDB
import ReplicaStore

extension StateChecker {
  /// Compares every record of a kind, shown or hidden.
  static func records(
    of kind: KindSchema, in snapshot: Snapshot, by oracle: Oracle
  ) throws -> [String] {
    let rows = try Row.fetchAll(
      snapshot.database, sql: "SELECT id FROM \"\(kind.name)\" ORDER BY id")
    let held = rows.map { RecordID(rawValue: UInt128(bigEndianBytes: $0[0] as Data)) }
    var findings: [String] = []
    for id in held {
      let key = RecordKey(kind: kind.name, id: id)
      guard let expected = oracle.records[key] else {
        findings.append("The \(key.words) is there, but by the rules nobody wrote to it.")
        continue
      }
      guard let state = try snapshot.record(kind.name, id) else {
        findings.append("The \(key.words) is in its table, but cannot be read.")
        continue
      }
      findings += RecordComparison(state: state, expected: expected).findings(kind)
    }
    let missing = Set(oracle.records.keys.filter { $0.kind == kind.name }.map(\.id))
      .subtracting(held)
    findings += missing.sorted().map {
      "The \(RecordKey(kind: kind.name, id: $0).words) is missing."
    }
    return findings
  }
}

extension StateChecker {
  /// Compares which entries are noted to have changed each counter.
  static func increments(in snapshot: Snapshot, by oracle: Oracle) throws -> [String] {
    let rows = try Row.fetchAll(
      snapshot.database,
      sql: """
        SELECT _increment.kind, _increment.id, field, _replica.id, _increment.sequence
        FROM _increment JOIN _replica ON _replica.number = _increment.replica
        """)
    var noted: [CounterPlace: Set<Dot>] = [:]
    for row in rows {
      let place = CounterPlace(
        record: RecordKey(
          kind: row[0], id: RecordID(rawValue: UInt128(bigEndianBytes: row[1] as Data))),
        field: row[2])
      noted[place, default: []].insert(
        Dot(
          replica: ReplicaID(rawValue: UInt128(bigEndianBytes: row[3] as Data)),
          sequence: UInt64(bitPattern: row[4] as Int64)))
    }
    var findings: [String] = []
    for record in oracle.records.values {
      for (field, counter) in record.counters {
        let noted = noted.removeValue(forKey: CounterPlace(record: record.key, field: field)) ?? []
        findings += noted.symmetricDifference(counter.dots).map { dot in
          "The \(record.key.words) notes an increment of \(field) by \(dot.short) "
            + (noted.contains(dot) ? "that is none." : "not at all.")
        }
      }
    }
    findings += noted.keys.map {
      "The \($0.record.words) notes increments of \($0.field), but by the rules there are none."
    }
    return findings.sorted()
  }

  private struct CounterPlace: Hashable {
    let record: RecordKey
    let field: String
  }
}

/// One record, as the replica shows it and as the oracle has it.
private struct RecordComparison {
  let state: RecordState
  let expected: OracleRecord

  func findings(_ kind: KindSchema) -> [String] {
    var findings: [String?] = [
      difference("hidden by a deletion", state.isDeleted, expected.isDeleted),
      difference(
        "touches", state.basis.touches, expected.touches.values.map(\.stamp.dot).sorted()),
      difference("heads of its lifecycle", state.basis.lifecycle, expected.lifecycle),
    ]
    for field in kind.fields {
      let name = field.name
      switch field.merge {
      case .register:
        let register = expected.registers[name]
        findings += [
          difference(name, state[name], register?.value ?? .null),
          difference("heads of \(name)", state.basis.heads[name] ?? [], register?.dots ?? []),
        ]
      case .counter:
        let sum = expected.counters[name].map { Value.integer($0.sum) } ?? .null
        findings.append(difference(name, state[name], sum))
      case .set: findings += elements(of: name)
      }
    }
    return findings.compactMap(\.self)
  }

  private func elements(of name: String) -> [String?] {
    let elements = (expected.sets[name] ?? [:]).sorted { $0.key < $1.key }
    let basis = (state.basis.elements[name] ?? [:]).sorted { $0.key < $1.key }
    return [
      difference(
        name, state.elements(of: name), elements.filter(\.value.isPresent).map(\.value.value)),
      difference(
        "elements of \(name)", basis.map(\.key.rawValue), elements.map(\.key.rawValue)),
      difference("heads of \(name)", basis.flatMap(\.value), elements.flatMap(\.value.dots)),
    ]
  }

  private func difference<Shown: Equatable>(
    _ what: String, _ shown: Shown, _ expected: Shown
  ) -> String? {
    guard shown != expected else { return nil }
    return "The \(self.expected.key.words) has \(what) \(words(shown)), "
      + "but by the rules \(words(expected))."
  }

  private func words(_ value: some Any) -> String {
    if let dots = value as? [Dot] {
      return "[" + dots.map(\.short).joined(separator: ", ") + "]"
    }
    return "\(value)"
  }
}
