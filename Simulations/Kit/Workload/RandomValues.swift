import CRDTCore
import CRMDomain
import GRDB
import ReplicaStore
import TestSupport

/// Draws what people type: from few values, so that two people often type the same.
struct RandomValues {
  private static let words = [
    "pump", "valve", "assay", "Müller", "north", "retrofit", "batch", "screen", "Ávila", "kit",
    "phase", "probe",
  ]
  private static let names = ["red", "green", "blue", "urgent", "later"]

  /// How many in a hundred records are among the first few of their kind.
  let focusPercent: Int
  var random: SplitMix64

  mutating func word() -> String { random.choice(Self.words) }

  mutating func name() -> String { random.choice(Self.names) }

  /// A value for a field, as text or ready; `nil` where nothing there fits.
  mutating func operand(for field: Field, in snapshot: Snapshot) throws -> Operand? {
    switch field.format {
    case .text: .text("\(word()) \(Int.random(in: 1...20, using: &random))")
    case .longText:
      .text((0...Int.random(in: 0...6, using: &random)).map { _ in word() }.joined(separator: " "))
    case .bool: .value(.bool(random.chance(50)))
    case .integer: .text("\(Int.random(in: 0...40, using: &random))")
    case .decimal, .percent: .text("\(Int.random(in: 0...100, using: &random)).5")
    case .date: .text("2026-0\(Int.random(in: 1...9, using: &random))-1\(random.next() % 10)")
    case .instant: .text("2026-03-1\(random.next() % 10)T08:00:00Z")
    case .money: .text("\(Int.random(in: 1...9, using: &random))00.00")
    case .choice(let choices): .text(random.choice(choices))
    case .status(let machine): .text(random.choice(machine.states))
    case .listed: .text(name())
    case .reference(let kind):
      try record(of: kind, in: snapshot).map { .value(.reference($0)) }
    case .structure(.address): .text("\(word()) street \(random.next() % 30)")
    case .structure(.personName): .text("\(word()) \(word())")
    case .structure(.contactPoint): .text("mobile: +49 40 \(random.next() % 1_000)")
    case .structure(.timeSpan): .text("2026-03-1\(random.next() % 10) Europe/Berlin")
    case .position, .bytes, .anyReference: nil
    }
  }

  /// Any record of a kind; `nil` if there is none.
  mutating func record(of kind: String, in snapshot: Snapshot) throws -> RecordID? {
    guard try snapshot.database.tableExists(kind) else { return nil }
    let count = try Int.fetchOne(snapshot.database, sql: "SELECT count(*) FROM \"\(kind)\"") ?? 0
    guard count > 0 else { return nil }
    let isFew = random.chance(focusPercent)
    let place = Int.random(in: 0..<(isFew ? min(count, Habits.focusCount) : count), using: &random)
    let row = try Row.fetchOne(
      snapshot.database, sql: "SELECT id FROM \"\(kind)\" ORDER BY id LIMIT 1 OFFSET ?",
      arguments: [place])
    return row.flatMap { RecordID($0["id"] as DatabaseValue) }
  }
}
