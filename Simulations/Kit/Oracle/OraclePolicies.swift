import CRDTCore
import ReplicaStore

/// The rules that administrators have set for fields: docs/conflicts.md, "Rules".
struct OraclePolicies {
  /// The kind of the records that set them.
  static let kind = "conflict_policy"
  /// The kinds for whose fields none can be set.
  private static let excluded: Set = [kind, "member", "node"]

  private let words: [String: String]

  /// The rules that these records set.
  init(_ records: some Sequence<OracleRecord>) {
    var words: [String: String] = [:]
    for record in records where record.key.kind == Self.kind && !record.isDeleted {
      guard case .text(let field)? = record.registers["field"]?.value,
        case .text(let word)? = record.registers["rule"]?.value,
        record.key.id == RecordID(derivedFrom: Self.kind, [Array(field.utf8)])
      else { continue }
      words[field] = word
    }
    self.words = words
  }

  /// What holds for a field of a kind: which head shows, and whether a person has to look at it.
  func rule(
    of field: FieldSchema, in kind: KindSchema
  ) -> (policy: MergePolicy, conflicts: ConflictRule) {
    guard case .register(let policy, let conflicts) = field.merge else {
      return (.lastWriter, .automatic)
    }
    guard !Self.excluded.contains(kind.name), kind.owner != field.name else {
      return (policy, conflicts)
    }
    switch words["\(kind.name).\(field.name)"] {
    case "review": return (.lastWriter, .review)
    case "hold": return (.lastWriter, .hold)
    case "latest": return (.lastWriter, .automatic)
    case "first": return (.first, .automatic)
    case "max": return (.max, .automatic)
    case "min": return (.min, .automatic)
    case "precedence" where policy == .precedence: return (.precedence, .automatic)
    case _: return (policy, conflicts)
    }
  }
}
