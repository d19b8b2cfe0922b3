import ReplicaStore

// What the program keeps in the workspace for itself.
extension Entity {
  /// Who may act; only administrators write it.
  static let member = Entity(
    "member", plural: "members", role: .system, "A person or an office that may act.",
    columns: ["name", "role", "user"],
    fields: [
      Field("name", .text, .latest, "What the member is called."),
      Field("role", .text, .latest, "What the member may do."),
      Field("user", .reference(to: "user"), .latest, "The user the member acts for."),
    ])

  /// A running installation; only administrators write it.
  static let node = Entity(
    "node", letter: "n", plural: "nodes", role: .system, "A running installation.",
    columns: ["name", "member", "address"],
    fields: [
      Field("name", .text, .latest, "What the node is called."),
      Field("key", .bytes, .latest, "Its public key."),
      Field("member", .reference(to: "member"), .latest, "Whose node it is."),
      Field("address", .text, .latest, "Where it can be reached."),
      Field("tag", .text, .latest, "What the numbers it issues are marked with."),
    ])

  /// Something that holds for the whole workspace.
  static let setting = Entity(
    "setting", plural: "settings", role: .system, "Something that holds for the whole workspace.",
    names: ["key"], columns: ["key", "value"],
    fields: [
      Field("key", .text, .once, "What is set."),
      Field("value", .text, .latest, "To what."),
    ])

  /// A conflict of which a person said that it is none.
  static let dismissal = Entity(
    "dismissal", plural: "dismissals", role: .system,
    "A conflict of which a person said that it needs nothing.", names: ["reason"],
    columns: ["conflict", "reason"],
    fields: [
      Field("conflict", .bytes, .once, "The conflict's id."),
      Field("reason", .text, .latest, "Why it needs nothing."),
    ])

  /// What people have arranged about a conflict, without deciding it.
  static let conflictHandling = Entity(
    ConflictHandling.kind, plural: "conflict_handlings", role: .system,
    "What people have arranged about a conflict, without deciding it.", names: ["conflict"],
    columns: ["assignees", "deferred_until"],
    fields: [
      Field("conflict", .bytes, .once, "The conflict's id."),
      Field("assignees", .reference(to: "user"), .elements, "Who is to look at it."),
      Field(
        "deferred_until", .instant, .greatest, "Until when it is left out of the usual list."),
      Field("notes", .text, .elements, "What people have said of it."),
    ])

  /// A rule that an administrator has set for a field.
  static let conflictPolicy = Entity(
    ConflictPolicies.kind, plural: "conflict_policies", role: .system,
    "What becomes of concurrent values of a field, where it is not what is built in.",
    names: [ConflictPolicies.field], columns: [ConflictPolicies.field, ConflictPolicies.rule],
    fields: [
      Field(ConflictPolicies.field, .text, .once, "The field: `deal.amount`."),
      Field(ConflictPolicies.rule, .text, .latest, "Its rule."),
    ])
}

// What the workspace adds to the kinds of records.
extension Entity {
  /// A field that the workspace has added to a kind of record; only administrators write it.
  static let ownField = Entity(
    OwnFields.kind, plural: "own_fields", role: .system,
    "A field that the workspace has added to a kind of record.", names: [OwnFields.key],
    columns: [OwnFields.subject, OwnFields.key, OwnFields.type, "label", "retired"],
    fields: [
      Field(OwnFields.subject, .text, .once, "The kind of record that has it."),
      Field(OwnFields.key, .text, .once, "What it is called in commands."),
      Field(OwnFields.type, .text, .once, "What its values are: `money`, `one of a list`."),
      Field("label", .text, .latest, "What stands above and beside it."),
      Field("description", .text, .latest, "What it says."),
      Field("required", .bool, .latest, "Whether people have to fill it in."),
      Field("retired", .bool, .latest, "Whether it is no longer to be filled in."),
    ])
}

// Commands that people keep under a name; one name is one record, on whichever node it was saved.
extension Entity {
  /// A listing kept under a name.
  static let savedView = Entity(
    "saved_view", plural: "saved_views", role: .system, "A listing kept under a name.",
    columns: ["name", "command"],
    fields: [
      Field("name", .text, .latest, "What the view is called."),
      Field("command", .text, .latest, "The command that lists it."),
      Field("owner", .reference(to: "user"), .latest, "Who saved it."),
    ])

  /// A word for commands.
  static let commandAlias = Entity(
    "command_alias", plural: "command_aliases", role: .system, "A word for commands.",
    columns: ["name", "command"],
    fields: [
      Field("name", .text, .latest, "The word."),
      Field("command", .text, .latest, "The commands it stands for."),
      Field("owner", .reference(to: "user"), .latest, "Who made it."),
    ])
}
