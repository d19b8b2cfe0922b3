import ReplicaStore

extension EntityCatalog {
  /// What has to hold between records; what holds no longer is in the conflict list.
  static let constraints = [
    Constraint("contact", "reports_to", .acyclic),
    Constraint("account", "parent", .acyclic),
    Constraint("user", "manager", .acyclic),
    Constraint("team", "parent", .acyclic),
    Constraint("territory", "parent", .acyclic),
    Constraint("region", "parent", .acyclic),
    Constraint("stage", "retired_to", .acyclic),
    Constraint("process", "default", .single),
    Constraint("credit_share", "percent", .total(100, per: "deal")),
    Constraint("stage", "process", .living),
    Constraint("deal", "process", .living),
    Constraint("deal", "stage", .living),
    Constraint("deal", "stage", .current(unless: "retired_to")),
    Constraint(
      "order", "status",
      .backed(except: "cancelled", path: ["deal", "stage"], field: "kind", value: "won")),
  ]
}
