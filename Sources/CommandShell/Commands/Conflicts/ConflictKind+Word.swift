import ReplicaStore

extension ConflictKind {
  /// What people and documents call it.
  var word: String {
    switch self {
    case .field, .unique, .constraint, .transition, .held, .clock, .fork: rawValue
    case .lifecycle: "delete-edit"
    }
  }
}
