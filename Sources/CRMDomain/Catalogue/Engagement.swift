extension Entity {
  /// Something that happened between a customer and us.
  static let engagement = Entity(
    "engagement", letter: "e", plural: "engagements",
    aliases: ["activity", "activities", "interaction", "interactions"],
    subtypes: [
      Subtype(word: "call", plural: "calls", path: ["type"], value: "call"),
      Subtype(word: "visit", plural: "visits", path: ["type"], value: "visit"),
      Subtype(word: "mail", plural: "mails", path: ["type"], value: "mail"),
      Subtype(word: "note", plural: "notes", path: ["type"], value: "note"),
    ],
    "A call, visit, mail or note: something that happened with a customer.",
    names: ["subject", "number"], needsName: false,
    columns: ["date_time", "type", "subject", "account", "owner"],
    fields: [
      Field("number", .text, .once, "Its number; unique.", isUnique: true),
      Field(
        "subject", .text, .latest, "What it was about.", aliases: ["name", "title"], isIndexed: true
      ),
      Field("date_time", .instant, .held, "When it was.", aliases: ["at", "when", "date"]),
      Field("type", .listed("engagement_type"), .latest, "What it was."),
      Field("direction", .choice(["in", "out", "internal"]), .latest, "Who turned to whom."),
      Field(
        "account", .reference(to: "account"), .latest, "The customer.",
        aliases: ["company", "customer", "client"], isIndexed: true),
      Field(
        "contacts", .reference(to: "contact"), .elements, "Who of the customer took part.",
        aliases: ["contact"]),
      Field("users", .reference(to: "user"), .elements, "Who of us took part.", aliases: ["user"]),
      Field(
        "deals", .reference(to: "deal"), .elements, "The deals it was about.", aliases: ["deal"]),
      Field("duration", .integer, .held, "How long it took, in minutes.", bounds: .notNegative),
      Field("topics", .longText, .latest, "What was talked about, and what is needed."),
      Field("scope_notes", .longText, .latest, "Scope and timeline."),
      Field("budget_notes", .longText, .latest, "Budget and price."),
      Field("decisions", .longText, .latest, "What was decided."),
      Field("other_notes", .longText, .latest, "Anything else.", aliases: ["notes", "note"]),
      Field(
        "competitors", .listed("competitor"), .elements, "Who else was mentioned.",
        aliases: ["competitor"]),
      Field(
        "sentiment", .choice(["positive", "neutral", "negative"]), .latest,
        "How the customer felt about it."),
      Field("sentiment_note", .text, .latest, "What made you think so."),
      Field("closed", .bool, .held, "Whether it is complete."),
    ] + commonFields(of: "engagement"))
}
