package import CRDTCore
import GRDB
package import ReplicaStore

/// Two records that may be one.
package struct DuplicatePair: Hashable, Sendable {
  /// The one with the lesser id, which for most is the older one, and the other.
  package let first: RecordID
  package let second: RecordID
  package let likeness: Likeness
}

/// Finds records that are likely the same, among all of a kind or for a new one.
///
/// Only records that have a key in common are compared: SQLite sorts the keys, in temporary files where
/// they are many, and so neither time nor memory grows with the square of the records. Belongs to one
/// snapshot.
package struct DuplicateSearch {
  /// How many records may have one key; what more have in common, such as the host of a public mailer,
  /// says nothing about any of them.
  private static let blockMax = 60
  /// How many pairs are kept in mind at most, some 100 bytes each.
  private static let pairsMax = 100_000

  private struct Two: Hashable {
    let first: RecordID
    let second: RecordID
  }

  private let entity: Entity
  private let snapshot: Snapshot
  private let lookup: RecordLookup

  package init(_ entity: Entity, _ catalog: EntityCatalog, in snapshot: Snapshot) {
    self.entity = entity
    self.snapshot = snapshot
    lookup = RecordLookup(catalog, in: snapshot.database)
    LikenessKeySQL.addFunctions(to: snapshot.database)
  }

  /// All pairs that are at least as likely as `min`, the likeliest first, then by id.
  ///
  /// Pairs for which somebody has said that they are not the same are left out.
  /// `onLimit` hears it if there are more than are kept in mind; those are not looked at.
  package func pairs(
    min: Int, among ids: Set<RecordID>? = nil, onLimit: (_ pairsMax: Int) -> Void = { _ in }
  ) throws -> [DuplicatePair] {
    let dismissed = try DuplicateDismissal.all(in: snapshot)
    var known: Set<Two> = []
    var pairs: [DuplicatePair] = []
    try forEachBlock { block in
      let profiles = try block.compactMap { id in
        try snapshot.record(entity.name, id).map { (id, LikenessProfile(entity, $0)) }
      }
      for (index, one) in profiles.enumerated() {
        for other in profiles[(index + 1)...] {
          guard ids.map({ $0.contains(one.0) || $0.contains(other.0) }) ?? true,
            known.count < Self.pairsMax
          else { continue }
          let likeness = Likeness(one.1, other.1)
          // Two that have several keys in common meet as often.
          guard likeness.score >= min,
            known.insert(Two(first: one.0, second: other.0)).inserted
          else { continue }
          guard !dismissed.contains(DuplicateDismissal.id(of: one.0, other.0, entity)) else {
            continue
          }
          pairs.append(DuplicatePair(first: one.0, second: other.0, likeness: likeness))
        }
      }
    }
    if known.count == Self.pairsMax { onLimit(Self.pairsMax) }
    return pairs.sorted {
      $0.likeness.score != $1.likeness.score
        ? $0.likeness.score > $1.likeness.score : ($0.first, $0.second) < ($1.first, $1.second)
    }
  }

  /// The live records that a new one would be like, the likeliest first.
  package func alikes(
    _ profile: LikenessProfile, min: Int, limit: Int
  ) throws -> [(id: RecordID, likeness: Likeness)] {
    var found: [RecordID: Likeness] = [:]
    for id in try candidates(for: profile) where found[id] == nil {
      guard let state = try snapshot.record(entity.name, id) else { continue }
      found[id] = Likeness(profile, LikenessProfile(entity, state))
    }
    let ordered = found.filter { $0.value.score >= min }.sorted {
      $0.value.score != $1.value.score ? $0.value.score > $1.value.score : $0.key < $1.key
    }
    return ordered.prefix(limit).map { ($0.key, $0.value) }
  }

  private func candidates(for profile: LikenessProfile) throws -> [RecordID] {
    var ids: [RecordID] = []
    for key in LikenessProfile.Key.allCases {
      let values = (profile.keys[key] ?? []).sorted()
      for (selection, value) in LikenessKeySQL.selections(of: key, entity)
        .flatMap({ selection in values.map { (selection, $0) } })
      {
        let found = try DatabaseValue.fetchAll(
          snapshot.database,
          sql: """
            SELECT id FROM (\(selection)) WHERE key = ? ORDER BY id LIMIT \(Self.blockMax + 1)
            """, arguments: [value])
        // What more have in common says nothing, as among those that are there.
        if found.count <= Self.blockMax { ids += found.compactMap { RecordID($0) } }
      }
    }
    for text in profile.texts.values.sorted() {
      let found = try lookup.records(of: entity, bearing: text, limit: Self.blockMax + 1)
      if found.count <= Self.blockMax { ids += found.map(\.id) }
    }
    return ids
  }

  /// Calls `body` with the records, in order of their ids, that have one key in common.
  private func forEachBlock(_ body: ([RecordID]) throws -> Void) throws {
    for key in LikenessProfile.Key.allCases {
      let selections = LikenessKeySQL.selections(of: key, entity)
      guard !selections.isEmpty else { continue }
      let rows = try Row.fetchCursor(
        snapshot.database,
        sql: """
          SELECT key, id FROM (\(selections.joined(separator: "\nUNION\n")))
          WHERE key IS NOT NULL AND key != '' ORDER BY key, id
          """)
      var block: (key: String, ids: [RecordID]) = ("", [])
      func end() throws {
        if (2...Self.blockMax).contains(block.ids.count) { try body(block.ids) }
      }
      while let row = try rows.next() {
        try Task.checkCancellation()
        guard let text = row[0] as String?, let id = RecordID(row[1] as DatabaseValue) else {
          continue
        }
        if text != block.key {
          try end()
          block = (text, [])
        }
        // More than say anything are not kept.
        if block.ids.count <= Self.blockMax { block.ids.append(id) }
      }
      try end()
    }
  }
}

/// That two records are not the same, as somebody has said: a dismissal that travels as any other.
package enum DuplicateDismissal {
  /// The id of the pair, in whichever order it is named.
  package static func id(of one: RecordID, _ other: RecordID, _ entity: Entity) -> ConflictID {
    let ids = [one, other].sorted().map(\.rawValue.bigEndianBytes)
    let hash = Digests.digest(tag: "kith/duplicate/1", [Array(entity.name.utf8)] + ids)
    return ConflictID(rawValue: UInt128(bigEndianBytes: hash.bytes.prefix(16)))
  }

  /// Every pair that was dismissed, among whatever else was.
  static func all(in snapshot: Snapshot) throws -> Set<ConflictID> {
    let stored = try DatabaseValue.fetchAll(
      snapshot.database,
      sql: "SELECT conflict FROM dismissal WHERE _hidden IS NULL AND conflict IS NOT NULL")
    return Set(
      stored.compactMap { RecordID($0) }.map { ConflictID(rawValue: $0.rawValue) })
  }

  /// Says that two records are not the same; whether that was not said already.
  package static func write(
    _ one: RecordID, _ other: RecordID, _ entity: Entity, because reason: String?,
    in transaction: Transaction
  ) throws -> Bool {
    let pair = id(of: one, other, entity)
    let record = Dismissal.record(of: pair)
    let changes = [
      FieldChange("conflict", .set(.bytes(pair.rawValue.bigEndianBytes))),
      FieldChange("reason", .set(.text(reason ?? "not the same"))),
    ]
    guard let state = try transaction.snapshot.record(Dismissal.kind, record) else {
      try transaction.create(Dismissal.kind, id: record, changes)
      return true
    }
    guard state.isDeleted else { return false }
    try transaction.restore(Dismissal.kind, record, basis: state.basis, changes)
    return true
  }
}
