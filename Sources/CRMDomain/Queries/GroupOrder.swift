import CRDTCore
import GRDB

/// Orders the values that records are grouped by: empty ones last, numbers as numbers, stages by their
/// place, texts without regard to case and accents.
final class GroupOrder {
  /// Where a value stands.
  struct Place: Comparable {
    var isEmpty = false
    var number = DecimalNumber(0)
    var position = ""
    var folded = ""
    var text = ""

    static func < (lhs: Place, rhs: Place) -> Bool {
      if lhs.isEmpty != rhs.isEmpty { return rhs.isEmpty }
      if lhs.number != rhs.number { return lhs.number < rhs.number }
      return (lhs.position, lhs.folded, lhs.text) < (rhs.position, rhs.folded, rhs.text)
    }
  }

  private let database: Database

  init(_ database: Database) { self.database = database }

  func place(of reading: FieldReading, _ path: FieldPath) throws -> Place {
    var place = Place()
    switch reading {
    case .empty: place.isEmpty = true
    case .value(.integer(let number)): place.number = DecimalNumber(number)
    case .value(.bool(let flag)): place.number = DecimalNumber(flag ? 1 : 0)
    case .value(.instant(let instant)): place.number = DecimalNumber(instant.milliseconds)
    case .value(.decimal(let number)): place.number = number
    case .value(.text(let text)):
      if case .status(let machine) = path.field.format,
        let index = machine.states.firstIndex(of: text)
      {
        place.number = DecimalNumber(Int64(index))
      }
      if case .choice(let choices) = path.field.format, let index = choices.firstIndex(of: text) {
        place.number = DecimalNumber(Int64(index))
      }
      (place.folded, place.text) = (NameFolding.folded(text), text)
    case .value, .elements: place.text = reading.text(of: path.field)
    case .reference(let reference):
      if let entity = reference.entity, let order = entity.orderField {
        // Records without a place of their own come behind those that have one.
        place.position = try position(of: reference.id, entity, order) ?? "~"
      }
      place.folded = NameFolding.folded(reference.name ?? "")
      place.text = (reference.name ?? "") + reference.id.description
    }
    return place
  }

  private func position(of id: RecordID, _ entity: Entity, _ order: String) throws -> String? {
    try String.fetchOne(
      database.cachedStatement(
        sql: "SELECT \(SQL.name(order)) FROM \(SQL.name(entity.name)) WHERE id = ?"),
      arguments: [id.databaseValue])
  }
}
