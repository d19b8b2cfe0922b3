// The small lists, whose records are made when somebody names a new one.
extension Entity {
  /// A word to put on records.
  static let label = Entity(
    "label", plural: "labels", aliases: ["tag", "tags"], role: .list, "A word to put on records.",
    columns: ["name", "colour"],
    fields: [
      Field("name", .text, .latest, "The word.", isIndexed: true),
      Field(
        "colour", .text, .latest, "The colour it is shown in.", aliases: ["color"],
        form: .colour),
      joinedField(of: "label"),
    ])

  /// A value of one of the lists that fields choose from.
  static let picklist = Entity(
    "picklist", plural: "picklists", aliases: ["picklist_value", "picklist_values"], role: .list,
    "A value that fields choose from.", names: ["label"], alsoFoundBy: ["key"],
    columns: ["list", "label", "retired"], order: "position",
    fields: [
      Field("list", .text, .once, "The list it is in.", isRequired: true),
      Field("key", .text, .once, "What it was first called.", isRequired: true),
      Field("label", .text, .latest, "What it is called.", aliases: ["name"], isIndexed: true),
      Field("position", .position, .latest, "Its place in the list."),
      Field("retired", .bool, .latest, "Whether it is no longer to be chosen."),
      Field(
        "colour", .text, .latest, "The colour it is shown in.", aliases: ["color"], form: .colour),
      joinedField(of: "picklist"),
    ])
}
