import CRDTCore
import CRMDomain
import ReplicaStore
import Synchronization
import TestSupport
import Testing

/// A founded workspace in a real store, in a folder of its own.
final class TestOffice {
  let replica: Replica
  let catalog = EntityCatalog.standard
  private let folder: TemporaryDirectory
  /// The values that every workspace begins with.
  private let shipped: Set<RecordID>

  init(currency: CurrencyCode = .euro) throws {
    folder = try TemporaryDirectory()
    let seed = FoundWorkspace(currency: currency, userName: "Priya Nair")
    replica = try Replica.found(
      at: folder.path("office.sqlite"), schema: EntityCatalog.standard.schema,
      environment: TestEnvironment.make()
    ) { transaction, member in
      let id = RecordID(rawValue: member.rawValue)
      try transaction.edit(
        "member", id, basis: Basis(),
        [
          FieldChange("name", .set(.text("Priya Nair"))),
          FieldChange("role", .set(.text("administrator"))),
          FieldChange("user", .set(.reference(seed.user))),
        ])
      try transaction.create(
        "node",
        [
          FieldChange("name", .set(.text("office"))),
          FieldChange("key", .set(.bytes(TestEnvironment.signer.publicKey.bytes))),
          FieldChange("member", .set(.reference(id))),
        ])
      try seed.seed(in: transaction)
    }
    shipped = try replica.read { snapshot in
      try Set(
        Picklist.names(in: .standard).flatMap {
          try Picklist($0, in: snapshot.database).values.map(\.id)
        })
    }
  }

  /// The founder's user record.
  var user: RecordID { FoundWorkspace(currency: .euro, userName: "Priya Nair").user }

  /// A kind by its stable name.
  func entity(_ name: String) -> Entity {
    guard let entity = catalog[name] else { preconditionFailure("There is no kind \(name).") }
    return entity
  }

  var reader: ValueReader {
    get throws { ValueReader(currency: try currency) }
  }

  private var currency: CurrencyCode {
    get throws { try replica.read { try WorkspaceSettings.currency(in: $0.database) } }
  }

  var context: QueryContext {
    get throws { QueryContext(catalog, reader: try reader) }
  }

  func editor(
    mode: RecordEditor.Mode = .person, on occasion: EditOccasion = TestOffice.occasion()
  ) throws -> RecordEditor {
    RecordEditor(catalog, mode: mode, reader: try reader, actingUser: user, on: occasion)
  }

  /// Some edit of 2027-01-15 at eight in the morning, or as many hours later.
  static func occasion(hours: Int64 = 0, because reason: String? = nil) -> EditOccasion {
    let start = Int64(1_800_000_000_000)
    var occasion = EditOccasion(
      now: Instant(milliseconds: start + hours * 3_600_000))
    occasion.reason = reason
    return occasion
  }

  /// Reads `name=value`, `name+=value` or `name-=value`; a value in parentheses is several.
  func assignment(_ text: String, of entity: Entity) throws -> Assignment {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    var name = sides[0]
    var operation = Assignment.Operation.set
    if name.hasSuffix("+") { operation = .add }
    if name.hasSuffix("-") { operation = .remove }
    if operation != .set { name = name.dropLast() }
    let value = sides.count > 1 ? sides[1] : ""
    let operands =
      value.hasPrefix("(")
      ? value.dropFirst().dropLast().split(separator: ",").map { Operand.text(String($0)) }
      : value.isEmpty ? [] : [Operand.text(String(value))]
    return try Assignment(String(name), operation, operands, of: entity, in: catalog)
  }

  @discardableResult
  func make(
    _ kind: String, _ assignments: String..., on occasion: EditOccasion = TestOffice.occasion()
  ) throws -> RecordID {
    let entity = entity(kind)
    let all = try assignments.map { try assignment($0, of: entity) }
    let editor = try editor(on: occasion)
    return try replica.write {
      try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
    }
  }

  @discardableResult
  func edit(
    _ kind: String, _ id: RecordID, _ assignments: String...,
    on occasion: EditOccasion = TestOffice.occasion()
  ) throws -> EditPlan {
    let entity = entity(kind)
    let all = try assignments.map { try assignment($0, of: entity) }
    let editor = try editor(on: occasion)
    let state = try #require(try state(kind, id))
    return try replica.write {
      let plan = try editor.plan(editing: state, all, in: $0.snapshot)
      try plan.apply(in: $0)
      return plan
    }
  }

  func delete(_ kind: String, _ id: RecordID) throws {
    let basis = try #require(try state(kind, id)).basis
    try replica.write { try $0.delete(kind, id, basis: basis) }
  }

  func state(_ kind: String, _ id: RecordID) throws -> RecordState? {
    try replica.read { try $0.record(kind, id) }
  }

  /// What a path from a record says, on one line.
  func text(_ kind: String, _ id: RecordID, _ path: String) throws -> String {
    let path = try FieldPath(
      path.split(separator: ".").map(String.init), from: entity(kind), in: catalog)
    return try replica.read { snapshot in
      let state = try #require(try snapshot.record(kind, id))
      return try FieldReader(catalog, in: snapshot).reading(of: path, from: state)
        .text(of: path.field)
    }
  }

  /// The first column of a query's rows.
  func list(_ query: RecordQuery) throws -> [String] {
    let context = try context
    return try replica.read { snapshot in
      let path = try query.paths(in: catalog)[0]
      return try query.rows(in: snapshot.database, context).map { $0.cells[0].text(of: path.field) }
    }
  }

  /// The names of the records of a kind that a filter lets through.
  func names(_ kind: String, _ filter: Filter? = nil) throws -> [String] {
    var query = RecordQuery(entity(kind), filter: filter)
    query.columns = [[entity(kind).nameFields[0]]]
    return try list(query)
  }

  /// The names of the values of a small list, beside those that every workspace begins with.
  func listed(_ list: String) throws -> [String] {
    let begun = Filter.not(.records(shipped))
    return try names("picklist", .and([.compare(["list"], .equal, .text(list)), begun]))
  }
}

/// Time, randomness and signing without a clock, a system's generator or a key.
enum TestEnvironment {
  static let signer = TestSigner()

  static func make() -> ReplicaEnvironment {
    let state = Mutex((milliseconds: UInt64(1_800_000_000_000), generator: SplitMix64(seed: 1)))
    return ReplicaEnvironment(
      now: {
        WallTime(
          milliseconds: state.withLock {
            $0.milliseconds += 1
            return $0.milliseconds
          })
      },
      random: { count in
        state.withLock { state in
          (0..<count).map { _ in UInt8.random(in: 0...255, using: &state.generator) }
        }
      }, signer: signer)
  }
}

/// Signs nothing: these tests sync with nobody.
struct TestSigner: EntrySigner {
  var publicKey: NodePublicKey {
    // The curve's base point; any point would do.
    let base =
      "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    let digits = Array(base)
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
    guard let key = NodePublicKey(bytes: bytes) else {
      preconditionFailure("The base point lies on its curve.")
    }
    return key
  }

  func signature(for message: [UInt8]) throws -> [UInt8] { [UInt8](repeating: 0, count: 64) }
}
