import CRDTCore
import CRMDomain
import ReplicaStore

/// Somebody whose acts are looked for: a person, or whoever wrote on a node.
enum Actor: Hashable {
  case members(Set<MemberID>)
  case node(NodePublicKey)

  func includes(_ author: LogAuthor) -> Bool {
    switch self {
    case .members(let members): members.contains(author.member)
    case .node(let key): author.key == key
    }
  }
}

/// Reads a user's or a node's name.
struct ActorReader {
  let view: RecordView

  /// - Throws: ``OperationError/noSuchAuthor(_:)`` if neither a user nor a node has the name.
  func actor(_ word: ValueText) throws -> Actor {
    for kind in ["user", "node"] {
      guard let entity = view.catalog[kind],
        let found = try RecordFinder(view).recordIfAny(word, kind: entity)
      else { continue }
      if let actor = try actor(found.id, kind: kind) { return actor }
    }
    throw OperationError.noSuchAuthor(word.text)
  }

  /// A node's key.
  ///
  /// - Throws: ``OperationError/noSuchAuthor(_:)`` if no node has the name.
  func node(_ word: ValueText) throws -> NodePublicKey {
    guard let entity = view.catalog["node"],
      let found = try RecordFinder(view).recordIfAny(word, kind: entity),
      case .node(let key)? = try actor(found.id, kind: "node")
    else { throw OperationError.noSuchAuthor(word.text) }
    return key
  }

  private func actor(_ id: RecordID, kind: String) throws -> Actor? {
    guard kind == "node" else { return .members(try members(of: id)) }
    guard case .bytes(let bytes)? = try view.snapshot.record("node", id)?["key"] else { return nil }
    return NodePublicKey(bytes: bytes).map(Actor.node)
  }

  private func members(of user: RecordID) throws -> Set<MemberID> {
    Set(
      try RosterListing.members(actingFor: user, in: view.snapshot.database))
  }
}
