import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport

/// What people do all day, drawn from the catalogue.
final class Workload {
  /// One kind of act.
  enum Act: String, CaseIterable {
    case create, edit, staleForm, delete, restore, label, count, settle, bulk, importFile
    case secondProcess, changeRole, novelty, join, arrange

    /// How often people do it, against the others.
    var weight: Int {
      switch self {
      case .create: 20
      case .edit: 30
      case .staleForm: 10
      case .delete: 5
      case .restore: 3
      case .label: 8
      case .count: 6
      case .settle: 8
      case .bulk: 3
      case .importFile: 1
      case .secondProcess: 2
      case .changeRole: 2
      case .novelty: 4
      case .join: 3
      case .arrange: 4
      }
    }
  }

  unowned let world: World
  let catalog = EntityCatalog.standard
  var values: RandomValues
  let habits: Habits
  /// Whether people are still at work.
  var isOpen = true
  /// The kinds that people make records of.
  let kinds = ["account", "contact", "deal", "task", "product", "engagement"]
  /// Per product, what all increments come to whose commands have returned; `nil` where one died
  /// half-way.
  var expectedStock: [RecordID: Int64?] = [:]

  init(in world: World) {
    self.world = world
    var random = SplitMix64(seed: world.random.next())
    habits = Habits(of: kinds, random: &random)
    values = RandomValues(focusPercent: habits.focusPercent, random: random)
  }

  /// Lets a node's user act again and again, about so many times a day.
  func employ(_ node: SimulatedNode, actsPerDay: Double) {
    let pause = Int(2 * 86_400_000 / actsPerDay)
    let wait = Int.random(in: 1...pause, using: &values.random)
    world.simulator.schedule(after: .milliseconds(Int64(wait))) { [weak self] in
      guard let self, isOpen else { return }
      try act(on: node)
      employ(node, actsPerDay: actsPerDay)
    }
  }

  private func act(on node: SimulatedNode) throws {
    guard node.replica != nil else { return }
    try perform(habits.act(random: &values.random), on: node)
  }

  private func perform(_ act: Act, on node: SimulatedNode) throws {
    switch act {
    case .create: try create(on: node)
    case .edit: try edit(on: node)
    case .staleForm: try openForm(on: node)
    case .delete: try delete(on: node)
    case .restore: try restore(on: node)
    case .label: try label(on: node)
    case .count: try count(on: node)
    case .settle: try settle(on: node)
    case .bulk: try bulk(on: node)
    case .importFile: try importFile(on: node)
    case .secondProcess: try secondProcess(on: node)
    case .changeRole: try changeRole(on: node)
    case .novelty: try useNovelty(on: node)
    case .join: try join(on: node)
    case .arrange: try arrange(on: node)
    }
  }

  /// Runs a command on a node; says whether it returned in good order.
  @discardableResult
  func command(
    _ words: String, on node: SimulatedNode, _ body: (Replica) throws -> Void
  ) throws -> Bool {
    do {
      guard
        try world.run(
          on: node,
          { replica in
            try body(replica)
            return true
          }) != nil
      else { return false }
    } catch let error as EditError {
      world.note(node, "\(words) is refused: \(error.summary)")
      return false
    } catch let error as ReplicaError {
      world.note(node, "\(words) is refused: \(error.summary)")
      return false
    } catch StoreError.full {
      world.note(node, "\(words) finds the disk full")
      return false
    }
    world.totals.transactions += 1
    world.note(node, words)
    try world.look(at: node) { try ClockCheck.run(node, on: $0) }
    try world.confirm(node)
    return true
  }

  func editor(on node: SimulatedNode) -> RecordEditor {
    RecordEditor(
      catalog, reader: ValueReader(currency: .euro),
      on: EditOccasion(now: node.instant))
  }

  /// Any live record that people work with, with its state.
  func anyRecord(
    on snapshot: Snapshot, deleted: Bool = false
  ) throws -> (entity: Entity, state: RecordState)? {
    // A few tries: a kind may have no records, and the one drawn may be deleted.
    for _ in 0..<4 {
      guard let entity = catalog[values.random.choice(habits.kinds)],
        let id = try values.record(of: entity.name, in: snapshot),
        let state = try snapshot.record(entity.name, id), state.isDeleted == deleted
      else { continue }
      return (entity, state)
    }
    return nil
  }

  /// Some assignments to fields of an entity.
  func assignments(_ count: Int, of entity: Entity, in snapshot: Snapshot) throws -> [Assignment] {
    var fields: Set<String> = []
    var assignments: [Assignment] = []
    for _ in 0..<count {
      let field = values.random.choice(entity.fields)
      guard field.mark != .counted, fields.insert(field.name).inserted else { continue }
      var operands: [Operand] = []
      if !values.random.chance(10) {
        guard let operand = try values.operand(for: field, in: snapshot) else { continue }
        operands = [operand]
      }
      let operation: Assignment.Operation =
        field.isSet ? values.random.choice([.set, .add, .remove]) : .set
      assignments.append(
        try Assignment(field.name, operation, operands, of: entity, in: catalog))
    }
    return assignments
  }
}
