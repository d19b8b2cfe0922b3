package import CRDTCore
package import GRDB

/// Finds the records that people name: exactly, then without regard to case and accents.
///
/// Keeps what it has found for the next question, and so serves one command or one import.
package final class NameIndex {
  /// What a name leads to.
  package enum Match: Hashable, Sendable {
    case one(RecordID)
    case several([RecordReference])
    case none(closest: String?)
  }

  /// Where a name is looked up: a kind, and of picklist values one list.
  package struct Scope: Hashable, Sendable {
    package let kind: String
    package let list: String?

    package init(kind: String, list: String? = nil) {
      self.kind = kind
      self.list = list
    }
  }

  private struct Question: Hashable {
    let scope: Scope
    let text: String
  }

  private struct Named {
    let name: String
    let id: RecordID
  }

  private let catalog: EntityCatalog
  /// Per scope and folded text, the answers to the texts that fold to it.
  private var answers: [Question: [String: Match]] = [:]
  /// Per scope, every record under each of its folded names; read when an exact look-up fails.
  private var folded: [Scope: [String: [Named]]] = [:]
  private var remembered: [Scope: [Named]] = [:]
  /// Per kind and folded name, what stands for joined records of that name.
  private var survivors: [String: [String: Set<RecordID>]] = [:]
  private var joined: JoinedRecords?

  package init(_ catalog: EntityCatalog) { self.catalog = catalog }

  /// The live record that `text` names, by any field the kind is looked up by, or by its full id.
  package func match(_ text: String, in scope: Scope, of database: Database) throws -> Match {
    let question = Question(scope: scope, text: text)
    let key = Question(scope: scope, text: NameFolding.folded(text))
    if let answer = answers[key]?[text] { return answer }
    let answer = try answer(question, database)
    answers[key, default: [:]][text] = answer
    return answer
  }

  /// Takes in a record that was made, or will be, since the tables were read.
  package func remember(_ name: String, _ id: RecordID, in scope: Scope) {
    let named = Named(name: name, id: id)
    let key = NameFolding.folded(name)
    // What was missing or the only one of its name may be so no longer.
    answers[Question(scope: scope, text: key)] = nil
    remembered[scope, default: []].append(named)
    folded[scope]?[key, default: []].append(named)
  }

  private func answer(_ question: Question, _ database: Database) throws -> Match {
    let entity = catalog.entity(question.scope.kind)
    let exact = try exactMatches(question, entity, database)
    if let id = exact.first, exact.count == 1 { return .one(id) }
    if exact.count > 1 { return .several(try references(exact, entity, database)) }
    let names = try foldedNames(question.scope, entity, database)
    let found = names[NameFolding.folded(question.text)] ?? []
    let alike = found.filter { $0.name == question.text }
    let ids = distinct((alike.isEmpty ? found : alike).map(\.id))
    if let id = ids.first, ids.count == 1 { return .one(id) }
    if ids.count > 1 { return .several(try references(ids, entity, database)) }
    if let id = RecordID(question.text), try isLive(id, entity, database) { return .one(id) }
    if let id = try survivor(named: question, entity, database) { return .one(id) }
    return .none(closest: closest(to: question.text, among: names))
  }

  /// The one record that stands for all joined ones of that name, or of that id.
  private func survivor(
    named question: Question, _ entity: Entity, _ database: Database
  ) throws -> RecordID? {
    guard entity.isJoinable else { return nil }
    let joined = try self.joined ?? JoinedRecords(catalog, in: database)
    self.joined = joined
    let names = try survivors[entity.name] ?? namesOfJoined(joined, entity, database)
    survivors[entity.name] = names
    var found = names[NameFolding.folded(question.text)] ?? []
    if let id = RecordID(question.text), let survivor = joined.survivor(of: id) {
      found.insert(survivor)
    }
    found = try found.filter { try isLive($0, entity, database) }
    return found.count == 1 ? found.first : nil
  }

  private func namesOfJoined(
    _ joined: JoinedRecords, _ entity: Entity, _ database: Database
  ) throws -> [String: Set<RecordID>] {
    let names = RecordNames(catalog, in: database)
    let own = Field(JoinedRecords.field, .reference(to: entity.name), .latest, "")
    var survivors: [String: Set<RecordID>] = [:]
    for id in joined.all {
      guard let name = try names.reference(id, of: own).name, let survivor = joined.survivor(of: id)
      else { continue }
      survivors[NameFolding.folded(name), default: []].insert(survivor)
    }
    return survivors
  }

  /// Looks into the indexes; what was remembered is looked up with the folded names.
  private func exactMatches(
    _ question: Question, _ entity: Entity, _ database: Database
  ) throws -> [RecordID] {
    let fields = entity.lookupFields.compactMap { entity.field(named: $0) }.filter {
      $0.isIndexed || $0.isUnique
    }.filter { $0.format == .text }
    guard !fields.isEmpty, remembered[question.scope] == nil else { return [] }
    let text = question.text.databaseValue
    var arguments: [DatabaseValue] = []
    // One look-up per index; an OR over several would scan the table.
    let lookups = fields.map { field in
      arguments.append(text)
      var sql = """
        SELECT id FROM \(SQL.name(entity.name)) WHERE \(SQL.name(field.name)) = ? AND _hidden IS NULL
        """
      if let list = question.scope.list {
        sql += " AND \"list\" = ?"
        arguments.append(list.databaseValue)
      }
      return sql
    }
    return try DatabaseValue.fetchAll(
      database.cachedStatement(sql: lookups.joined(separator: " UNION ") + " ORDER BY 1"),
      arguments: StatementArguments(arguments)
    ).compactMap { RecordID($0) }
  }

  private func foldedNames(
    _ scope: Scope, _ entity: Entity, _ database: Database
  ) throws -> [String: [Named]] {
    if let names = folded[scope] { return names }
    let fields = entity.lookupFields.compactMap { entity.field(named: $0) }
    let texts = fields.map { RecordNameSQL.text(of: $0, column: SQL.name($0.name)) }
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT id, \(texts.joined(separator: ", ")) FROM \(SQL.name(entity.name))
        WHERE _hidden IS NULL\(scope.list == nil ? "" : " AND \"list\" = ?") ORDER BY id
        """,
      arguments: scope.list.map { [$0] } ?? [])
    var names: [String: [Named]] = [:]
    while let row = try rows.next() {
      guard let id = RecordID(row[0] as DatabaseValue) else { continue }
      for index in fields.indices {
        guard let name = row[index + 1] as String?, !name.isEmpty else { continue }
        names[NameFolding.folded(name), default: []].append(Named(name: name, id: id))
      }
    }
    for named in remembered[scope] ?? [] {
      names[NameFolding.folded(named.name), default: []].append(named)
    }
    folded[scope] = names
    return names
  }

  /// A suggestion; among more names than ``suggestionNamesMax`` a look at each would take too long for
  /// an import whose rows all miss.
  private func closest(to text: String, among names: [String: [Named]]) -> String? {
    guard names.count <= Self.suggestionNamesMax else { return nil }
    let key = ClosestName.of(text, among: names.keys.sorted())
    return key.flatMap { names[$0]?.first?.name }
  }

  private static let suggestionNamesMax = 5_000

  private func isLive(_ id: RecordID, _ entity: Entity, _ database: Database) throws -> Bool {
    try Row.fetchOne(
      database, sql: "SELECT 1 FROM \(SQL.name(entity.name)) WHERE id = ? AND _hidden IS NULL",
      arguments: [id.databaseValue]) != nil
  }

  private func references(
    _ ids: [RecordID], _ entity: Entity, _ database: Database
  ) throws -> [RecordReference] {
    let names = RecordNames(catalog, in: database)
    let field = Field(entity.name, .reference(to: entity.name), .latest, "")
    return try ids.map { try names.reference($0, of: field) }
  }

  private func distinct(_ ids: [RecordID]) -> [RecordID] {
    var seen: Set<RecordID> = []
    return ids.filter { seen.insert($0).inserted }
  }
}
