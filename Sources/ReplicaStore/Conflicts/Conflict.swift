package import CRDTCore

/// Names a conflict, the same on every node: a hash of what makes it.
package struct ConflictID: Hashable, Sendable {
  /// The 16 bytes as a big-endian number.
  package let rawValue: UInt128

  /// Derives the id from the conflict's kind and what makes it.
  init(_ kind: ConflictKind, _ parts: [[UInt8]]) {
    let hash = Digests.digest(tag: "kith/conflict/1", [Array(kind.rawValue.utf8)] + parts)
    rawValue = UInt128(bigEndianBytes: hash.bytes.prefix(16))
  }

  /// The id of the conflict that a field of a record is in while these writes are its heads.
  package init(of record: RecordKey, field: String, heads: [Dot]) {
    self.init(
      .field,
      [Array(record.kind.utf8), record.id.rawValue.bigEndianBytes, Array(field.utf8)]
        + heads.sorted().map(\.encoded))
  }

  /// Names the conflict whose id has these 16 bytes.
  package init(rawValue: UInt128) { self.rawValue = rawValue }

  /// Reads ``text`` back.
  package init?(_ text: some StringProtocol) {
    guard let number = Base32.number(from: text) else { return nil }
    rawValue = number
  }

  /// 26 characters; short forms are cut from the front, after the `x` of the conflicts.
  package var text: String { Base32.text(of: rawValue) }
}

/// What kind of state needs a person's eye; docs/conflicts.md explains each.
package enum ConflictKind: String, Hashable, Sendable, CaseIterable {
  case field, lifecycle, unique, constraint, transition, held, clock, fork
}

/// A field of a record.
package struct ConflictPlace: Hashable, Sendable {
  /// The record.
  package let record: RecordKey
  /// The field's name.
  package let field: String

  /// Names a place.
  package init(record: RecordKey, field: String) {
    self.record = record
    self.field = field
  }
}

/// One of the writes, records or entries that make a conflict.
package struct ConflictSide: Hashable, Sendable {
  /// The write's name, time and hash.
  package let stamp: Stamp
  /// Whose log it is in.
  package let member: MemberID
  /// What it says, where the conflict is about values.
  package let value: Value?
  /// Where it says so, where the conflict is about several places.
  package let place: ConflictPlace?
  /// What it did, where the conflict is about a record's existence.
  package let act: Act?
  /// Whether it decides what shows until somebody settles the conflict.
  package let isShowing: Bool

  init(
    stamp: Stamp, member: MemberID, value: Value? = nil, at place: ConflictPlace? = nil,
    act: Act? = nil, isShowing: Bool
  ) {
    self.stamp = stamp
    self.member = member
    self.value = value
    self.place = place
    self.act = act
    self.isShowing = isShowing
  }

  /// What a side did to a record.
  package enum Act: Hashable, Sendable {
    /// Deleted it.
    case deleted
    /// Wrote to it, without having seen the deletion.
    case edited
  }
}

/// A state that needs a person's eye, computed from what the replica holds.
package struct Conflict: Hashable, Sendable {
  /// The same on every node.
  package let id: ConflictID
  /// What it is.
  package let kind: ConflictKind
  /// The records it is about: one, those that share the value, or those that break a constraint together.
  package let records: [RecordKey]
  /// The field it is about.
  package let field: String?
  /// What makes it, in order of time and replica; people call them A, B, C.
  ///
  /// Of a ``ConflictKind/fork`` the entry that kept the name shows.
  package let sides: [ConflictSide]
  /// Whether a person has to look at it; otherwise a rule has settled it.
  package let isOpen: Bool
  /// Why an entry is set aside.
  package let reason: SetAsideReason?
  /// What holds no longer.
  package let constraint: Constraint?

  init(
    id: ConflictID, kind: ConflictKind, records: [RecordKey] = [], field: String? = nil,
    sides: [ConflictSide], isOpen: Bool = true, reason: SetAsideReason? = nil,
    constraint: Constraint? = nil
  ) {
    self.id = id
    self.kind = kind
    self.records = records
    self.field = field
    self.sides = sides
    self.isOpen = isOpen
    self.reason = reason
    self.constraint = constraint
  }
}

/// A record with its kind.
package struct RecordKey: Hashable, Sendable {
  /// The kind's name.
  package let kind: String
  /// The record.
  package let id: RecordID

  /// Creates a reference.
  package init(kind: String, id: RecordID) {
    self.kind = kind
    self.id = id
  }
}
