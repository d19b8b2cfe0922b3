extension Entity {
  /// Something we sell.
  static let product = Entity(
    "product", letter: "p", plural: "products",
    aliases: ["item", "items", "catalogue_item", "catalogue_items", "service", "services"],
    "Something we sell.", alsoFoundBy: ["code"],
    columns: ["name", "code", "category", "price", "stock", "status"],
    fields: [
      Field("code", .text, .held, "Its code; unique.", aliases: ["sku"], isUnique: true),
      Field("name", .text, .latest, "What it is called.", isIndexed: true),
      Field(
        "category", .listed("product_category"), .latest, "What it belongs to.", aliases: ["series"]
      ),
      Field("description", .longText, .latest, "What it is."),
      Field("unit", .listed("unit"), .latest, "What it is counted in."),
      Field("status", .status(.product), .ranked, "Whether it can be sold."),
      Field(
        "price", .money, .held, "Its list price for one unit.",
        aliases: ["sales_price", "list_price"], bounds: .notNegative),
      Field("stock", .integer, .counted, "How many are on hand.", aliases: ["on_hand"]),
      Field("method", .longText, .latest, "How it is done."),
      Field("turnaround_days", .integer, .latest, "How many days it takes.", bounds: .notNegative),
      Field("quality_criteria", .longText, .latest, "What it has to meet."),
      Field("regulations", .listed("regulation"), .elements, "The rules it is made under."),
      Field("add_ons", .reference(to: "product"), .elements, "What is offered with it."),
      Field(
        "hours_per_unit", .decimal, .latest, "How many hours of work one unit takes.",
        bounds: .notNegative),
      Field(
        "service_line", .listed("service_line"), .latest, "The line of business it belongs to."),
      Field("notes", .longText, .latest, "Anything else.", aliases: ["note"]),
    ] + commonFields(of: "product"))
}
