/// The part of `docs/data-model.md` that is written out from the catalogue.
package enum DataModelPage {
  /// A heading and a table for each entity, in Markdown.
  package static func markdown(of catalog: EntityCatalog) -> String {
    catalog.entities.map(section).joined(separator: "\n")
  }

  private static func section(_ entity: Entity) -> String {
    var facts = ["several: \(entity.plural)"]
    if let letter = entity.letter { facts.append("ids begin with `\(letter)`") }
    if !entity.aliases.isEmpty { facts.append("also \(entity.aliases.joined(separator: ", "))") }
    facts += entity.subtypes.map {
      "\($0.plural) are those whose \($0.path.joined(separator: "'s ")) is \($0.value)"
    }
    let common = Set(Entity.commonFields(of: entity.name).map(\.name))
    let hasCommon = common.allSatisfy { entity.field(named: $0)?.name == $0 }
    let own = entity.fields.filter { !hasCommon || !common.contains($0.name) }
    let rows = own.map { row($0) }
    let notes =
      hasCommon
      ? "\nBesides, the fields that every business record has"
        + (ownerNote(entity).map { "; the owner is also called \($0)" } ?? "") + ".\n" : ""
    return """
      ### \(entity.name)

      \(entity.help) (\(facts.joined(separator: "; ")))

      | Field | Type | Mark | Also called | Meaning |
      |---|---|---|---|---|
      \(rows.joined(separator: "\n"))
      \(notes)
      """
  }

  /// The table of the fields that every business record has.
  package static var commonFields: String {
    """
    | Field | Type | Mark | Also called | Meaning |
    |---|---|---|---|---|
    \(Entity.commonFields(of: "same kind").map(row).joined(separator: "\n"))

    """
  }

  private static func ownerNote(_ entity: Entity) -> String? {
    let usual = Set(Entity.commonFields(of: entity.name).flatMap(\.aliases))
    let words = entity.field(named: "owner")?.aliases.filter { !usual.contains($0) } ?? []
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  private static func row(_ field: Field) -> String {
    let flags =
      (field.isRequired ? ["required"] : []) + (field.isUnique ? ["unique, checked"] : [])
      + (field.bounds.map { ["\($0)"] } ?? [])
    let type = ([field.isSet ? "set of \(type(of: field))" : type(of: field)] + flags)
    return """
      | \(field.name) | \(type.joined(separator: "; ")) | \(mark(of: field)) \
      | \(field.aliases.joined(separator: ", ")) | \(field.help) |
      """
  }

  private static func type(of field: Field) -> String {
    switch field.format {
    case .bool: "yes or no"
    case .integer: "whole number"
    case .decimal: "decimal"
    case .percent: "percent"
    case .text: "text"
    case .longText: "long text"
    case .position: "position key"
    case .bytes: "bytes"
    case .date: "date"
    case .instant: "moment"
    case .money: "money"
    case .choice(let choices): choices.joined(separator: ", ")
    case .status(let machine): machine.states.joined(separator: ", ")
    case .reference(let kind): "→ \(kind)"
    case .anyReference: "→ any kind"
    case .listed(let list): "list `\(list)`"
    case .structure(.address): "address"
    case .structure(.personName): "person's name"
    case .structure(.contactPoint): "kind and address"
    case .structure(.timeSpan): "start, end and time zone"
    }
  }

  private static func mark(of field: Field) -> String {
    switch field.mark {
    case .latest: field.format == .longText ? "T" : field.format == .position ? "P" : "R"
    case .held: "R!"
    case .once: "W"
    case .earliest: "W, earliest"
    case .greatest: "R, latest"
    case .ranked: "M"
    case .rankedHeld: "R!, M"
    case .elements: "S"
    case .revocableElements: "S-"
    case .counted: "C"
    }
  }
}
