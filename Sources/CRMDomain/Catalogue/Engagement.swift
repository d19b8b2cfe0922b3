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
      Subtype(word: "meeting", plural: "meetings", path: ["type"], value: "meeting"),
    ],
    "A call, visit, mail or note: something that happened with a customer.",
    names: ["subject", "number"], needsName: false,
    columns: ["date_time", "type", "subject", "account", "owner"], isKept: true,
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
      Field(
        "shareable", .choice(engagementSections + ["next_steps"]), .elements,
        "What of it clients may read.",
        aliases: ["shared"]),
    ] + commonFields(of: "engagement"))

  /// What was said, by subject; nothing of it is changed once the engagement is closed.
  static let engagementSections = [
    "topics", "scope_notes", "budget_notes", "decisions", "other_notes",
  ]

  /// What is added to an engagement that is closed.
  static let amendment = Entity(
    "amendment", plural: "amendments", role: .system, "What was added to a closed engagement.",
    names: ["text"], columns: ["date_time", "engagement", "text", "added_by"], order: "date_time",
    isKept: true, ownedBy: "engagement",
    fields: [
      Field(
        "engagement", .reference(to: "engagement"), .once, "The engagement.", isRequired: true,
        isFixed: true),
      Field("text", .longText, .once, "What is to be added.", isRequired: true, isFixed: true),
      Field("date_time", .instant, .once, "When it was added.", isFixed: true),
      Field("added_by", .reference(to: "user"), .once, "Who added it.", isFixed: true),
    ])

  /// Something that a customer wants to know.
  static let question = Entity(
    "question", plural: "questions", "What a customer wants to know, and our answer.",
    names: ["text"], columns: ["text", "answer", "open", "account", "engagement", "owner"],
    fields: [
      Field("text", .text, .latest, "What is asked.", aliases: ["name", "title"], isIndexed: true),
      Field("answer", .longText, .latest, "What we say to it."),
      Field("open", .bool, .latest, "Whether it still waits for an answer."),
      Field(
        "engagement", .reference(to: "engagement"), .latest, "When it was asked.", isIndexed: true),
      Field(
        "account", .reference(to: "account"), .latest, "Who asks.",
        aliases: ["company", "customer", "client"]),
    ] + commonFields(of: "question"))

  /// Something that we or a customer have promised.
  static let commitment = Entity(
    "commitment", plural: "commitments", aliases: ["promise", "promises"],
    "What was promised, by us or by a customer, and whether it was kept.",
    names: ["text"], columns: ["text", "promised_by", "due", "status", "account", "owner"],
    board: "status",
    isKept: true,
    fields: [
      Field(
        "text", .text, .latest, "What was promised.", aliases: ["name", "title"], isIndexed: true),
      Field("promised_by", .anyReference, .latest, "Who promised it: a contact, or one of us."),
      Field("due", .instant, .held, "Until when."),
      Field("status", .status(.commitment), .ranked, "What became of it."),
      Field(
        "engagement", .reference(to: "engagement"), .latest, "When it was promised.",
        isIndexed: true),
      Field(
        "account", .reference(to: "account"), .latest, "The customer.",
        aliases: ["company", "customer", "client"]),
    ] + commonFields(of: "commitment"))

  /// A task that follows of itself on engagements of a type.
  static let followUp = Entity(
    "follow_up", plural: "follow_ups", aliases: ["followup", "followups"],
    "A task that follows of itself on every engagement of a type.",
    names: ["title"], columns: ["title", "type", "days", "archived"],
    fields: [
      Field("title", .text, .latest, "What is to be done.", aliases: ["name"], isIndexed: true),
      Field(
        "type", .listed("engagement_type"), .latest, "The type of engagement; none is any.",
        aliases: ["after"]),
      Field(
        "days", .integer, .latest, "How many days after it.", isRequired: true,
        bounds: .notNegative),
      Field("archived", .bool, .latest, "Whether nothing follows any more."),
    ])
}
