import CRDTCore
import TestSupport

/// An entry of a test's history, with its payload decoded.
struct ModelEntry: Sendable {
  let entry: Entry
  let payload: Payload

  static let workspace = WorkspaceID(rawValue: 0xAB)
  static let member = MemberID(rawValue: 0xCD)

  /// Draws a history in which a few replicas edit two deals.
  static func history(using random: inout SplitMix64) -> CausalHistory<ModelEntry> {
    CausalHistory(steps: 40, using: &random) { draft, random in
      let read =
        random.chance(70) ? draft.held.count : Int.random(in: 0...draft.held.count, using: &random)
      let basis = ReplicaModel(definedBy: Array(draft.held.prefix(read)))
      let payload = payload(on: basis, using: &random)
      let bytes = payload.encoded(
        author: draft.dot.replica, salt: random.bytes(Payload.saltByteCount))
      let header = header(of: draft, payload: bytes)
      return (
        ModelEntry(entry: Entry(header: header, payload: bytes), payload: payload), header.hash
      )
    }
  }

  private static func header(
    of draft: CausalHistory<ModelEntry>.Draft, payload: PayloadBytes
  ) -> EntryHeader {
    let mine = draft.held.last { $0.stamp.dot.replica == draft.dot.replica }
    var known = mine?.past ?? VersionVector()
    if let mine { known.include(mine.stamp.dot) }
    let held = VersionVector(draft.held.map(\.stamp.dot))
    let dependencies = held.ahead(of: known).map { dot in
      let hash = draft.held.first { $0.stamp.dot == dot }?.stamp.hash ?? .none
      return Dependency(dot: dot, hash: hash)
    }
    return EntryHeader(
      workspace: workspace, dot: draft.dot, time: draft.time, wall: draft.wall, member: member,
      dependencies: dependencies, previous: mine?.stamp.hash ?? .none, payload: payload,
      origin: nil)
  }

  private static func payload(
    on basis: ReplicaModel, using random: inout SplitMix64
  ) -> Payload {
    var payload = Payload()
    let ids = [RecordID(rawValue: 1), RecordID(rawValue: 2)]
    let edited = random.chance(30) ? ids : [random.choice(ids)]
    for id in edited {
      let start = payload.writes.count
      payload.writes += writes(to: id, on: basis, using: &random).sorted {
        ($0.field, $0.element?.rawValue ?? 0) < ($1.field, $1.element?.rawValue ?? 0)
      }
      payload.records.append(
        RecordEdit(kind: name("deal"), id: id, writes: start..<payload.writes.count))
    }
    return payload
  }

  private static func writes(
    to id: RecordID, on basis: ReplicaModel, using random: inout SplitMix64
  ) -> [FieldWrite] {
    var writes: [FieldWrite] = []
    for field in ["name", "stage"] where random.chance(50) {
      let heads = basis.registers[Cell(record: id, field: field)]?.heads ?? []
      let sides = Side.randomSides(using: &random)
      // One side without a rank is what `.register` is for.
      let change: FieldWrite.Change =
        sides.count == 1 && sides[0].rank == nil ? .register(sides[0].value) : .sides(sides)
      writes.append(
        FieldWrite(
          field: name(field), replaces: heads.map(\.stamp.dot).sorted(), change: change))
    }
    for element in [Value.text("easter"), .reference(RecordID(rawValue: 7))] where random.chance(40)
    {
      let key = ElementKey(of: element)
      let cell = Cell(record: id, field: "labels", element: key)
      writes.append(
        FieldWrite(
          field: name("labels"),
          replaces: basis.elements[cell]?.heads.map(\.name).sorted() ?? [],
          change: .element(key, isPresent: random.chance(50), element)))
    }
    if random.chance(20) || writes.isEmpty {
      let replaces = basis.lifecycles[id]?.heads.map(\.stamp.dot).sorted() ?? []
      let seen = basis.touches[id]?.dots ?? []
      writes.append(
        FieldWrite(
          field: NameTable.record, replaces: replaces,
          change: random.chance(50) ? .delete(seen: seen) : .restore))
    }
    if random.chance(30) {
      let increment = Int64.random(in: -2...2, using: &random)
      writes.append(FieldWrite(field: name("stock"), change: .counter(increment)))
    }
    return writes
  }

  private static func name(_ text: String) -> NameReference {
    NameReference(staticIndex: NameTable.indexes[text] ?? 0)
  }
}
