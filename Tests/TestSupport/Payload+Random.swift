package import CRDTCore

extension Payload {
  /// A canonical payload of at most three records that exercises every part of the encoding.
  package static func random(using random: inout SplitMix64) -> Self {
    var payload = Payload(
      names: ["custom_colour", "custom_size"].filter { _ in random.chance(30) },
      batch: random.chance(30) ? UInt128.random(in: 1...9, using: &random) : nil,
      reason: random.chance(30) ? random.choice(["", "after the fair"]) : nil,
      command: random.chance(30) ? "edit deal" : nil)
    let kinds = names(["account", "deal"], of: payload)
    var keys: [(NameReference, RecordID)] = []
    for kind in kinds.sorted() {
      for id in [1, 2, 1 << 127].map(RecordID.init(rawValue:)) where random.chance(30) {
        keys.append((kind, id))
      }
    }
    for (kind, id) in keys.isEmpty ? [(kinds[0], RecordID(rawValue: 1))] : keys.prefix(3) {
      let start = payload.writes.count
      payload.writes += writes(of: payload, using: &random)
      payload.records.append(
        RecordEdit(kind: kind, id: id, writes: start..<payload.writes.count))
    }
    return payload
  }

  /// Names of the static table, and all that the payload spells out.
  private static func names(_ statics: [String], of payload: Payload) -> [NameReference] {
    statics.compactMap { NameTable.indexes[$0] }.map(NameReference.init(staticIndex:))
      + payload.names.indices.map(NameReference.init(localIndex:))
  }

  private static func writes(
    of payload: Payload, using random: inout SplitMix64
  ) -> [FieldWrite] {
    var writes: [FieldWrite] = []
    if random.chance(20) {
      let isDelete = random.chance(50)
      writes.append(
        FieldWrite(
          field: NameTable.record, replaces: dots(using: &random),
          change: isDelete ? .delete(seen: dots(using: &random)) : .restore))
    }
    let fields = names(["name", "stage", "amount", "labels", "stock"], of: payload)
    for field in fields.sorted() where random.chance(40) {
      writes += changes(using: &random).map {
        FieldWrite(field: field, replaces: dots(using: &random), change: $0)
      }
    }
    guard writes.isEmpty else { return writes }
    return [FieldWrite(field: fields[0], change: .register(.random(using: &random)))]
  }

  /// One change, or those of several elements of a set in order.
  private static func changes(using random: inout SplitMix64) -> [FieldWrite.Change] {
    switch Int.random(in: 0...5, using: &random) {
    case 0: return [.counter(random.choice([1, -1, .max, .min]))]
    case 1:
      let values = [Value.reference(.random(using: &random)), .text("easter"), .integer(4)]
      return values.filter { _ in random.chance(60) }
        .sorted { ElementKey(of: $0) < ElementKey(of: $1) }
        .map { .element(ElementKey(of: $0), isPresent: random.chance(50), $0) }
    case 2: return [.sides(sides(using: &random))]
    case 3:
      return [
        .unknown(
          FieldWrite.UnknownChange(
            kind: random.choice([0, 5, 15]), touches: dots(using: &random),
            body: random.chance(50) ? random.bytes(2) : nil,
            value: random.chance(50) ? .random(using: &random) : nil))
      ]
    default: return [.register(.random(using: &random))]
    }
  }

  private static func sides(using random: inout SplitMix64) -> [Side] {
    let ranks: [UInt32] = [0, 1, .max]
    guard random.chance(50) else {
      return [Side(value: .random(using: &random), rank: random.choice(ranks))]
    }
    return (0..<2).map { _ in
      Side(value: .random(using: &random), rank: random.chance(50) ? random.choice(ranks) : nil)
    }
  }

  /// Up to three dots in their order, mostly none.
  private static func dots(using random: inout SplitMix64) -> [Dot] {
    guard random.chance(40) else { return [] }
    return Set((0..<3).map { _ in Dot.random(using: &random) }).sorted()
  }
}
