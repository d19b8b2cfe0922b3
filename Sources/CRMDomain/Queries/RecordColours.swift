package import CRDTCore
package import GRDB

/// The colours that people have given to records: stages, labels, values of lists, deals.
///
/// Belongs to one snapshot; each record is asked for once.
package final class RecordColours {
  /// The field that says it, of the kinds that have one.
  static let field = "colour"

  private let database: Database
  private var known: [RecordID: Colour?] = [:]

  /// Creates a reader of a snapshot's colours.
  package init(in database: Database) { self.database = database }

  /// The colour of a record; `nil` if it has none, or one that only a later program can read.
  package func colour(of id: RecordID, _ entity: Entity) throws -> Colour? {
    guard entity.field(named: Self.field)?.name == Self.field else { return nil }
    if let known = known[id] { return known }
    let statement = try database.cachedStatement(
      sql: "SELECT \(Self.field) FROM \(SQL.name(entity.name)) WHERE id = ?")
    let text = try String?.fetchOne(statement, arguments: [id.databaseValue]) ?? nil
    let colour = text.flatMap(Colour.init)
    known[id] = .some(colour)
    return colour
  }

  /// The colour of what a field says: of several records, that of the first that has one.
  package func colour(of reading: FieldReading) throws -> Colour? {
    switch reading {
    case .reference(let reference):
      return try reference.entity.flatMap { try colour(of: reference.id, $0) }
    case .elements(let elements):
      for element in elements {
        if let colour = try colour(of: element) { return colour }
      }
      return nil
    case .empty, .value: return nil
    }
  }
}
