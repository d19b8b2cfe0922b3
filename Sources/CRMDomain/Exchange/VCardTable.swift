import CRDTCore

/// A file of vCards as a table of contacts, which is imported as one of comma-separated values is.
///
/// A card's row stands in a line of the card, so that what is said of a line leads to it. What contacts
/// have no field for is a column of its own that nothing fills, and is told as such.
package struct VCardTable {
  /// How many bytes a file may have.
  static let bytesMax = 64 << 20

  /// The table.
  package let csv: [UInt8]

  /// - Throws: ``VCardError``, or what `source` throws.
  package init(reading source: CSVReader.Source) throws {
    var bytes: [UInt8] = []
    while true {
      let chunk = try source()
      guard !chunk.isEmpty else { break }
      bytes += chunk
      guard bytes.count <= Self.bytesMax else { throw VCardError.tooLong }
    }
    let cards = try VCardReader(bytes).cards
    let rows = cards.map { (line: $0.line, cells: Self.cells(of: $0)) }
    let columns = Set(rows.flatMap(\.cells.keys)).sorted()
    let writer = CSVWriter()
    var csv = writer.line(columns)
    var line = 2
    for row in rows {
      // Blank lines are skipped and counted.
      while line < row.line + 1 {
        csv.append(UInt8(ascii: "\n"))
        line += 1
      }
      let text = writer.line(columns.map { row.cells[$0] ?? "" })
      csv += text
      line += text.count { $0 == UInt8(ascii: "\n") }
    }
    self.csv = csv
  }

  /// Properties about the card itself.
  private static let administrative: Set<String> = [
    "VERSION", "PRODID", "REV", "KIND", "SORT-STRING",
  ]
  private static let known: Set<String> = [
    "FN", "N", "ORG", "TITLE", "EMAIL", "TEL", "LANG", "TZ", "NOTE", "CATEGORIES", "UID",
  ]

  private static func cells(of card: VCard) -> [String: String] {
    var cells: [String: String] = [:]
    func set(_ column: String, _ text: String?) {
      if let text, !text.isEmpty { cells[column] = text }
    }
    set("name", name(of: card))
    let organisation = card.first("ORG")?.components ?? []
    set("account", organisation.first)
    set("department", organisation.dropFirst().first)
    set("job_title", card.first("TITLE")?.value)
    set("primary_email", card.preferred("EMAIL")?.value)
    set("emails", elements(of: card.all("EMAIL").map { point($0) }))
    set("primary_phone", card.preferred("TEL").map(phone))
    set("phones", elements(of: card.all("TEL").map { point($0) }))
    set("language", card.preferred("LANG")?.value)
    set("time_zone", card.first("TZ")?.value)
    set("notes", card.all("NOTE").map(\.value).joined(separator: "\n"))
    set(
      "labels",
      elements(
        of: card.all("CATEGORIES").flatMap { VCard.split($0.text, at: ",").map(VCard.unescaped) }))
    set("external_ids", elements(of: card.all("UID").map { "vcard:\($0.value)" }))
    for property in card.properties
    where !known.contains(property.name) && !administrative.contains(property.name)
      && !property.value.isEmpty
    {
      cells[property.name.lowercased()] = "yes"
    }
    return cells
  }

  /// `N` has the parts in the order family, given, further, prefix, suffix; without it, `FN` is read.
  private static func name(of card: VCard) -> String? {
    let parts = card.first("N")?.components ?? []
    func part(_ index: Int) -> String {
      // What separates the parts of a structure cannot be in one.
      parts.indices.contains(index) ? parts[index].filter { $0 != ";" && $0 != "=" } : ""
    }
    let given = [part(1), part(2)].filter { !$0.isEmpty }.joined(separator: " ")
    let named = [
      ("prefix", part(3)), ("given", given), ("family", part(0)), ("suffix", part(4)),
    ].filter { !$0.1.isEmpty }
    guard !named.isEmpty else { return card.first("FN")?.value }
    return named.map { "\($0)=\($1)" }.joined(separator: "; ")
  }

  private static func phone(_ property: VCard.Property) -> String {
    let value = property.value
    return value.lowercased().hasPrefix("tel:") ? String(value.dropFirst(4)) : value
  }

  /// `mobile: +49 40 555`; the words for kinds are those that cards have, but for mobile ones.
  private static func point(_ property: VCard.Property) -> String {
    let types = property.parameters["type"] ?? []
    let value = property.name == "TEL" ? phone(property) : property.value
    let kind = ["cell", "work", "home", "fax"].first { types.contains($0) }
    return kind.map { "\($0 == "cell" ? "mobile" : $0): \(value)" } ?? value
  }

  private static func elements(of texts: [String]) -> String {
    texts.filter { !$0.isEmpty }.map { text in
      text.map { "\\;".contains($0) ? "\\\($0)" : String($0) }.joined()
    }.joined(separator: "; ")
  }
}
