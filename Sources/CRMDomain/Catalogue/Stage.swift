extension Entity {
  /// A step of a process.
  static let stage = Entity(
    "stage", plural: "stages", "A step of a process.",
    columns: ["name", "process", "phase", "kind", "probability"], order: "position",
    fields: [
      Field(
        "process", .reference(to: "process"), .once, "The process it belongs to.", isRequired: true),
      Field("name", .text, .latest, "What the stage is called.", isIndexed: true),
      Field("position", .position, .latest, "Its place among the stages of its process."),
      Field("phase", .choice(["lead", "opportunity"]), .held, "What its deals are called."),
      Field(
        "kind", .choice(["open", "won", "lost", "archived"]), .held, "What it means for a deal."),
      Field(
        "probability", .percent, .held, "The chance of winning a deal that is here.",
        bounds: .percentage),
      Field("description", .longText, .latest, "What it means to be here."),
      Field(
        "patience_days", .integer, .latest, "After how many days without a word a deal is stalled.",
        bounds: .notNegative),
      Field("colour", .text, .latest, "The colour of its column.", aliases: ["color"]),
      Field(
        "order_type", .listed("order_type"), .latest,
        "The type of the order that a won deal becomes."),
      Field("retired_to", .reference(to: "stage"), .held, "The stage that has taken its place."),
    ])
}
