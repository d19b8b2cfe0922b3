import CRDTCore
import CRMDomain
import ReplicaStore

/// What others have lately chosen over values of the acting person.
struct OverruledValues {
  private static let sentencesMax = 5
  private static let days: Int64 = 7
  /// How many entries are looked at: a status is not worth reading a year's log for.
  private static let entriesMax = 2_000

  /// `Priya chose Lena's €17,900 over your €18,000 on Pump: "rebate agreed"`, the latest first.
  let sentences: [String]

  init(_ view: RecordView) throws {
    guard let own = try view.snapshot.ownAuthor()?.member else {
      sentences = []
      return
    }
    let names = ConflictNames()
    let start = view.people.calendar.now.milliseconds - Self.days * 86_400_000
    var found: [String] = []
    try view.snapshot.forEachConflictAct(
      since: HybridTimestamp(wallMilliseconds: UInt64(clamping: start), counter: 0),
      entriesMax: Self.entriesMax
    ) { act in
      guard act.member != own else { return true }
      for write in act.writes where found.count < Self.sentencesMax {
        if let sentence = try Self.sentence(write, of: act, over: own, view, names) {
          found.append(sentence)
        }
      }
      return found.count < Self.sentencesMax
    }
    sentences = found
  }

  private static func sentence(
    _ write: ConflictAct.Write, of act: ConflictAct, over own: MemberID, _ view: RecordView,
    _ names: ConflictNames
  ) throws -> String? {
    guard let entity = view.catalog[write.record.kind], entity.role == .business,
      entity.field(named: write.field) != nil, case .register = write.write.change.plain,
      let state = try view.snapshot.record(write.record.kind, write.record.id),
      state.basis.heads[write.field] == [act.stamp.dot]
    else { return nil }
    let texts = ChangeText(view: view, entity: entity)
    let chosen = try texts.text(write.write)
    var (mine, theirs): (String?, String?) = (nil, nil)
    for dot in write.write.replaces {
      guard
        let entry = try view.snapshot.historyEntry(
          dot, write.record.kind, write.record.id, field: write.field),
        let old = try entry.writes.first.map(texts.text)
      else { continue }
      if old == chosen {
        theirs = "\(try names.author(entry.member, view))'s "
      } else if entry.member == own {
        mine = old
      }
    }
    guard let mine else { return nil }
    let reason = act.reason.map { ": \"\($0)\"" } ?? ""
    return """
      \(try names.author(act.member, view)) chose \(theirs ?? "")\(chosen) over your \(mine) on \
      \(try names.record(write.record, view))\(reason)
      """
  }
}

extension FieldWrite.Change {
  /// The change with a single side that carries a rank as the value alone.
  fileprivate var plain: Self {
    if case .sides(let sides) = self, sides.count == 1 { .register(sides[0].value) } else { self }
  }
}
