import CRDTCore
import CRMDomain
import GRDB
import ReplicaStore
import TestSupport

extension Workload {
  func create(on node: SimulatedNode) throws {
    guard let entity = catalog[values.random.choice(kinds)] else { return }
    try command("new \(entity.name)", on: node) { replica in
      try replica.write(command: "new \(entity.name)") { transaction in
        var assignments = try assignments(4, of: entity, in: transaction.snapshot)
        if let field = entity.field(named: "name"),
          !assignments.contains(where: { $0.path.field == field }),
          let operand = try values.operand(for: field, in: transaction.snapshot)
        {
          assignments.append(try Assignment("name", .set, [operand], of: entity, in: catalog))
        }
        try editor(on: node).plan(new: entity, assignments, in: transaction.snapshot)
          .apply(in: transaction)
      }
    }
  }

  func edit(on node: SimulatedNode) throws {
    try command("edit", on: node) { replica in
      try replica.write(command: "edit") { transaction in
        guard let (entity, state) = try anyRecord(on: transaction.snapshot) else { return }
        try editor(on: node).plan(
          editing: state,
          assignments(
            Int.random(in: 1...3, using: &values.random), of: entity, in: transaction.snapshot),
          in: transaction.snapshot
        ).apply(in: transaction)
      }
    }
  }

  /// Opens a form, and saves it a good while later, whatever has come in meanwhile.
  func openForm(on node: SimulatedNode) throws {
    guard
      let opened = try world.look(
        at: node,
        { replica in
          try replica.read { snapshot in
            try anyRecord(on: snapshot).map { entity, state in
              let heads = state.basis.heads.values.flatMap(\.self)
              return (entity: entity, state: state, shown: try snapshot.hashes(of: heads))
            }
          }
        }) ?? nil
    else { return }
    world.note(node, "opens a form")
    let pause = Int.random(in: 1...2_000, using: &values.random)
    world.simulator.schedule(after: .seconds(Int64(pause) * 60)) { [weak self] in
      guard let self, isOpen else { return }
      try save(opened.entity, opened.state, shown: opened.shown, on: node)
    }
  }

  private func save(
    _ entity: Entity, _ state: RecordState, shown: [Dot: EntryHash], on node: SimulatedNode
  ) throws {
    var saved: EditPlan?
    let isDone = try command("save a form", on: node) { replica in
      try replica.write(command: "edit") { transaction in
        guard let now = try transaction.snapshot.record(entity.name, state.id), !now.isDeleted
        else { return }
        let plan = try editor(on: node).plan(
          editing: state, assignments(2, of: entity, in: transaction.snapshot),
          in: transaction.snapshot)
        try plan.apply(in: transaction)
        saved = plan
      }
    }
    guard isDone, let saved, !saved.changes.isEmpty else { return }
    try world.look(at: node) { replica in
      try SeenCheck.run(saved, of: state, shown: shown, on: replica)
    }
  }

  func delete(on node: SimulatedNode) throws {
    try command("delete", on: node) { replica in
      try replica.write(command: "delete") { transaction in
        guard let (entity, state) = try anyRecord(on: transaction.snapshot) else { return }
        try transaction.delete(entity.name, state.id, basis: state.basis)
      }
    }
  }

  func restore(on node: SimulatedNode) throws {
    try command("restore", on: node) { replica in
      try replica.write(command: "restore") { transaction in
        guard let (entity, state) = try anyRecord(on: transaction.snapshot, deleted: true)
        else { return }
        try transaction.restore(entity.name, state.id, basis: state.basis)
      }
    }
  }

  func label(on node: SimulatedNode) throws {
    try command("label", on: node) { replica in
      try replica.write(command: "edit") { transaction in
        guard let (entity, state) = try oneOfFew(in: transaction.snapshot) else { return }
        let operation: Assignment.Operation = values.random.chance(60) ? .add : .remove
        try editor(on: node).plan(
          editing: state,
          [
            try Assignment(
              "labels", operation, [.text(values.name())], of: entity, in: catalog)
          ], in: transaction.snapshot
        ).apply(in: transaction)
      }
    }
  }

  /// One of the first accounts: what everybody labels.
  private func oneOfFew(in snapshot: Snapshot) throws -> (Entity, RecordState)? {
    let rows = try Row.fetchAll(
      snapshot.database, sql: "SELECT id FROM account ORDER BY id LIMIT 4")
    let ids = rows.compactMap { RecordID($0["id"] as DatabaseValue) }
    guard !ids.isEmpty, let account = catalog["account"],
      let state = try snapshot.record("account", values.random.choice(ids)), !state.isDeleted
    else { return nil }
    return (account, state)
  }

