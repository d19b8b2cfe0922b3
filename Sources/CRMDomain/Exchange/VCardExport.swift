import CRDTCore
package import GRDB

/// Writes contacts as vCards of version 3.0, which most programs read.
///
/// Source: RFC 2426; lines end in CR LF and are folded at 75 bytes.
package struct VCardExport {
  private let query: RecordQuery
  private let context: QueryContext

  private static let columns = [
    "name", "account", "department", "job_title", "primary_email", "emails", "primary_phone",
    "phones", "time_zone", "notes", "labels",
  ]

  /// Creates an export of the contacts that a query is about, whatever its columns.
  package init(_ query: RecordQuery, _ context: QueryContext) {
    var query = query
    query.columns = Self.columns.map { [$0] }
    self.query = query
    self.context = context
  }

  /// - Returns: How many cards were written.
  @discardableResult
  package func write(in database: Database, to sink: RecordExport.Sink) throws -> Int {
    let paths = try query.paths(in: context.catalog)
    var count = 0
    try query.forEach(in: database, context) { row in
      let readings = Dictionary(uniqueKeysWithValues: zip(Self.columns, row.cells))
      let fields = Dictionary(uniqueKeysWithValues: zip(Self.columns, paths.map(\.field)))
      let card = Card(id: row.id, readings: readings, fields: fields)
      for line in card.lines { try sink(Self.folded(line)) }
      count += 1
    }
    return count
  }

  /// A line's bytes; characters are never cut in two.
  static func folded(_ line: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var width = 0
    for character in line.unicodeScalars {
      let encoded = Array(String(character).utf8)
      if width + encoded.count > 75 {
        bytes += Array("\r\n ".utf8)
        width = 1
      }
      bytes += encoded
      width += encoded.count
    }
    return bytes + Array("\r\n".utf8)
  }
}

/// One contact's card.
private struct Card {
  let id: RecordID
  let readings: [String: FieldReading]
  let fields: [String: Field]

  var lines: [String] {
    var lines = ["BEGIN:VCARD", "VERSION:3.0", "UID:\(id)"]
    lines += nameLines
    let organisation = [text("account"), text("department")]
    if organisation.contains(where: { !$0.isEmpty }) {
      let parts = organisation[1].isEmpty ? organisation.prefix(1) : organisation[...]
      lines.append("ORG:\(parts.map(VCard.escaped).joined(separator: ";"))")
    }
    add("TITLE", text("job_title"), to: &lines)
    lines += points("EMAIL", primary: text("primary_email"), elements("emails"))
    lines += points("TEL", primary: text("primary_phone"), elements("phones"))
    add("TZ", text("time_zone"), to: &lines)
    let labels = elements("labels").map { VCard.escaped($0.text(of: field("labels"))) }
    if !labels.isEmpty { lines.append("CATEGORIES:\(labels.joined(separator: ","))") }
    add("NOTE", text("notes"), to: &lines)
    return lines + ["END:VCARD"]
  }

  private var nameLines: [String] {
    var parts: [String: String] = [:]
    if case .value(let value)? = readings["name"] { parts = StructureFormat.texts(of: value) }
    let names = [parts["family"], parts["given"], nil, parts["prefix"], parts["suffix"]]
    let full = text("name")
    return [
      "FN:\(VCard.escaped(full))",
      "N:\(names.map { VCard.escaped($0 ?? "") }.joined(separator: ";"))",
    ]
  }

  /// A line for each address; the one to use first, and said to be that.
  private func points(
    _ property: String, primary: String, _ elements: [FieldReading]
  ) -> [String] {
    var points = elements.compactMap { element -> (kind: String, value: String)? in
      guard case .value(let value) = element else { return nil }
      let parts = StructureFormat.texts(of: value)
      return parts["value"].map { (parts["kind"] ?? "", $0) }
    }
    let index = points.firstIndex { $0.value == primary }
    let first = index.map { points.remove(at: $0) } ?? (primary.isEmpty ? nil : ("", primary))
    let types = ["mobile": "CELL", "work": "WORK", "home": "HOME", "fax": "FAX"]
    func line(_ point: (kind: String, value: String), isPreferred: Bool) -> String {
      let words = [types[point.kind], isPreferred ? "PREF" : nil].compactMap(\.self)
      let type = words.isEmpty ? "" : ";TYPE=\(words.joined(separator: ","))"
      return "\(property)\(type):\(VCard.escaped(point.value))"
    }
    return (first.map { [line($0, isPreferred: true)] } ?? [])
      + points.map { line($0, isPreferred: false) }
  }

  private func field(_ name: String) -> Field { fields[name] ?? Field(name, .text, .latest, "") }

  private func text(_ name: String) -> String {
    readings[name]?.text(of: field(name)) ?? ""
  }

  private func elements(_ name: String) -> [FieldReading] {
    if case .elements(let elements)? = readings[name] { elements } else { [] }
  }

  private func add(_ property: String, _ text: String, to lines: inout [String]) {
    if !text.isEmpty { lines.append("\(property):\(VCard.escaped(text))") }
  }
}
