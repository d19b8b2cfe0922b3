import CRDTCore
import CRMDomain
import ReplicaStore

/// What people and nodes are called in a list of conflicts, each looked up once.
///
/// Belongs to one snapshot.
final class ConflictNames {
  private var authors: [MemberID: String] = [:]
  private var nodes: [ReplicaID: String] = [:]
  private var records: [RecordKey: String] = [:]

  func author(_ member: MemberID, _ view: RecordView) throws -> String {
    if let name = authors[member] { return name }
    let name = try view.authorName(member)
    authors[member] = name
    return name
  }

  func node(_ dot: Dot, _ view: RecordView) throws -> String {
    if let name = nodes[dot.replica] { return name }
    let name = try view.nodeName(dot)
    nodes[dot.replica] = name
    return name
  }

  /// What a record is called; empty of one without a name, or of a kind that is not known.
  func record(_ key: RecordKey, _ view: RecordView) throws -> String {
    if let name = records[key] { return name }
    let name = try view.catalog[key.kind].flatMap { try view.lookup.record(key.id, of: $0)?.name }
    records[key] = name ?? ""
    return name ?? ""
  }
}