  func count(on node: SimulatedNode) throws {
    let step = Int64.random(in: -5...9, using: &values.random)
    var product: RecordID?
    let isDone = try command("count \(step)", on: node) { replica in
      try replica.write(command: "edit") { transaction in
        guard let id = try values.record(of: "product", in: transaction.snapshot),
          let state = try transaction.snapshot.record("product", id), !state.isDeleted
        else { return }
        product = id
        try transaction.edit(
          "product", id, basis: state.basis, [FieldChange("stock", .increment(step))])
      }
    }
    guard let product else { return }
    if isDone {
      if let expected = expectedStock[product, default: 0] {
        expectedStock[product] = expected + step
      }
    } else if node.replica == nil {
      // Whether the entry was on disk when the machine died is not for us to say.
      expectedStock[product] = .some(nil)
    }
  }

  func bulk(on node: SimulatedNode) throws {
    try command("bulk edit", on: node) { replica in
      try replica.writeGroup { group in
        for _ in 0..<Int.random(in: 1...3, using: &values.random) {
          try group.write(command: "edit --all") { transaction in
            var seen: Set<RecordID> = []
            for _ in 0..<Int.random(in: 2...8, using: &values.random) {
              guard let (entity, state) = try anyRecord(on: transaction.snapshot),
                seen.insert(state.id).inserted
              else { continue }
              try editor(on: node).plan(
                editing: state, assignments(2, of: entity, in: transaction.snapshot),
                in: transaction.snapshot
              ).apply(in: transaction)
            }
          }
        }
      }
    }
  }

  /// Imports one of few files by a key, so that several nodes import the same.
  func importFile(on node: SimulatedNode) throws {
    let number = Int.random(in: 1...3, using: &values.random)
    guard let entity = catalog["product"] else { return }
    var lines = ["code,name,price"]
    for row in 0..<12 {
      lines.append("C\(number)-\(row),product \(row) of \(number),\(row + 1)00.00")
    }
    let bytes = Array(lines.joined(separator: "\n").utf8)
    try command("import file \(number)", on: node) { replica in
      var options = ImportOptions(batch: UInt128(number), now: node.instant)
      options.key = "code"
      _ = try CSVImport(entity, options, in: catalog).run(
        on: replica, open: { OneRead(bytes).read })
    }
  }

  /// Gives somebody another role, whether or not this node's member may.
  func changeRole(on node: SimulatedNode) throws {
    try command("give a role", on: node) { replica in
      try replica.write(command: "member edit") { transaction in
        guard let id = try values.record(of: "member", in: transaction.snapshot),
          let state = try transaction.snapshot.record("member", id), !state.isDeleted,
          // The founder's rights rest on no record.
          state["name"] != .text("Founder")
        else { return }
        let role: MemberRole = values.random.chance(60) ? .representative : .administrator
        try transaction.edit(
          "member", id, basis: state.basis, [FieldChange("role", .set(.text(role.rawValue)))])
      }
    }
  }

  /// Uses what only the newest program knows, where it runs.
  func useNovelty(on node: SimulatedNode) throws {
    guard node.schema[ProgramVersion.novelKind] != nil else { return try edit(on: node) }
    try command("use what is new", on: node) { replica in
      try replica.write(command: "new gadget") { transaction in
        let account = try values.record(of: "account", in: transaction.snapshot)
        try transaction.create(
          ProgramVersion.novelKind,
          [
            FieldChange("name", .set(.text(values.word()))),
            FieldChange("colours", .insert(.text(values.name()))),
            FieldChange("account", .set(account.map(Value.reference) ?? .null)),
          ])
        guard let account, let state = try transaction.snapshot.record("account", account),
          !state.isDeleted
        else { return }
        try transaction.edit(
          "account", account, basis: state.basis,
          [FieldChange(ProgramVersion.novelField, .increment(1))])
      }
    }
  }

  /// Writes through a second connection to the file, as another process does.
  func secondProcess(on node: SimulatedNode) throws {
    try command("second process", on: node) { _ in
      let other = try Replica.open(
        at: node.path, schema: node.schema, environment: node.environment)
      try other.write(command: "edit") { transaction in
        guard let (entity, state) = try anyRecord(on: transaction.snapshot) else { return }
        try editor(on: node).plan(
          editing: state, assignments(2, of: entity, in: transaction.snapshot),
          in: transaction.snapshot
        ).apply(in: transaction)
      }
    }
  }
}

/// Gives all bytes at the first reading, and none after.
private final class OneRead {
  private var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }
}
