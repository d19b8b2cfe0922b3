// Figures as they were found on a day, kept to be compared with what came.
extension Entity {
  /// What a period was expected to bring, as of a day.
  static let forecastSnapshot = Entity(
    "forecast_snapshot", plural: "forecast_snapshots", role: .system,
    "What a period was expected to bring, as of a day.", names: ["period"],
    columns: ["period", "date", "owner", "won", "committed", "best_case", "pipeline", "forecast"],
    fields: [
      Field("period", .text, .once, "The month: `2026-05`.", isFixed: true),
      Field("date", .date, .once, "The day on which it was expected.", isFixed: true),
      Field(
        "owner", .reference(to: "user"), .once, "Whose deals they are; of all, if nobody's.",
        isFixed: true),
      Field("won", .money, .once, "What was won by then."),
      Field("committed", .money, .once, "Open deals with a chance of 80 % and more."),
      Field("best_case", .money, .once, "Open deals with a chance of 50 % and more."),
      Field("pipeline", .money, .once, "The other open deals."),
      Field("forecast", .money, .once, "What was won, and the open deals by their chance."),
    ])

  /// How many records kept a rule on a day.
  static let qualityCheck = Entity(
    "quality_check", plural: "quality_checks", role: .system,
    "How many records kept a rule of good data on a day.", names: ["rule"],
    columns: ["date", "rule", "checked", "passed"],
    fields: [
      Field("rule", .text, .once, "The rule.", isFixed: true),
      Field("date", .date, .once, "The day.", isFixed: true),
      Field("checked", .integer, .once, "How many records it holds for.", bounds: .notNegative),
      Field("passed", .integer, .once, "How many of them keep it.", bounds: .notNegative),
    ])
}
