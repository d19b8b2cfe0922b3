extension Entity {
  /// An organisation.
  static let account = Entity(
    "account", letter: "a", plural: "accounts",
    aliases: [
      "company", "companies", "client", "clients", "customer", "customers", "organisation",
      "organisations",
    ],
    "An organisation that buys, or may.",
    columns: ["name", "industry", "status", "country", "owner"], board: "status",
    shortcuts: ["city": ["billing_address", "city"], "street": ["billing_address", "street"]],
    fields: [
      Field(
        "name", .text, .held, "What the organisation is called.", aliases: ["company"],
        isIndexed: true),
      Field("type", .listed("account_type"), .latest, "What kind of organisation it is."),
      Field("industry", .listed("industry"), .latest, "What it works in.", aliases: ["sector"]),
      Field("segment", .listed("segment"), .latest, "The market segment it is counted in."),
      Field("priority", .listed("priority"), .latest, "How important it is."),
      Field(
        "channel", .listed("channel"), .latest, "How it buys: directly, through a distributor."),
      Field("territory", .reference(to: "territory"), .held, "The territory it lies in."),
      Field("status", .status(.account), .ranked, "Where it stands as a customer."),
      Field(
        "annual_potential", .money, .held, "What it may spend with us in a year.",
        aliases: ["potential"], bounds: .notNegative),
      Field("website", .text, .latest, "Its web site.", aliases: ["web", "url"], form: .web),
      Field("billing_address", .structure(.address), .held, "Where invoices go."),
      Field("shipping_address", .structure(.address), .held, "Where goods and reports go."),
      Field("support_team", .reference(to: "user"), .elements, "Who else looks after it."),
      Field(
        "payment_terms", .reference(to: "payment_terms"), .held,
        "When its invoices are to be paid.",
        aliases: ["terms"]),
      Field(
        "projects", .reference(to: "project"), .elements, "The projects that it is in.",
        aliases: ["project"]),
      Field(
        "billing_frequency",
        .choice(["on_completion", "weekly", "monthly", "quarterly", "yearly", "by_milestone"]),
        .latest,
        "How often it is billed."),
      Field("po_required", .bool, .latest, "Whether its invoices need a purchase order number."),
      Field(
        "invoice_requirements", .listed("document_role"), .elements,
        "The documents that its invoices must come with."),
      Field("requirements", .longText, .latest, "What it requires and prefers."),
      Field("structure_notes", .longText, .latest, "How it is organised and decides."),
      Field("profile", .longText, .latest, "What it does, in a few words."),
      Field("plan", .longText, .latest, "What we want to reach with it."),
      Field("customer_since", .date, .earliest, "When it first bought."),
      Field("verified_at", .instant, .greatest, "When somebody last confirmed these data."),
      Field("dunning_block", .bool, .held, "Whether it is left out of reminders."),
      Field(
        "escalation_level", .listed("escalation_level"), .held, "How far a complaint has gone."),
      Field("notes", .longText, .latest, "Anything else.", aliases: ["note"]),
      Field(
        "founded_year", .integer, .latest, "The year it was founded.",
        aliases: ["founded", "year_established"], bounds: .year, isOrdinal: true),
      Field(
        "revenue", .money, .latest, "Its own yearly revenue.", aliases: ["annual_revenue"],
        bounds: .notNegative),
      Field(
        "employees", .integer, .latest, "How many people work there.", aliases: ["headcount"],
        bounds: .notNegative),
      Field(
        "country", .text, .latest, "The country of its head office.",
        aliases: ["office_location", "location"]),
      Field(
        "parent", .reference(to: "account"), .latest, "The account that owns it.",
        aliases: ["subsidiary_of", "parent_account"], isIndexed: true),
      joinedField(of: "account"),
    ] + commonFields(of: "account", ownerAliases: ["manager", "account_manager"]))
}
