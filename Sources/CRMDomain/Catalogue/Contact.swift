extension Entity {
  /// A person at an account.
  static let contact = Entity(
    "contact", letter: "c", plural: "contacts",
    aliases: [
      "individual", "individuals", "person", "people", "decision_maker", "decision_makers",
    ],
    "A person we deal with.", alsoFoundBy: ["primary_email"],
    columns: ["name", "account", "job_title", "primary_email", "primary_phone"],
    shortcuts: [
      "prefix": ["name", "prefix"], "given": ["name", "given"], "first_name": ["name", "given"],
      "family": ["name", "family"], "last_name": ["name", "family"], "suffix": ["name", "suffix"],
    ],
    fields: [
      Field(
        "name", .structure(.personName), .latest, "What the person is called.", isIndexed: true),
      Field(
        "account", .reference(to: "account"), .held, "The organisation the person works for.",
        aliases: ["company", "customer", "client"], isIndexed: true),
      Field(
        "reports_to", .reference(to: "contact"), .held, "The person's superior.", isIndexed: true),
      Field(
        "emails", .structure(.contactPoint), .elements, "The person's e-mail addresses.",
        form: .email),
      Field(
        "phones", .structure(.contactPoint), .elements, "The person's telephone numbers.",
        form: .phone),
      Field(
        "primary_email", .text, .latest, "The e-mail address to use.",
        aliases: ["email", "e_mail"],
        isIndexed: true, form: .email),
      Field(
        "primary_phone", .text, .latest, "The telephone number to use.", aliases: ["phone"],
        form: .phone),
      Field(
        "job_title", .text, .latest, "What the person is there.", aliases: ["title", "position"]),
      Field("language", .text, .latest, "The language to write in."),
      Field("time_zone", .text, .latest, "Where the person's clock stands: `Europe/Berlin`."),
      Field("department", .listed("department"), .latest, "The department the person works in."),
      Field(
        "roles", .listed("contact_role"), .elements, "What part the person has in decisions.",
        aliases: ["role"]),
      Field("expertise", .listed("expertise"), .elements, "What the person knows about."),
      Field(
        "channel_preference", .choice(["email", "phone", "post", "visit"]), .latest,
        "How the person wants to be reached."),
      Field("availability", .longText, .latest, "When the person can be reached."),
      Field("special_requirements", .longText, .latest, "What else to mind."),
      Field(
        "authorisation_limit", .money, .held, "Up to what amount the person may accept an offer.",
        bounds: .notNegative),
      Field(
        "opted_out", .listed("purpose"), .elements, "For what the person must not be written to."),
      Field(
        "do_not_call", .listed("purpose"), .elements, "For what the person must not be called."),
      Field(
        "personal_data_basis",
        .choice(["consent", "contract", "legal_obligation", "legitimate_interest"]), .held,
        "On what ground these data are kept."),
      Field("erase_after", .date, .held, "When these data have to go."),
      Field("verified_at", .instant, .greatest, "When somebody last confirmed these data."),
      Field("bounced", .bool, .latest, "Whether mail came back."),
      Field("notes", .longText, .latest, "Anything else.", aliases: ["note"]),
      joinedField(of: "contact"),
    ] + commonFields(of: "contact"))
}
