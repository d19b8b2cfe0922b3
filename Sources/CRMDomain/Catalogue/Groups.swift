// What people, accounts and work are grouped by.
extension Entity {
  /// People who work together.
  static let team = Entity(
    "team", plural: "teams", role: .list, "People who work together.",
    columns: ["name", "parent", "members"],
    fields: [
      Field("name", .text, .latest, "What the team is called.", isIndexed: true),
      Field("parent", .reference(to: "team"), .latest, "The team that it is part of."),
      Field(
        "members", .reference(to: "user"), .elements, "Who is in it.", aliases: ["member", "users"]),
    ])

  /// Where accounts lie, or what they are to us.
  static let territory = Entity(
    "territory", plural: "territories", role: .list, "A part of the market.",
    columns: ["name", "parent", "countries", "owner_team"],
    fields: [
      Field("name", .text, .latest, "What the territory is called.", isIndexed: true),
      Field("parent", .reference(to: "territory"), .latest, "The territory that it is part of."),
      Field(
        "countries", .text, .elements, "The countries that lie in it.", aliases: ["country"]),
      Field(
        "postal_codes", .text, .elements, "What the postal codes in it begin with.",
        aliases: ["postal_code"]),
      Field(
        "industries", .listed("industry"), .elements, "The industries that it is for.",
        aliases: ["industry"]),
      Field(
        "owner_team", .reference(to: "team"), .latest, "The team that works it.", aliases: ["team"]),
    ])

  /// A part of our own company.
  static let region = Entity(
    "region", plural: "regions", aliases: ["office", "offices"], role: .list,
    "A part of our own company.", columns: ["name", "parent", "time_zone"],
    fields: [
      Field("name", .text, .latest, "What the region is called.", isIndexed: true),
      Field("parent", .reference(to: "region"), .latest, "The region that it is part of."),
      Field("time_zone", .text, .latest, "Where its clock stands: `Europe/Berlin`."),
      Field(
        "working_days", .text, .latest, "The days on which people work there: `mon tue wed`.",
        form: .weekdays),
      Field(
        "working_hours", .text, .latest, "The hours in which people work there: `09:00-17:30`.",
        form: .hoursOfDay),
      Field(
        "holidays", .date, .elements, "The days on which nobody works there.",
        aliases: ["holiday"]),
    ])

  /// Accounts and work that belong together.
  static let project = Entity(
    "project", letter: "j", plural: "projects",
    "Accounts and their work that belong together, by service, region or business unit.",
    columns: ["name", "service_line", "territory", "starts_on", "ends_on", "owner"],
    fields: [
      Field("name", .text, .latest, "What the project is called.", isIndexed: true),
      Field("description", .longText, .latest, "What it is about."),
      Field("service_line", .listed("service_line"), .latest, "The line of business it is for."),
      Field("service_type", .listed("service_type"), .latest, "The kind of service it is for."),
      Field("territory", .reference(to: "territory"), .latest, "The territory it is for."),
      Field(
        "client_type", .listed("account_type"), .latest, "The kind of organisation it is for."),
      Field("business_unit", .listed("business_unit"), .latest, "The part of ours that does it."),
      Field("starts_on", .date, .latest, "When it begins.", aliases: ["start"]),
      Field("ends_on", .date, .latest, "When it ends.", aliases: ["end"]),
      Field(
        "members", .reference(to: "user"), .elements, "Who works on it.", aliases: ["member"]),
    ] + commonFields(of: "project"))
}
