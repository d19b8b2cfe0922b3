import CRDTCore
import GRDB

/// What a member is; every role but the administrator's may write to all records but the roster's.
package enum MemberRole: String, Hashable, Sendable, CaseIterable {
  case representative, manager, finance, marketing, auditor
  /// May write to the roster.
  case administrator
}

/// The names of the roster's kinds and fields; part of the format, since every node judges by them.
package enum RosterNames {
  /// An authority: a person or office that may act.
  package static let member = "member"
  /// One installation, belonging to a member.
  package static let node = "node"
  /// A member's role: text, one of ``MemberRole``.
  package static let role = "role"
  /// A node's public key: bytes.
  package static let key = "key"
  /// A node's member: reference.
  package static let nodeMember = "member"

  static func isRoster(_ kind: String?) -> Bool { kind == member || kind == node }

  /// Whether only administrators may write records of a kind.
  static func isForAdministrators(_ kind: String?) -> Bool {
    isRoster(kind) || kind == ConflictPolicies.kind || kind == OwnFields.kind
  }
}

/// Who may act, as a function of what an entry's author had seen.
///
/// Holds every write of the three fields that decide, so that the heads of each can be found as of any
/// causal past.
struct Roster {
  /// One applied write of a deciding field.
  struct Fact {
    let dot: LocalDot
    /// What it says: one value, or several sides.
    let values: [Value]
    let replaced: [LocalDot]
  }

  private struct Place: Hashable {
    let record: RecordID
    let field: String
  }

  private var facts: [Place: [Fact]] = [:]
  /// The key that the workspace is rooted in; its entries always count.
  let founder: NodePublicKey

  /// The rights of a node's entries.
  struct Authority: Hashable {
    let member: MemberID
    let role: MemberRole
  }

  init(founder: NodePublicKey) { self.founder = founder }

  /// Takes in an applied write to the roster; others are ignored.
  mutating func add(kind: String, record: RecordID, field: String, fact: Fact) {
    guard Self.decides(kind: kind, field: field) else { return }
    facts[Place(record: record, field: field), default: []].append(fact)
  }

  /// Whether a field has a say in who may act.
  static func decides(kind: String, field: String) -> Bool {
    switch kind {
    case RosterNames.member: field == RosterNames.role
    case RosterNames.node: field == RosterNames.key || field == RosterNames.nodeMember
    case _: false
    }
  }

  /// The rights of `key`'s entries for `member`, as of a causal past; `nil` if it had none.
  ///
  /// Of concurrent writes of one field only what all agree on holds: of several roles the rights that
  /// each of them grants.
  func authority(
    of key: NodePublicKey, member: MemberID, in isPast: (LocalDot) -> Bool
  ) -> Authority? {
    if key == founder { return Authority(member: member, role: .administrator) }
    let isListed = facts.keys.contains { place in
      place.field == RosterNames.key && agreed(place, isPast) == .bytes(key.bytes)
        && agreed(Place(record: place.record, field: RosterNames.nodeMember), isPast)
          == .reference(RecordID(rawValue: member.rawValue))
    }
    guard isListed else { return nil }
    let place = Place(record: RecordID(rawValue: member.rawValue), field: RosterNames.role)
    let said = said(at: place, isPast)
    let granted = said.compactMap { value in
      if case .text(let name) = value { MemberRole(rawValue: name) } else { nil }
    }
    // All roles but the administrator's have the same rights.
    guard granted.count == said.count,
      let role = granted.first(where: { $0 != .administrator }) ?? granted.first
    else { return nil }
    return Authority(member: member, role: role)
  }

  /// The keys of every node there is now.
  var keys: Set<NodePublicKey> {
    var keys: Set<NodePublicKey> = [founder]
    for place in facts.keys where place.field == RosterNames.key {
      if case .bytes(let bytes)? = agreed(place, { _ in true }),
        let key = NodePublicKey(bytes: bytes)
      {
        keys.insert(key)
      }
    }
    return keys
  }

  /// The value that all heads as of a past have; `nil` if there is none or they differ.
  private func agreed(_ place: Place, _ isPast: (LocalDot) -> Bool) -> Value? {
    let values = said(at: place, isPast)
    return values.allSatisfy { $0 == values.first } ? values.first : nil
  }

  /// What the heads as of a past say.
  private func said(at place: Place, _ isPast: (LocalDot) -> Bool) -> [Value] {
    let seen = (facts[place] ?? []).filter { isPast($0.dot) }
    let replaced = Set(seen.flatMap(\.replaced))
    return seen.filter { !replaced.contains($0.dot) }.flatMap(\.values)
  }
}

/// The table `_roster`: the applied writes of the fields that decide.
struct RosterTable {
  private let insertion: Statement
  private let selection: Statement

  init(_ database: Database) throws {
    insertion = try Statement(
      database,
      """
      INSERT OR REPLACE INTO _roster (replica, sequence, kind, record, field, value, replaced)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    selection = try Statement(
      database,
      """
      SELECT replica, sequence, kind, record, field, value, replaced
      FROM _roster ORDER BY record, field, replica, sequence
      """)
  }

  func save(kind: String, record: RecordID, field: String, fact: Roster.Fact) throws {
    insertion.bind(1, fact.dot.replica)
    insertion.bind(2, fact.dot.sequence)
    insertion.bind(3, kind)
    insertion.bind(4, record.rawValue)
    insertion.bind(5, field)
    var value = ByteWriter()
    for side in fact.values { value.write(value: side) }
    insertion.bind(6, value.bytes)
    var replaced = ByteWriter()
    for dot in fact.replaced { replaced.write(dot: dot) }
    insertion.bind(7, replaced.bytes)
    try insertion.run()
  }

  /// Adds every fact to `roster`.
  func load(into roster: inout Roster) throws {
    defer { selection.reset() }
    while try selection.step() {
      var value = ByteReader(selection.bytes(5))
      var replaced = ByteReader(selection.bytes(6))
      var dots: [LocalDot] = []
      while !replaced.isAtEnd { dots.append(try replaced.readDot()) }
      var values: [Value] = []
      while !value.isAtEnd { values.append(try value.readValue()) }
      roster.add(
        kind: selection.text(2), record: RecordID(rawValue: selection.number(3)),
        field: selection.text(4),
        fact: Roster.Fact(
          dot: LocalDot(replica: Int(selection.integer(0)), sequence: selection.unsigned(1)),
          values: values, replaced: dots))
    }
  }
}
