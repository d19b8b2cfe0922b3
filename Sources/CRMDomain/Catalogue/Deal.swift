extension Entity {
  /// A possible sale, from first enquiry to its end.
  static let deal = Entity(
    "deal", letter: "d", plural: "deals", aliases: ["entry", "entries"],
    subtypes: [
      Subtype(word: "lead", plural: "leads", path: ["stage", "phase"], value: "lead"),
      Subtype(
        word: "opportunity", plural: "opportunities", path: ["stage", "phase"],
        value: "opportunity"),
    ],
    "A possible sale, from the first enquiry to its end.", names: ["name", "number"],
    columns: ["name", "account", "stage", "amount", "target_close", "owner"], board: "stage",
    fields: pipelineFields + qualificationFields + closingFields
      + commonFields(
        of: "deal", ownerAliases: ["rep", "sales_rep", "manager"]))

  private static let pipelineFields = [
    Field(
      "number", .text, .once, "Its number; unique.", aliases: ["external_number"], isUnique: true),
    Field("name", .text, .latest, "What it is about.", aliases: ["title"], isIndexed: true),
    Field("company_text", .text, .latest, "The company, until an account is linked."),
    Field("contact_text", .text, .latest, "The person, until a contact is linked."),
    Field(
      "contact_email", .text, .latest, "The person's e-mail address, until a contact is linked.",
      aliases: ["email", "e_mail"], form: .email),
    Field(
      "contact_phone", .text, .latest, "The person's telephone number, until a contact is linked.",
      aliases: ["phone"], form: .phone),
    Field(
      "account", .reference(to: "account"), .held, "Who would buy.",
      aliases: ["company", "customer", "client"], isIndexed: true),
    Field(
      "primary_contact", .reference(to: "contact"), .held, "Whom we talk to.",
      aliases: ["contact"]),
    Field("process", .reference(to: "process"), .held, "The process it goes through."),
    Field(
      "stage", .reference(to: "stage"), .rankedHeld, "Where in the process it stands.",
      isIndexed: true),
    Field(
      "assignees", .reference(to: "user"), .elements, "Who works on it.", aliases: ["assignee"]),
    Field(
      "amount", .money, .held, "What it would bring.", aliases: ["value"], bounds: .notNegative),
    Field(
      "amount_follows_quote", .bool, .latest, "Whether the amount is that of the accepted quote."),
    Field(
      "probability_override", .percent, .held, "The chance of winning, in place of the stage's.",
      aliases: ["probability", "chance"], bounds: .percentage),
    Field("probability_pinned", .bool, .held, "Whether that chance stays when the stage changes."),
    Field(
      "target_close", .date, .held, "When it should be decided.",
      aliases: ["close", "expected_close"]),
    Field(
      "engaged_on", .date, .latest, "When the customer engaged.",
      aliases: ["engage_date", "engaged"]),
    Field(
      "close_date", .date, .held, "When it was won or lost.", aliases: ["closed_on", "closed"]),
    Field(
      "products", .reference(to: "product"), .elements, "What it is about.", aliases: ["product"]),
    Field("next_action", .text, .latest, "What to do next."),
    Field("next_action_on", .date, .latest, "When to do it."),
    Field("source", .listed("source"), .held, "How it came to us.", aliases: ["lead_source"]),
    Field(
      "territory", .reference(to: "territory"), .latest,
      "The territory it lies in, where no account says so."),
    Field("routed_by", .reference(to: "routing_rule"), .once, "The rule that chose its owner."),
    Field("requested_quote_on", .date, .latest, "When the customer asked for a quote."),
    Field(
      "colour", .text, .latest, "The colour of its card.", aliases: ["color"], form: .colour),
    Field("notes", .longText, .latest, "Anything else.", aliases: ["note"]),
  ]

  private static let qualificationFields = [
    Field(
      "need_fit", .choice(["unknown", "no", "partly", "yes"]), .latest,
      "Whether we have what is needed."),
    Field("budget_known", .bool, .latest, "Whether the customer named a budget."),
    Field("budget", .money, .latest, "The customer's budget.", bounds: .notNegative),
    Field("schedule", .longText, .latest, "The customer's schedule."),
    Field("buying_process", .longText, .latest, "How the customer decides."),
    Field("bant_budget", grade, .held, "Whether there is money for it."),
    Field("bant_authority", grade, .held, "Whether we talk to who decides."),
    Field("bant_need", grade, .held, "Whether it is needed."),
    Field("bant_timeline", grade, .held, "Whether it is needed soon."),
    Field("pursuit_cost", .money, .held, "What it costs to go after it.", bounds: .notNegative),
    Field(
      "exit_items", .reference(to: "exit_criterion"), .elements,
      "The criteria of its stages that are met.", aliases: ["met", "ticked"]),
    Field("pursue", .choice(["open", "yes", "no"]), .held, "Whether we go after it."),
  ]

  private static let grade = FieldFormat.choice(["unknown", "no", "partly", "yes"])

  private static let closingFields = [
    Field(
      "competitors", .listed("competitor"), .elements, "Who else is after it.",
      aliases: ["competitor"]),
    Field("close_reason", .listed("close_reason"), .held, "Why it was lost or dropped."),
    Field("lost_to", .listed("competitor"), .latest, "Who won it instead."),
    Field("close_note", .longText, .latest, "What there is to say about its end."),
    Field("win_reason", .listed("win_reason"), .latest, "Why it was won."),
    Field("purchase_order_no", .text, .held, "The customer's purchase order.", aliases: ["po"]),
    Field("purchase_order_date", .date, .held, "When the customer ordered."),
    Field("lessons", .longText, .latest, "What to learn from it."),
  ]
}
