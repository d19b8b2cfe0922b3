package import CRDTCore
package import GRDB

/// How names are written here: without needless spaces, not all in capitals or small letters, and with legal
/// forms spelt as the register does.
package enum NameStandard {
  /// A name that is written otherwise.
  package struct Finding: Hashable, Sendable {
    package let kind: String
    package let record: RecordID
    package let present: String
    package let suggestion: String
  }

  /// The legal forms, by how they are spelt without regard to case and points.
  private static let legalForms: [String: String] = [
    "gmbh": "GmbH", "mbh": "mbH", "ag": "AG", "kg": "KG", "kgaa": "KGaA", "ohg": "OHG",
    "ev": "e.V.",
    "ug": "UG", "se": "SE", "ltd": "Ltd", "llc": "LLC", "llp": "LLP", "inc": "Inc", "corp": "Corp",
    "plc": "plc", "sa": "SA", "sas": "SAS", "sarl": "SARL", "bv": "BV", "nv": "NV", "spa": "SpA",
    "srl": "Srl", "ab": "AB", "oy": "Oy", "as": "AS",
  ]
  /// Words of so many letters may be written in capitals: they are mostly abbreviations.
  private static let abbreviationMax = 4

  /// The kinds whose names are looked at.
  package static let kinds = ["account", "product"]

  /// How a name should be written; `nil` if it is.
  ///
  /// `isCompany` says whether its last words may be a legal form.
  package static func suggestion(for name: String, isCompany: Bool) -> String? {
    var words = NameFolding.normalized(name).split(whereSeparator: \.isWhitespace).map(String.init)
    let letters = name.filter(\.isLetter)
    let isLoud = letters.count > abbreviationMax && letters == letters.uppercased()
    let isQuiet = !letters.isEmpty && letters == letters.lowercased()
    var isNamed = false
    words = words.map { word in
      let key = word.lowercased().filter { $0 != "." && $0 != "," }
      // The first word is a name, whatever it is.
      defer { isNamed = true }
      if isCompany, isNamed, let form = legalForms[key] {
        return word.hasSuffix(",") ? form + "," : form
      }
      guard isQuiet || (isLoud && word.count > abbreviationMax) else { return word }
      return word.prefix(1).uppercased() + word.dropFirst().lowercased()
    }
    let suggestion = words.joined(separator: " ")
    return suggestion.isEmpty || suggestion == name ? nil : suggestion
  }

  /// The names of some kinds that are written otherwise, by kind and name.
  package static func findings(
    of kinds: [String] = kinds, in database: Database
  ) throws -> [Finding] {
    try kinds.filter(self.kinds.contains).flatMap { kind in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT id, name FROM \(SQL.name(kind))
          WHERE _hidden IS NULL AND name IS NOT NULL ORDER BY name, id
          """)
      return rows.compactMap { row -> Finding? in
        guard let id = RecordID(row[0] as DatabaseValue), let name: String = row[1],
          let suggestion = suggestion(for: name, isCompany: kind == "account")
        else { return nil }
        return Finding(kind: kind, record: id, present: name, suggestion: suggestion)
      }
    }
  }
}
