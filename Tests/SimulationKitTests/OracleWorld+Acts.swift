import CRDTCore
import ReplicaStore
import TestSupport

// What people do to records, on what they see or on what they saw long ago.
extension OracleWorld {
  /// One act of somebody at a node.
  func act(on node: Int) throws {
    switch Int.random(in: 0..<20, using: &random) {
    case 0, 1: try make(on: node)
    case 2, 3: try deleteOrRestore(on: node)
    case 4: try move(on: node)
    case 5: try settle(on: node)
    case 6: try dismiss(on: node)
    case 7: try setRule(on: node)
    case 8...12: try arrange(on: node)
    default: try edit(on: node)
    }
  }

  /// A new deal, or a line or part of something there is.
  func make(on node: Int) throws {
    let name = FieldChange("name", .set(word()))
    let (deal, line) = (random.choice(deals + [newID()]), random.choice(lines + [newID()]))
    switch Int.random(in: 0..<(deals.isEmpty ? 1 : 3), using: &random) {
    case 0:
      let changes =
        [name]
        + (0..<3).map { _ in change() }.reduce(into: []) { changes, next in
          if !changes.contains(where: { $0.field == next.field }) { changes.append(next) }
        }
      deals.append(try nodes[node].replica.write { try $0.create("deal", changes) })
    case 1:
      lines.append(
        try nodes[node].replica.write {
          try $0.create("line", [name, FieldChange("parent", .set(.reference(deal)))])
        })
    default:
      parts.append(
        try nodes[node].replica.write {
          try $0.create("part", [name, FieldChange("of", .set(.reference(line)))])
        })
    }
  }

  private func edit(on node: Int) throws {
    guard let form = try form(on: node, kind: "deal", of: deals), !form.basis.isDeleted else {
      return
    }
    let changes = [change()]
    try nodes[node].replica.write {
      try $0.edit("deal", form.id, basis: form.basis, changes)
    }
  }

  private func deleteOrRestore(on node: Int) throws {
    let (kind, ids) = random.choice([
      ("deal", deals), ("line", lines), ("part", parts), ("step", steps),
    ])
    guard let form = try form(on: node, kind: kind, of: ids) else { return }
    let renames = random.chance(50)
    let name = word()
    try nodes[node].replica.write { transaction in
      if form.basis.isDeleted {
        try transaction.restore(
          kind, form.id, basis: form.basis, renames ? [FieldChange("name", .set(name))] : [])
      } else {
        try transaction.delete(kind, form.id, basis: form.basis)
      }
    }
  }

  /// Puts a line under another deal, or a part under another line.
  private func move(on node: Int) throws {
    let isLine = random.chance(50)
    let (kind, field) = isLine ? ("line", "parent") : ("part", "of")
    guard let form = try form(on: node, kind: kind, of: isLine ? lines : parts),
      !form.basis.isDeleted
    else { return }
    let owners = (isLine ? deals : lines).map(Value.reference) + [.null, .reference(newID())]
    let owner = random.choice(owners)
    try nodes[node].replica.write {
      try $0.edit(kind, form.id, basis: form.basis, [FieldChange(field, .set(owner))])
    }
  }

  /// A record that others may rest on.
  func makeStep() throws {
    steps.append(
      try nodes[0].replica.write {
        try $0.create("step", [FieldChange("weight", .set(.decimal(DecimalNumber(50))))])
      })
  }

  /// Changes how a few records hang together.
  private func arrange(on node: Int) throws {
    guard let form = try form(on: node, kind: "step", of: steps), !form.basis.isDeleted else {
      return
    }
    let next = random.choice(steps.map(Value.reference) + [.null, .reference(newID())])
    let weight = DecimalNumber(mantissa: random.choice([500, 1000, 333, -1]), scale: 1)
    let changes = [
      FieldChange("next", .set(next)),
      FieldChange("only", .set(.bool(random.chance(60)))),
      FieldChange("weight", .set(weight.map(Value.decimal) ?? .null)),
      FieldChange("state", .set(random.choice([.text("on"), .text("off"), .null]))),
      FieldChange("done_on", .set(random.chance(30) ? .date(CivilDate(days: 7)) : .null)),
    ].filter { _ in random.chance(40) }
    try nodes[node].replica.write {
      try $0.edit("step", form.id, basis: form.basis, changes)
    }
  }

  /// Settles a conflict of a field as it is now, or writes all of its sides again.
  private func settle(on node: Int) throws {
    let replica = nodes[node].replica
    let conflicts = try replica.read { try $0.conflicts() }.filter { $0.kind == .field }
    guard !conflicts.isEmpty else { return }
    let conflict = random.choice(conflicts)
    guard let record = conflict.records.first, let field = conflict.field,
      let state = try replica.read({ try $0.record(record.kind, record.id) })
    else { return }
    let values = conflict.sides.compactMap(\.value)
    let edit: FieldEdit =
      random.chance(50)
      ? .set(random.choice(values), rank: field == "stage" ? 2 : nil)
      : .reopen(values.map { Side(value: $0) })
    try replica.write {
      try $0.edit(record.kind, record.id, basis: state.basis, [FieldChange(field, edit)])
    }
  }

  private func dismiss(on node: Int) throws {
    let replica = nodes[node].replica
    let conflicts = try replica.read { try $0.conflicts() }
      .filter { $0.kind == .held || $0.kind == .clock }
    guard !conflicts.isEmpty else { return }
    let id = random.choice(conflicts).id
    try replica.write {
      try $0.create(
        Dismissal.kind, id: Dismissal.record(of: id),
        [FieldChange("conflict", .set(.bytes(id.rawValue.bigEndianBytes)))])
    }
  }

