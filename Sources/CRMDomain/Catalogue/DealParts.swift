// What belongs to a deal beside its own fields.
extension Entity {
  /// How much of a deal is a user's.
  static let creditShare = Entity(
    "credit_share", plural: "credit_shares", role: .system,
    "How much of a deal is credited to a user; without shares all of it is the owner's.",
    names: ["percent"], needsName: false, columns: ["deal", "user", "percent"], ownedBy: "deal",
    fields: [
      Field(
        "deal", .reference(to: "deal"), .once, "The deal.", isRequired: true, isIndexed: true),
      Field("user", .reference(to: "user"), .once, "Whose share it is.", isRequired: true),
      Field("percent", .percent, .held, "How much of it.", bounds: .percentage),
    ])

  /// A part that a person of the customer has in a deal.
  static let dealContact = Entity(
    "deal_contact", plural: "deal_contacts", role: .system,
    "What part a person of the customer has in a deal.", names: ["notes"], needsName: false,
    columns: ["deal", "contact", "roles", "notes"], ownedBy: "deal",
    fields: [
      Field(
        "deal", .reference(to: "deal"), .once, "The deal.", isRequired: true, isIndexed: true),
      Field("contact", .reference(to: "contact"), .once, "The person.", isRequired: true),
      Field(
        "roles", .listed("contact_role"), .elements, "What part the person has.",
        aliases: ["role"]),
      Field("notes", .longText, .latest, "What else there is to say of it.", aliases: ["note"]),
    ])

  /// Something that a deal is likely to hold.
  static let prospectLine = Entity(
    "prospect_line", plural: "prospect_lines", aliases: ["line", "lines"],
    "Something that a deal is likely to hold, with quantity and price.", names: ["text"],
    needsName: false,
    columns: ["deal", "product", "text", "quantity", "unit_price", "discount_percent"],
    order: "position", ownedBy: "deal",
    fields: [
      Field(
        "deal", .reference(to: "deal"), .once, "The deal.", isRequired: true, isIndexed: true),
      Field("product", .reference(to: "product"), .latest, "The product or service."),
      Field("text", .text, .latest, "What it is, in words.", aliases: ["name"]),
      Field(
        "quantity", .decimal, .held, "How many; 1 unless told otherwise.", bounds: .notNegative),
      Field(
        "unit_price", .money, .held, "What one of them costs; the product's price where none is.",
        aliases: ["price"], bounds: .notNegative),
      Field(
        "discount_percent", .percent, .held, "What is taken off.", aliases: ["discount"],
        bounds: .percentage),
      Field("optional", .bool, .latest, "Whether the deal may go without it; it counts nothing."),
      Field("position", .position, .latest, "Its place among the lines of its deal."),
    ])
}

extension Entity {
  /// Something that has to be done with an order on its way from sales to delivery to finance.
  static let handoverStep = Entity(
    "handover_step", plural: "handover_steps",
    "Something to be done with an order on its way from sales to delivery to finance.",
    names: ["text"], columns: ["order", "text", "owner", "closed"], order: "position",
    ownedBy: "order",
    fields: [
      Field(
        "order", .reference(to: "order"), .once, "The order.", isRequired: true, isIndexed: true),
      Field("text", .text, .latest, "What to do.", aliases: ["name"]),
      Field(
        "owner", .reference(to: "user"), .held, "Who does it.",
        aliases: ["responsible", "assignee"]),
      Field("closed", .bool, .held, "Whether it is done.", aliases: ["done"]),
      Field("position", .position, .latest, "Its place in the list."),
    ])
}
