import ReplicaStore

extension ConflictKind {
  /// What people and documents call it.
  var word: String {
    switch self {
    case .field, .unique, .held, .clock, .fork: rawValue
    case .lifecycle: "delete-edit"
    }
  }
}
