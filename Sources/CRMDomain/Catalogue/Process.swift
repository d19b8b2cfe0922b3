extension Entity {
  /// What deals go through.
  static let process = Entity(
    "process", plural: "processes", aliases: ["pipeline", "pipelines"],
    "A sequence of stages that deals go through.", columns: ["name", "purpose", "default"],
    fields: [
      Field("name", .text, .latest, "What the process is called.", isIndexed: true),
      Field("purpose", .choice(["lead", "sales", "other"]), .latest, "What it is for."),
      Field(
        "transition_policy", .choice(["any", "listed"]), .latest,
        "Whether its deals may go from any stage to any other, or only where the stage says."),
      Field("default", .bool, .latest, "Whether new deals begin in it."),
      Field(
        "number_series", .text, .latest,
        "What the numbers of its new deals look like: `{year}-DL-{node}-{number}`.",
        aliases: ["series"], form: .numberSeries),
      Field("archived", .bool, .latest, "Whether new deals no longer begin in it."),
    ])
}
