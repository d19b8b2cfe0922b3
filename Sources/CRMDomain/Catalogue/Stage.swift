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
      Field(
        "follow_up_days", .integer, .elements,
        "After how many days a lead that comes here is followed up; a task each.",
        aliases: ["follow_up"], bounds: FieldBounds(least: 1, greatest: 3_650)),
      Field(
        "colour", .text, .latest, "The colour of its column.", aliases: ["color"], form: .colour),
      Field(
        "order_type", .listed("order_type"), .latest,
        "The type of the order that a won deal becomes."),
      Field(
        "moves_to", .reference(to: "stage"), .elements,
        "Where its deals may go, in a process that allows only what is listed."),
      Field("retired_to", .reference(to: "stage"), .held, "The stage that has taken its place."),
    ])
}

// What a stage asks for, and what became of it.
extension Entity {
  /// Something that has to be so before a deal leaves a stage.
  static let exitCriterion = Entity(
    "exit_criterion", plural: "exit_criteria", aliases: ["criterion", "criteria"],
    "Something that has to be so before a deal leaves a stage; of a won stage, before it comes in.",
    names: ["text"], columns: ["stage", "text", "field", "optional"], order: "position",
    ownedBy: "stage",
    fields: [
      Field(
        "stage", .reference(to: "stage"), .once, "The stage it belongs to.", isRequired: true),
      Field("text", .text, .latest, "What has to be so.", aliases: ["name"]),
      Field(
        "field", .text, .latest,
        "The field of the deal that has to be filled; empty where somebody ticks it off."),
      Field("optional", .bool, .latest, "Whether it is a reminder and holds nobody up."),
      Field("position", .position, .latest, "Its place among the criteria of its stage."),
    ])

  /// A deal's way into a stage; one for each move, never changed.
  static let stageVisit = Entity(
    "stage_visit", plural: "stage_visits", aliases: ["visit_of_stage"],
    "A deal's way into a stage: one for each move.", names: ["reason"], needsName: false,
    columns: ["at", "deal", "from", "to", "by"], order: "at", ownedBy: "deal",
    fields: [
      Field("deal", .reference(to: "deal"), .once, "The deal.", isRequired: true),
      Field("from", .reference(to: "stage"), .once, "The stage it left; none of a new deal."),
      Field("to", .reference(to: "stage"), .once, "The stage it came into."),
      Field(
        "after", .reference(to: "stage_visit"), .once,
        "The visit that it ended, as its author knew."),
      Field("at", .instant, .earliest, "When."),
      Field("by", .reference(to: "user"), .elements, "Who moved it."),
      Field("reason", .text, .latest, "Why, in the words of who moved it."),
      Field("override", .bool, .latest, "Whether criteria that were not met were passed over."),
      Field("unmet", .text, .elements, "The criteria that were passed over."),
    ])
}
