// What takes place at a time, and what customers ask of us.
extension Entity {
  /// An entry of the calendar.
  static let event = Entity(
    "event", letter: "v", plural: "events", aliases: ["appointment", "appointments"],
    "What takes place at a time: a meeting, a deadline, a visit to come.",
    names: ["title"], columns: ["title", "span", "place", "users", "contacts"],
    fields: [
      Field("title", .text, .latest, "What it is.", aliases: ["name", "subject"], isIndexed: true),
      Field(
        "span", .structure(.timeSpan), .held, "From when until when, by which place's clocks.",
        aliases: ["when", "time"], isRequired: true),
      Field("place", .text, .latest, "Where it is.", aliases: ["location"]),
      Field(
        "users", .reference(to: "user"), .elements, "Who of us takes part.",
        aliases: ["user", "attendees"]),
      Field(
        "contacts", .reference(to: "contact"), .elements, "Who of the customer takes part.",
        aliases: ["contact"]),
      Field(
        "guests", .text, .elements, "The addresses of others who take part.", aliases: ["guest"],
        form: .email),
      Field(
        "recurrence", .text, .latest, "When it comes again, as an RFC 5545 rule.",
        aliases: ["every"], form: .recurrence),
      Field(
        "exceptions", .text, .elements, "The times of it that are left out: `2026-03-13T14:00`.",
        aliases: ["except"], form: .localTime),
      Field(
        "reminder_offsets", .integer, .elements, "How many minutes ahead to remind of it.",
        aliases: ["remind"], bounds: .notNegative),
      Field("about", .anyReference, .elements, "The records it is about."),
      Field("notes", .longText, .latest, "Anything else.", aliases: ["note"]),
      Field("uid", .text, .once, "What other calendars call it.", isIndexed: true),
      Field(
        "series", .reference(to: "event"), .once, "The event that it is a moved time of."),
      Field("occurrence", .text, .once, "Which of its times it is moved from."),
    ] + commonFields(of: "event"))

  /// What somebody says to an invitation.
  static let eventAnswer = Entity(
    "event_answer", plural: "event_answers", role: .system, "What somebody says to an invitation.",
    names: ["answer"], columns: ["event", "who", "answer"], ownedBy: "event",
    fields: [
      Field("event", .reference(to: "event"), .once, "The event.", isRequired: true),
      Field("who", .text, .once, "The id of who was invited, or the address.", isRequired: true),
      Field(
        "answer", .choice(["open", "yes", "no", "maybe"]), .latest, "Whether they come."),
    ])

  /// A request that a customer has.
  static let serviceCase = Entity(
    "case", letter: "s", plural: "cases", aliases: ["ticket", "tickets"],
    "A request of a customer that we are to answer and solve.",
    names: ["subject", "number"],
    columns: ["subject", "account", "priority", "status", "response_due", "owner"], board: "status",
    fields: [
      Field("number", .text, .once, "Its number; unique.", isUnique: true),
      Field(
        "subject", .text, .latest, "What it is about.", aliases: ["name", "title"], isIndexed: true),
      Field("text", .longText, .latest, "What the customer says.", aliases: ["notes", "note"]),
      Field(
        "account", .reference(to: "account"), .held, "The customer.",
        aliases: ["company", "customer", "client"], isIndexed: true),
      Field("contact", .reference(to: "contact"), .latest, "Who asks."),
      Field("priority", .listed("priority"), .held, "How urgent it is."),
      Field("status", .status(.serviceCase), .ranked, "Where it stands."),
      Field("opened_at", .instant, .once, "When the customer turned to us.", aliases: ["opened"]),
      Field("response_due", .instant, .latest, "By when the customer is to hear from us."),
      Field("responded_at", .instant, .earliest, "When the customer first heard from us."),
      Field("solved_at", .instant, .latest, "When it was solved."),
      Field(
        "satisfaction", .integer, .latest, "What the customer thinks of it, 1 to 5.",
        bounds: .grade),
    ] + commonFields(of: "case"))
}
