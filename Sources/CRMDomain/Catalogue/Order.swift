extension Entity {
  /// What a won deal becomes.
  static let order = Entity(
    "order", letter: "o", plural: "orders", aliases: ["sales_order", "sales_orders"],
    "What a customer has ordered; a deal that is won becomes one.", names: ["number"],
    needsName: false, columns: ["number", "deal", "account", "status", "ordered_on", "owner"], board: "status",
    fields: [
      Field("number", .text, .once, "Its number; unique.", isUnique: true),
      Field("deal", .reference(to: "deal"), .once, "The deal it came of.", isIndexed: true),
      Field(
        "account", .reference(to: "account"), .held, "Who ordered.",
        aliases: ["company", "customer", "client"], isIndexed: true),
      Field("order_type", .listed("order_type"), .latest, "What kind of order it is."),
      Field("status", .status(.order), .ranked, "Where it stands."),
      Field("ordered_on", .date, .earliest, "When it was ordered."),
    ] + commonFields(of: "order"))
}
