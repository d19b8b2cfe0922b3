import CRDTCore
import GRDB

/// How the tables follow the fields that the workspace adds.
extension Writer {
  /// Looks, after an entry was folded, whether the fields are still those that the tables have.
  ///
  /// A new field is a new column, and that is all if nobody has written it yet. If the log has writes of it,
  /// as after the upgrade of a program that did not know its type, or if a field has gone or changed its
  /// type, the tables are made anew at the end of the transaction.
  func refreshOwnFields() throws {
    guard fold.definesFields, !isRebuilding else { return }
    fold.definesFields = false
    let before = fold.layout.own.places
    guard try adoptOwnFields(), !needsRebuild else { return }
    let now = fold.layout.own.places
    needsRebuild =
      try !before.isSubset(of: now) || now.subtracting(before).contains(where: isUnread)
  }

  /// Gives the tables the columns of the fields that are defined now.
  ///
  /// - Returns: Whether they had others.
  func adoptOwnFields() throws -> Bool {
    let layout = fold.layout
    let own = try OwnFields(in: database, layout: layout)
    guard own != layout.own else { return false }
    let (before, now) = (layout.own.places, own.places)
    for place in before.subtracting(now).sorted(by: { $0.order < $1.order }) {
      guard let kind = layout.base[place.kind] else { continue }
      try StoreTables.drop(place.field, of: kind, in: database)
    }
    if now != before { try StoreTables.update(to: layout.base.adding(own), in: database) }
    try meta.set(.ownFields, own.encoded)
    fold.adopt(
      Layout(layout.base, adding: own, numbers: try StoreTables.numbers(in: database)))
    return true
  }

  /// Takes over the layout of the file: another process may have changed it, or this one have undone
  /// what it changed.
  func adoptOwnFieldsOfFile() throws {
    let own = try meta.ownFields()
    guard own != fold.layout.own else { return }
    fold.adopt(
      Layout(fold.layout.base, adding: own, numbers: try StoreTables.numbers(in: database)))
  }

  /// Whether the log holds writes of a field that are in no table.
  private func isUnread(_ place: OwnFields.Place) throws -> Bool {
    let selection = try fold.statement("SELECT 1 FROM _unread WHERE kind = ? AND field = ?")
    selection.bind(1, place.kind)
    selection.bind(2, place.field.name)
    defer { selection.reset() }
    return try selection.step()
  }
}

extension OwnFields.Place {
  fileprivate var order: String { "\(kind).\(field.name)" }
}
