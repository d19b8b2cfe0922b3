extension Entity {
  /// Something to do.
  static let task = Entity(
    "task", letter: "t", plural: "tasks", aliases: ["todo", "todos"], "Something to do.",
    names: ["title"], columns: ["title", "due", "status", "priority", "assignees"], board: "status",
    fields: [
      Field(
        "title", .text, .latest, "What to do.", aliases: ["name", "subject"], isIndexed: true),
      Field("about", .anyReference, .elements, "The records it is about."),
      Field(
        "assignees", .reference(to: "user"), .elements, "Who does it.",
        aliases: ["assignee", "assigned_to"]),
      Field("due", .instant, .held, "Until when."),
      Field("priority", .listed("priority"), .latest, "How urgent it is."),
      Field("status", .status(.task), .ranked, "Where it stands."),
      Field("completed_at", .instant, .latest, "When it was done."),
      Field(
        "recurrence", .text, .latest, "When it comes again, as an RFC 5545 rule.",
        aliases: ["every"], form: .recurrence),
      Field("follows", .reference(to: "task"), .once, "The task that it comes again after."),
      Field(
        "reminder_offsets", .integer, .elements, "How many minutes ahead to remind of it.",
        bounds: .notNegative),
      Field("notes", .longText, .latest, "Anything else.", aliases: ["note"]),
    ] + commonFields(of: "task"))
}
