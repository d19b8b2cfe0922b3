import CRDTCore

// MARK: - Rules that people set

extension Fold {
  /// Takes in the rules as the records have them now, and shows what they choose.
  ///
  /// A register with one head shows the same under every rule, so only those in `_head` are looked at.
  func refreshPolicies() throws {
    let before = policies
    policies = try ConflictPolicies(in: database, layout: layout)
    for place in policies.changes(since: before) {
      guard let kind = layout[place.kind], let field = kind[place.field],
        case .register = field.schema.merge
      else { continue }
      try showAnew(field, of: kind)
    }
  }

  private func showAnew(_ field: FieldLayout, of kind: KindLayout) throws {
    let selection = try statement(
      """
      SELECT id FROM \(kind.table)
      WHERE _rec IN (SELECT rec FROM _head WHERE kind = ? AND field = ?) ORDER BY _rec
      """)
    selection.bind(1, kind.name)
    selection.bind(2, field.name)
    var records: [RecordID] = []
    while try selection.step() { records.append(RecordID(rawValue: selection.number(0))) }
    selection.reset()
    for id in records {
      var row = try row(of: id, kind: kind, fields: [field.index])
      let place = WritePlace(kind: kind.name, id: id, field: field.name)
      let heads = try heads(
        of: field, state: .several, value: .null, place: place, record: row.record)
      row.values[field.index] =
        RegisterHeads(heads: heads)
        .winner(under: policies.policy(of: field, in: kind))?.value.value
      row.note(field.index)
      try save(row, kind: kind)
    }
  }
}
