extension Entity {
  /// What one currency was worth in another on a day.
  static let rate = Entity(
    "rate", plural: "rates", aliases: ["exchange_rate", "exchange_rates"], role: .system,
    "What one currency was worth in another on a day.", names: ["currency"],
    columns: ["date", "currency", "counter_currency", "value"],
    fields: [
      Field("currency", .text, .once, "The currency of which one is worth so much: `EUR`."),
      Field("counter_currency", .text, .once, "The currency in which it is told: `USD`."),
      Field("date", .date, .once, "The day of the rate."),
      Field(
        "value", .decimal, .held, "How many of the one currency the other was worth.",
        bounds: .notNegative),
    ])
}
