import CRDTCore
import ReplicaStore
import SimulationKit
import TestSupport

/// Draws what an author does who holds some entries, and calls them by the names it knows.
struct PayloadWriter {
  let deals: [RecordKey]
  let lines: [RecordKey]
  /// A member whose role changes; `nil` if none does.
  var member: RecordKey?
  let known: [OracleEntry]
  let names: [EntryHash: Dot]

  /// Some writes; one of them names `stray` besides.
  func payload(naming stray: Dot?, using random: inout SplitMix64) -> Payload {
    var draft = PayloadDraft()
    if let member {
      let role = random.choice(["administrator", "representative", "finance"])
      draft.write(
        member, "role", .register(.text(role)),
        replacing: dots(at: member, "role", using: &random))
    }
    var stray = stray
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      let record = random.choice(random.chance(75) || lines.isEmpty ? deals : lines)
      let field = field(of: record, using: &random)
      var replaced = dots(at: record, field, using: &random)
      if let dot = stray { replaced.append(dot) }
      stray = nil
      draft.write(
        record, field, change(of: field, of: record, using: &random), replacing: replaced)
    }
    return draft.payload
  }

  private func field(of record: RecordKey, using random: inout SplitMix64) -> String {
    if record.kind == "line" { return random.choice(["", "name", "parent"]) }
    return random.choice(["", "", "name", "name", "number", "stage", "stock", "labels"])
  }

  /// The names of some of the entries that write there; in most cases of all.
  private func dots(
    at record: RecordKey, _ field: String?, using random: inout SplitMix64
  ) -> [Dot] {
    let share = random.choice([100, 100, 60, 0])
    var dots: [Dot] = []
    for entry in known {
      guard let payload = entry.payload, let name = names[entry.hash] else { continue }
      let isThere = payload.records.contains { edit in
        edit.id == record.id
          && (field == nil
            || payload.writes[edit.writes].contains { payload.name($0.field) == field })
      }
      if isThere, random.chance(share) { dots.append(name) }
    }
    return dots
  }

  private func change(
    of field: String, of record: RecordKey, using random: inout SplitMix64
  ) -> FieldWrite.Change {
    let word = Value.text(random.choice(["a", "b", "c"]))
    switch field {
    case "" where random.chance(65):
      return .delete(seen: Set(dots(at: record, nil, using: &random)).sorted())
    case "": return .restore
    case "parent": return .register(.reference(random.choice(deals).id))
    case "stage": return .sides([Side(value: word, rank: UInt32(random.next() % 3))])
    case "stock": return .counter(Int64.random(in: -3...5, using: &random))
    case "labels":
      return .element(ElementKey(of: word), isPresent: random.chance(60), word)
    case _: return .register(word)
    }
  }
}
