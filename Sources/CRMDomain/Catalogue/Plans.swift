// What the company has set itself to do, and how.
extension Entity {
  /// What somebody is to bring in.
  static let quota = Entity(
    "quota", plural: "quotas", role: .system,
    "What a person, team, region or account is to bring in a period.",
    names: ["period"], columns: ["period", "subject", "amount"],
    fields: [
      Field(
        "subject", .anyReference, .once,
        "Who or what is to bring it: a user, team, region, account.",
        aliases: ["who", "user", "team", "region", "account"], isRequired: true, isFixed: true),
      Field(
        "period", .text, .once, "The fiscal year, its quarter, or a month: `2026-Q2`.",
        isRequired: true, isFixed: true),
      Field(
        "amount", .money, .held, "How much.", aliases: ["value"], isRequired: true,
        bounds: .notNegative),
    ])

  /// What has been agreed on how things are done.
  static let policy = Entity(
    "policy", plural: "policies", aliases: ["convention", "conventions"],
    "How things are done here: naming, numbering, data entry, commission.",
    columns: ["name", "text"],
    fields: [
      Field("name", .text, .latest, "What it is about.", isIndexed: true),
      Field("text", .longText, .latest, "What has been agreed.", aliases: ["notes", "note"]),
    ])

  /// Something that an account wants a certain way.
  static let preference = Entity(
    "preference", plural: "preferences", role: .system,
    "Something that an account wants a certain way.", names: ["key"],
    columns: ["account", "key", "value"],
    fields: [
      Field(
        "account", .reference(to: "account"), .once, "Whose preference it is.", isIndexed: true),
      Field("key", .text, .once, "What it is about: `packaging`."),
      Field("value", .text, .latest, "What they want."),
    ])
}
