import CRDTCore
import Foundation
import GRDB

/// Where the keys of ``LikenessProfile`` are in the tables, as SQL.
enum LikenessKeySQL {
  /// How many letters of a company's name are the same where a slip comes later.
  private static let beginning = 4

  /// Statements that select a key and the id of a live record that has it; `key` is NULL or empty where
  /// a record has none.
  static func selections(of key: LikenessProfile.Key, _ entity: Entity) -> [String] {
    func points(_ field: String, _ function: String) -> String {
      """
      SELECT \(function)(json_extract(e.value, '$.value')) AS key, t.id AS id
      FROM contact_\(field) e JOIN contact t ON t._rec = e._rec
      WHERE e.present = 1 AND t._hidden IS NULL
      """
    }
    func live(_ expression: String) -> String {
      "SELECT \(expression) AS key, t.id AS id FROM \(entity.name) t WHERE t._hidden IS NULL"
    }
    let city = "json_extract(t.billing_address, '$.city')"
    switch (entity.name, key) {
    case ("account", .host): return [live("kith_host(t.website)")]
    case ("account", .company): return [live("kith_company(t.name)")]
    case ("account", .companyInPlace): return [live("kith_company_in(t.name, \(city))")]
    case ("contact", .email):
      return [live("kith_email(t.primary_email)"), points("emails", "kith_email")]
    case ("contact", .phone):
      return [live("kith_phone(t.primary_phone)"), points("phones", "kith_phone")]
    case ("contact", .person):
      return [
        live("kith_person(json_extract(t.name, '$.given'), json_extract(t.name, '$.family'))")
      ]
    case ("contact", .personAtAccount):
      return [live("kith_person_at(json_extract(t.name, '$.family'), t.account)")]
    case (_, .joined) where entity.isJoinable:
      return [
        """
        SELECT kith_id(e.value) AS key, t.id AS id
        FROM \(entity.name)_\(JoinedRecords.field) e JOIN \(entity.name) t ON t._rec = e._rec
        WHERE e.present = 1 AND t._hidden IS NULL
        """
      ]
    case (_, _): return []
    }
  }

  static func companyInPlace(_ company: String, _ place: String) -> String {
    "\(company.prefix(beginning))|\(place)"
  }

  static func personAtAccount(_ family: String, _ account: RecordID) -> String {
    "\(family)|\(account)"
  }

  /// Makes the functions known that the statements use; again does no harm.
  static func addFunctions(to database: Database) {
    guard !QueryFunctions.isKnown(functions[0].name, to: database) else { return }
    for function in functions { database.add(function: function) }
  }

  private static let functions = [
    function("kith_host", LikenessText.host), function("kith_company", LikenessText.company),
    function("kith_email", LikenessText.email), function("kith_phone", LikenessText.phone),
    DatabaseFunction("kith_company_in", argumentCount: 2, pure: true) { values in
      guard let name = String.fromDatabaseValue(values[0]),
        let city = String.fromDatabaseValue(values[1])
      else { return nil }
      let company = LikenessText.company(name)
      return company.isEmpty ? nil : companyInPlace(company, NameFolding.folded(city))
    },
    DatabaseFunction("kith_person", argumentCount: 2, pure: true) { values in
      LikenessText.person(
        String.fromDatabaseValue(values[0]) ?? "", String.fromDatabaseValue(values[1]) ?? "")
    },
    DatabaseFunction("kith_person_at", argumentCount: 2, pure: true) { values in
      guard let family = String.fromDatabaseValue(values[0]), let account = RecordID(values[1])
      else { return nil }
      let words = LikenessText.words(family).joined(separator: " ")
      return words.isEmpty ? nil : personAtAccount(words, account)
    },
    DatabaseFunction("kith_id", argumentCount: 1, pure: true) { values in
      RecordID(values[0])?.description
    },
  ]

  private static func function(
    _ name: String, _ body: @escaping @Sendable (String) -> String
  ) -> DatabaseFunction {
    DatabaseFunction(name, argumentCount: 1, pure: true) { values in
      String.fromDatabaseValue(values[0]).map(body)
    }
  }
}
