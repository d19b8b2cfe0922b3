package import CRDTCore
package import ReplicaStore

/// A conflict as the rules have it.
package struct OracleConflict: Hashable, Sendable {
  /// One side; as the replica's, but made by the oracle.
  package struct Side: Hashable, Sendable {
    /// The write's name, time and hash.
    package let stamp: Stamp
    /// Whose log it is in.
    package let member: MemberID
    /// What it says.
    package let value: Value?
    /// Where it says so, of a conflict about several places.
    package let place: ConflictPlace?
    /// What it did to a record.
    package let act: ConflictSide.Act?
    /// Whether it decides what shows.
    package let isShowing: Bool

    init(
      _ stamp: Stamp, _ member: MemberID, value: Value? = nil, at place: ConflictPlace? = nil,
      act: ConflictSide.Act? = nil, isShowing: Bool
    ) {
      self.stamp = stamp
      self.member = member
      self.value = value
      self.place = place
      self.act = act
      self.isShowing = isShowing
    }
  }

  /// The conflict's id: the first 16 bytes of a digest of what makes it.
  package let id: UInt128
  /// What it is.
  package let kind: ConflictKind
  /// The records it is about.
  package let records: [RecordKey]
  /// The field it is about.
  package let field: String?
  /// What makes it, in order of time and replica; of clocks, in order of sequence.
  package let sides: [Side]
  /// Whether a person has to look at it.
  package let isOpen: Bool
  /// Why an entry is set aside.
  package let reason: SetAsideReason?
  /// What holds no longer.
  package let constraint: Constraint?

  init(
    _ kind: ConflictKind, madeOf parts: [[UInt8]], records: [RecordKey] = [],
    field: String? = nil, sides: [Side], isOpen: Bool = true, reason: SetAsideReason? = nil,
    constraint: Constraint? = nil
  ) {
    let digest = Digests.digest(tag: "kith/conflict/1", [Array(kind.rawValue.utf8)] + parts)
    id = UInt128(bigEndianBytes: digest.bytes.prefix(16))
    self.kind = kind
    self.records = records
    self.field = field
    self.sides = sides
    self.isOpen = isOpen
    self.reason = reason
    self.constraint = constraint
  }

  /// Takes over what a replica lists, so that both can be compared.
  package init(_ conflict: Conflict) {
    id = Base32.number(from: conflict.id.text) ?? 0
    kind = conflict.kind
    records = conflict.records
    field = conflict.field
    sides = conflict.sides.map {
      Side(
        $0.stamp, $0.member, value: $0.value, at: $0.place, act: $0.act, isShowing: $0.isShowing)
    }
    isOpen = conflict.isOpen
    reason = conflict.reason
    constraint = conflict.constraint
  }
}

extension [OracleConflict.Side] {
  /// In order of time, then replica; the sides of one write stay as its author gave them.
  var inOrder: Self {
    enumerated().sorted { one, two in
      let (first, second) = (one.element.stamp, two.element.stamp)
      return (first.time, first.dot.replica, one.offset)
        < (second.time, second.dot.replica, two.offset)
    }.map(\.element)
  }
}
