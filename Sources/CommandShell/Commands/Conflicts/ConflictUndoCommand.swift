import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict undo X`: reopens a settled conflict with the sides it had.
package struct ConflictUndoCommand: ShellCommand {
  package let name = "conflict undo"
  package let summary =
    "Reopens settled conflicts with the sides they had; nothing is decided by it."
  package let syntax = ["conflict undo X… [because \"WHY\"]"]
  package let examples = [
    "conflict undo x7m2q",
    "conflict undo x7m2q because \"Tom has a newer offer\"",
    "conflict undo x3fd8",
    "conflict undo x7m2q --format json",
  ]
  package let use = CommandUse(words: nil, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard !words.isEmpty else { throw RecordError.missing("a conflict", example: examples[0]) }
    let records = try context.write(command) { view, transaction in
      try words.map { try ConflictReopener(view, transaction).reopen($0) }
    }
    try context.read { view in
      let finding = try ConflictFinding(view)
      for (word, record) in zip(words, records) { try tell(word, record, finding, context) }
    }
    return .done
  }

  private func tell(
    _ word: String, _ record: RecordKey, _ finding: ConflictFinding, _ context: CommandContext
  ) throws {
    let conflict = try? finding.conflict(word)
    let now = conflict ?? finding.conflicts(of: record).first { $0.conflict.kind == .lifecycle }
    let name = try ConflictNames().record(record, finding.view)
    if context.options.format == "json" {
      context.json([
        "schema": "kith.reopened/1", "was": .string(word),
        "id": now.map { .string($0.fullID) } ?? .null,
        "record": .string(record.id.description), "kind": .string(record.kind),
      ])
      return
    }
    let new = now.map { $0.shortID.hasPrefix(word.lowercased()) ? "" : " as \($0.shortID)" } ?? ""
    context.output.data(PlainText.oneLine("Reopened \(word)\(new). \(name)"))
    if let now { context.talk("  again undecided · see: conflict show \(now.shortID)") }
  }
}

/// Writes the sides of settled conflicts again.
struct ConflictReopener {
  private let view: RecordView
  private let transaction: Transaction

  init(_ view: RecordView, _ transaction: Transaction) {
    self.view = view
    self.transaction = transaction
  }

  /// Reopens the conflict whose id begins with a word, and returns the record it is about.
  func reopen(_ word: String) throws -> RecordKey {
    let digits = word.dropFirst().lowercased()
    guard word.lowercased().first == "x", digits.count >= 3 else {
      throw RecordError.noSuchConflict(word)
    }
    guard try !view.snapshot.conflicts().contains(where: { $0.id.text.hasPrefix(digits) }) else {
      throw ConflictError.stillOpen(word)
    }
    var settled: (ConflictAct, ConflictAct.Write)?
    try view.snapshot.forEachConflictAct { act in
      settled = try write(of: act, settling: digits).map { (act, $0) }
      return settled == nil
    }
    guard let (act, write) = settled else { throw RecordError.noSuchConflict(word) }
    try reopen(word, write, act)
    return write.record
  }

  /// The write by which an act settled the conflict of these digits.
  private func write(of act: ConflictAct, settling digits: String) throws -> ConflictAct.Write? {
    if let write = act.writes.first(where: { $0.conflict?.text.hasPrefix(digits) == true }) {
      return write
    }
    if act.names(conflict: digits) {
      let others = act.writes.filter { $0.conflict == nil || $0.write.replaces.count == 1 }
      if others.count == 1 { return others[0] }
    }
    return try act.writes.first { write in
      try write.field.isEmpty && view.snapshot.hasBeenInConflict(write.record, digits: digits)
    }
  }

  private func reopen(_ word: String, _ write: ConflictAct.Write, _ act: ConflictAct) throws {
    guard let state = try view.snapshot.record(write.record.kind, write.record.id) else {
      throw ConflictError.unknownSettlement(word)
    }
    let heads = write.field.isEmpty ? state.basis.lifecycle : state.basis.heads[write.field] ?? []
    if write.record.kind == Dismissal.kind {
      return try transaction.delete(write.record.kind, write.record.id, basis: state.basis)
    }
    guard heads == [act.stamp.dot] else {
      throw try overtaken(word, write, heads)
    }
    if write.field.isEmpty {
      try reopenExistence(word, of: state, write, act)
      return
    }
    let sides = try sides(of: write)
    let edit: FieldEdit =
      sides.count == 1 ? .set(sides[0].value, rank: sides[0].rank) : .reopen(sides)
    guard !sides.isEmpty else { throw ConflictError.unknownSettlement(word) }
    try transaction.edit(
      write.record.kind, write.record.id, basis: state.basis, [FieldChange(write.field, edit)])
  }

  /// The sides that a write replaced, the one first that shows where times decide.
  private func sides(of write: ConflictAct.Write) throws -> [Side] {
    let entries = try write.write.replaces.compactMap {
      try view.snapshot.historyEntry(
        $0, write.record.kind, write.record.id, field: write.field)
    }.sorted { $0.stamp > $1.stamp }
    let sides = entries.flatMap(\.writes).flatMap { old -> [Side] in
      switch old.change {
      case .register(let value): [Side(value: value)]
      case .sides(let sides): sides
      case .counter, .element, .delete, .restore, .unknown: []
      }
    }
    let rule = try view.snapshot.rule(of: write.record.kind, field: write.field)
    return rule?.policy == .first ? sides.reversed() : sides
  }

  /// Deletes the record again as those did who had not seen the edits.
  private func reopenExistence(
    _ word: String, of state: RecordState, _ write: ConflictAct.Write, _ act: ConflictAct
  ) throws {
    let before = try write.write.replaces.compactMap {
      try view.snapshot.historyEntry($0, state.kind, state.id, field: "")
    }
    var seen = VersionVector()
    for case .delete(let dots) in before.flatMap(\.writes).map(\.change) {
      for dot in dots { seen.include(dot) }
    }
    // What restored the record is no edit that somebody made of it, unless it hides one of its author's.
    let isHiding = try view.snapshot.history(state.kind, state.id).contains { entry in
      entry.stamp.dot.replica == act.stamp.dot.replica && entry.stamp != act.stamp
        && seen[entry.stamp.dot.replica] < entry.stamp.dot.sequence
        && entry.writes.contains { !$0.field.isEmpty }
    }
    if !isHiding { seen.include(act.stamp.dot) }
    var basis = state.basis
    basis.touches = seen.dots
    try transaction.delete(state.kind, state.id, basis: basis)
  }

  /// Who has written since the conflict was settled.
  private func overtaken(
    _ word: String, _ write: ConflictAct.Write, _ heads: [Dot]
  ) throws -> ConflictError {
    let entries = try heads.compactMap {
      try view.snapshot.historyEntry($0, write.record.kind, write.record.id, field: write.field)
    }
    guard let last = entries.max(by: { $0.stamp < $1.stamp }) else {
      return .unknownSettlement(word)
    }
    let time = view.people.moment(ConflictAccount.time(last.stamp))
    let field = write.field.isEmpty ? "" : "." + write.field
    return .overtaken(
      word, act: "by \(try view.authorName(last.member)), \(time)",
      history: try view.shortID(write.record) + field)
  }
}

extension ConflictAct {
  /// Whether its command names the conflict of these digits.
  fileprivate func names(conflict digits: String) -> Bool {
    let words = (command ?? "").lowercased().split(separator: " ")
    guard words.first == "conflict" else { return false }
    return words.dropFirst(2).contains { word in
      let typed = word.dropFirst()
      return word.first == "x" && typed.count >= 3
        && (typed.hasPrefix(digits) || digits.hasPrefix(typed))
    }
  }
}
