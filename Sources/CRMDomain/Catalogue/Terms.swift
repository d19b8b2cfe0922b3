// What documents are reckoned by.
extension Entity {
  /// When an invoice is to be paid.
  static let paymentTerms = Entity(
    "payment_terms", plural: "payment_terms", aliases: ["terms"], "When an invoice is to be paid.",
    columns: ["name", "due_days", "month_end", "discount_percent", "discount_days"],
    fields: [
      Field("name", .text, .latest, "What the terms are called: `net 30`.", isIndexed: true),
      Field(
        "due_days", .integer, .held, "How many days after the invoice it is due.",
        aliases: ["days"], isRequired: true, bounds: .notNegative),
      Field("month_end", .bool, .held, "Whether the days count from the end of the month."),
      Field(
        "discount_percent", .percent, .held, "What may be kept back by whoever pays early.",
        aliases: ["discount"], bounds: .percentage),
      Field(
        "discount_days", .integer, .held, "Within how many days that is early.",
        bounds: .notNegative),
      Field("archived", .bool, .latest, "Whether they are no longer offered."),
    ])

  /// A rate of tax from a day on.
  ///
  /// Never edited in place: another rate is another record, so that an old document is reckoned as it was.
  static let tax = Entity(
    "tax", plural: "taxes", "A rate of tax from a day on; another rate is another record.",
    columns: ["name", "country", "rate", "valid_from"],
    fields: [
      Field(
        "name", .text, .once, "What the tax is called: `standard`.", isIndexed: true, isFixed: true),
      Field("country", .text, .once, "The country that raises it.", isFixed: true),
      Field(
        "rate", .percent, .once, "The rate.", aliases: ["percent"], isRequired: true,
        bounds: .percentage, isFixed: true),
      Field(
        "valid_from", .date, .once, "The first day on which it holds.", aliases: ["from"],
        isRequired: true, isFixed: true),
      Field("archived", .bool, .latest, "Whether it is out of the default lists."),
    ])
}
