package import CRDTCore
package import GRDB

/// What is wrong with the numbers of records: those that several have, holes in a row, and rows out of order.
package enum NumberCheck {
  package enum Problem: Hashable, Sendable {
    /// Several live records have it.
    case duplicate
    /// No record has the numbers from ``Finding/number`` on to this one; it may be the same.
    case hole(to: String)
    /// The record that has it was deleted.
    case deleted
    /// It was made after the record that has the next one.
    case disorder
    /// The record has none, though its process gives numbers.
    case missing
  }

  package struct Finding: Hashable, Sendable {
    package let kind: String
    package let number: String
    package let problem: Problem
    /// The records that it is about: by id, or by number where they are out of order.
    package let records: [RecordID]

    package init(kind: String, number: String, problem: Problem, records: [RecordID]) {
      self.kind = kind
      self.number = number
      self.problem = problem
      self.records = records
    }
  }

  private struct Numbered {
    let id: RecordID
    let number: String
    let isDeleted: Bool
    /// When it was made, where its id says so.
    let time: UInt64?
  }

  /// The kinds whose numbers are to be unique.
  package static func kinds(in catalog: EntityCatalog) -> [Entity] {
    catalog.entities.filter { $0.field(named: "number")?.isUnique == true }
  }

  /// What is wrong with the numbers of a kind, by number.
  package static func findings(
    of entity: Entity, in database: Database
  ) throws -> [Finding] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, number, _hidden FROM \(SQL.name(entity.name)) WHERE number IS NOT NULL
        ORDER BY number, id
        """)
    let all = rows.compactMap { row -> Numbered? in
      guard let id = RecordID(row[0] as DatabaseValue), let number: String = row[1] else {
        return nil
      }
      return Numbered(
        id: id, number: number, isDeleted: row[2] as Int? != nil,
        time: id.isDerived ? nil : UInt64(id.rawValue >> 80))
    }
    var findings = duplicates(among: all, entity) + (try missing(of: entity, in: database))
    var series: [Series: [(count: Int, record: Numbered)]] = [:]
    for record in all {
      guard let (key, count) = Series.place(of: record.number) else { continue }
      series[key, default: []].append((count, record))
    }
    for (key, members) in series.sorted(by: { $0.key.prefix < $1.key.prefix }) {
      findings += gaps(in: members.sorted { $0.count < $1.count }, key, entity)
    }
    let none = RecordID(rawValue: 0)
    return findings.sorted {
      ($0.number, $0.records.first ?? none) < ($1.number, $1.records.first ?? none)
    }
  }

  /// What stands before the digits at the end of a number.
  private struct Series: Hashable {
    let prefix: String
    /// Counts beyond are no counts, but ids of other systems.
    private static let digitsMax = 9

    static func place(of number: String) -> (Series, Int)? {
      let digits = number.reversed().prefix { ("0"..."9").contains($0) }
      guard (1...digitsMax).contains(digits.count), let count = Int(String(digits.reversed()))
      else { return nil }
      return (Series(prefix: String(number.dropLast(digits.count))), count)
    }
  }

  private static func duplicates(among all: [Numbered], _ entity: Entity) -> [Finding] {
    let live = Dictionary(grouping: all.filter { !$0.isDeleted }, by: \.number)
    return live.filter { $0.value.count > 1 }.map { number, records in
      Finding(
        kind: entity.name, number: number, problem: .duplicate, records: records.map(\.id).sorted())
    }
  }

  /// Deals without a number in a process that gives them.
  private static func missing(of entity: Entity, in database: Database) throws -> [Finding] {
    guard entity.name == "deal" else { return [] }
    let ids = try DatabaseValue.fetchAll(
      database,
      sql: """
        SELECT d.id FROM deal d JOIN process p ON p.id = d.process
        WHERE d._hidden IS NULL AND d.number IS NULL AND p.number_series IS NOT NULL ORDER BY d.id
        """)
    return ids.compactMap { RecordID($0) }.map {
      Finding(kind: entity.name, number: "", problem: .missing, records: [$0])
    }
  }

  private static func gaps(
    in members: [(count: Int, record: Numbered)], _ series: Series, _ entity: Entity
  ) -> [Finding] {
    var findings = members.filter { $0.record.isDeleted }.map {
      Finding(
        kind: entity.name, number: $0.record.number, problem: .deleted, records: [$0.record.id])
    }
    for (last, next) in zip(members, members.dropFirst()) {
      if next.count > last.count + 1 {
        func text(_ count: Int) -> String {
          let width = last.record.number.count - series.prefix.count
          let digits = String(count)
          return series.prefix + String(repeating: "0", count: max(0, width - digits.count))
            + digits
        }
        findings.append(
          Finding(
            kind: entity.name, number: text(last.count + 1),
            problem: .hole(to: text(next.count - 1)), records: []))
      }
      if let made = last.record.time, let after = next.record.time, made > after,
        next.count > last.count
      {
        findings.append(
          Finding(
            kind: entity.name, number: last.record.number, problem: .disorder,
            records: [last.record.id, next.record.id]))
      }
    }
    return findings
  }
}
