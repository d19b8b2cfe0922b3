/// What people call a conflict where its kind says too little; those of every kind are words as well.
enum ConflictLabel: String, CaseIterable {
  case field, text, resolution
  case deleteEdit = "delete-edit"
  case unique, constraint, transition, duplicate, held, clock, fork
}