  /// Sets the rule of a field, takes one back, or writes a record that sets none.
  private func setRule(on node: Int) throws {
    let place = random.choice([
      "deal.name", "deal.amount", "deal.budget", "deal.hours", "deal.stage", "deal.number",
      "line.parent", "member.role", "deal.labels", "planet.name", "nonsense",
    ])
    let parts = place.split(separator: ".").map(String.init)
    let id =
      random.chance(95)
      ? ConflictPolicies.record(of: parts[0], field: parts.count > 1 ? parts[1] : "") : newID()
    let word = random.choice(RegisterRule.words.map(Value.text) + [.text("luck"), .null])
    guard let known = try nodes[node].replica.read({ try $0.record(ConflictPolicies.kind, id) })
    else {
      try nodes[node].replica.write {
        try $0.create(
          ConflictPolicies.kind, id: id,
          [
            FieldChange(ConflictPolicies.field, .set(.text(place))),
            FieldChange(ConflictPolicies.rule, .set(word)),
          ])
      }
      return
    }
    guard let form = try form(on: node, kind: ConflictPolicies.kind, of: [known.id]) else { return }
    let isDeleting = !form.basis.isDeleted && random.chance(20)
    let moves = random.chance(10)
    try nodes[node].replica.write { transaction in
      let changes =
        [FieldChange(ConflictPolicies.rule, .set(word))]
        + (moves ? [FieldChange(ConflictPolicies.field, .set(.text("deal.name")))] : [])
      if isDeleting {
        try transaction.delete(ConflictPolicies.kind, id, basis: form.basis)
      } else if form.basis.isDeleted {
        try transaction.restore(ConflictPolicies.kind, id, basis: form.basis, changes)
      } else {
        try transaction.edit(ConflictPolicies.kind, id, basis: form.basis, changes)
      }
    }
  }

  /// Gives somebody another role, or another node a member; only administrators' words count.
  func actOnRoster(on node: Int) throws {
    let replica = nodes[node].replica
    let members = try replica.read { snapshot in
      try snapshot.conflicts().flatMap(\.sides).map(\.member)
    }
    let ids =
      members.map { RecordID(rawValue: $0.rawValue) } + [
        RecordID(rawValue: try replica.ownMember().rawValue)
      ]
    guard let form = try form(on: node, kind: "member", of: ids), !form.basis.isDeleted else {
      return
    }
    let role = random.choice(["administrator", "representative", "finance", "emperor"])
    try replica.write {
      try $0.edit(
        "member", form.id, basis: form.basis, [FieldChange("role", .set(.text(role)))])
    }
  }

  /// What a node shows of a record now, or showed when a form of it was opened.
  private func form(on node: Int, kind: String, of ids: [RecordID]) throws -> Form? {
    guard !ids.isEmpty else { return nil }
    let id = random.choice(ids)
    guard let state = try nodes[node].replica.read({ try $0.record(kind, id) }) else { return nil }
    let form = Form(node: node, kind: kind, id: id, basis: state.basis)
    let opened = forms.filter { $0.node == node && $0.kind == kind && $0.id == id }
    forms.append(form)
    return random.chance(60) || opened.isEmpty ? form : random.choice(opened)
  }

  /// A change to one of a deal's fields, with values that are often the same.
  func change() -> FieldChange {
    let number = Int64.random(in: 0...3, using: &random)
    let currency = random.choice(["EUR", "USD"].compactMap { CurrencyCode($0) })
    switch Int.random(in: 0..<18, using: &random) {
    case 0: return FieldChange("name", .set(word()))
    case 1, 2: return FieldChange("number", .set(word()))
    case 3:
      return FieldChange("amount", .set(.money(Money(minorUnits: number, currency: currency))))
    case 4: return FieldChange("budget", .set(.integer(number)))
    case 5:
      let hours = DecimalNumber(mantissa: number * 5, scale: 1).map(Value.decimal)
      return FieldChange("hours", .set(hours ?? .null))
    case 6: return FieldChange("first_contact", .set(word()))
    case 7, 8:
      return FieldChange("stage", .set(word(), rank: random.chance(80) ? UInt32(number) : nil))
    case 9: return FieldChange("engaged_on", .set(.date(CivilDate(days: Int32(number)))))
    case 10:
      return FieldChange("verified_at", .set(.instant(Instant(milliseconds: number))))
    case 11: return FieldChange("active", .set(.bool(number > 1)))
    case 12:
      let city = StructurePart(name: "city", value: random.choice([.text("Bonn"), .text("Ulm")]))
      return FieldChange("billing_address", .set(.structure([city])))
    case 13: return FieldChange("stock", .increment(number - 1))
    case 14: return FieldChange("visits", .increment(1))
    case 15: return FieldChange("labels", random.chance(50) ? .insert(word()) : .remove(word()))
    case 16:
      return FieldChange("opted_out", random.chance(60) ? .insert(word()) : .remove(word()))
    default:
      return FieldChange("links", .insert(.reference(random.choice(deals + [newID()]))))
    }
  }

  /// One of a few words; null now and then.
  private func word() -> Value {
    random.choice([.text("a"), .text("b"), .text("c"), .text("d"), .null])
  }

  /// An id that no record has.
  private func newID() -> RecordID {
    RecordID(rawValue: UInt128.random(in: 0...(.max), using: &random))
  }
}
