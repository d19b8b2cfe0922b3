extension Entity {
  /// A person of ours.
  static let user = Entity(
    "user", letter: "u", plural: "users", aliases: ["colleague", "colleagues"],
    "A person of ours; a roster member acts for it.", alsoFoundBy: ["email"],
    columns: ["name", "email", "manager", "region", "active"],
    fields: [
      Field("name", .text, .latest, "What the person is called.", isIndexed: true),
      Field(
        "email", .text, .latest, "The person's e-mail address.", aliases: ["e_mail"],
        isIndexed: true, form: .email),
      Field("nodes", .reference(to: "node"), .revocableElements, "The nodes the person works on."),
      Field("manager", .reference(to: "user"), .held, "The person's superior."),
      Field(
        "skills", .listed("skill"), .elements, "What the person is good at.", aliases: ["skill"]),
      Field("language", .text, .latest, "The language the person speaks."),
      Field("time_zone", .text, .latest, "Where the person's clock stands: `Europe/Berlin`."),
      Field("active", .bool, .held, "Whether the person works here."),
      Field(
        "weekly_hours", .decimal, .latest, "How many hours a week the person works.",
        bounds: .notNegative),
    ] + commonFields(of: "user"))
}
