// Where leads come from, what they are worth, and whose they become.
extension Entity {
  /// Something by which a lead came to know us or showed interest; never changed.
  static let touch = Entity(
    "touch", plural: "touches", role: .business,
    "Something by which a lead or a contact came to know us; added, never changed.",
    names: ["text"], needsName: false, columns: ["at", "source", "text", "deal", "contact"],
    order: "at",
    fields: [
      Field(
        "deal", .reference(to: "deal"), .once, "The lead.", aliases: ["lead"], isIndexed: true,
        isFixed: true),
      Field(
        "contact", .reference(to: "contact"), .once, "The person, where no lead is meant.",
        isIndexed: true, isFixed: true),
      Field(
        "source", .listed("source"), .once, "By what it came: `website`, `trade fair`.",
        isRequired: true, isFixed: true),
      Field("campaign", .text, .once, "The campaign it was part of.", isFixed: true),
      Field("kind", .listed("touch_kind"), .once, "What it was: `download`.", isFixed: true),
      Field("at", .instant, .earliest, "When it was.", aliases: ["when", "date"], isFixed: true),
      Field("text", .text, .once, "What there is to say about it.", isFixed: true),
    ])

  /// What points a lead gets for what.
  static let scoreRule = Entity(
    "score_rule", plural: "score_rules", role: .system,
    "What points a lead gets for what.",
    columns: ["name", "points", "event", "half_life", "condition", "active"],
    fields: [
      Field("name", .text, .latest, "What the rule is called.", isIndexed: true),
      Field(
        "event", .choice(["touch", "engagement"]), .held,
        "What it counts, each by itself; empty where it is about the lead as it stands."),
      Field(
        "condition", .text, .held,
        "What has to be so of the lead, or of the event: a filter as `where` takes it."),
      Field(
        "points", .integer, .held, "How many points that gives, or takes.", isRequired: true,
        bounds: FieldBounds(least: -1_000, greatest: 1_000)),
      Field(
        "half_life", .integer, .latest,
        "After how many days an event is worth half; empty where it stays worth the same.",
        bounds: FieldBounds(least: 1, greatest: 3_650)),
      Field("active", .bool, .latest, "Whether it counts."),
    ])

  /// Whose a new lead becomes.
  static let routingRule = Entity(
    "routing_rule", plural: "routing_rules", role: .system,
    "Whose a new lead becomes; the first rule that holds decides.",
    columns: ["name", "condition", "method", "user", "team", "skill", "active"],
    order: "position",
    fields: [
      Field("name", .text, .latest, "What the rule is called.", isIndexed: true),
      Field("position", .position, .latest, "Its place among the rules."),
      Field(
        "condition", .text, .held, "What has to be so of the lead: a filter as `where` takes it."),
      Field(
        "method",
        .choice(["user", "team", "round_robin", "least_loaded", "territory", "skill"]), .held,
        "How somebody is chosen.", isRequired: true),
      Field("user", .reference(to: "user"), .held, "Who gets the leads."),
      Field("team", .reference(to: "team"), .held, "The team that gets them, or among whom."),
      Field("skill", .listed("skill"), .held, "What whoever gets them is good at."),
      Field("active", .bool, .latest, "Whether it is used."),
    ])
}
