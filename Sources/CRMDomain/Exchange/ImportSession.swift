import CRDTCore
import GRDB
import ReplicaStore

/// One run of an import: what it has taken so far, and what it remembers between rows.
final class ImportSession {
  private(set) var report: ImportReport
  private let entity: Entity
  private let mapping: ImportMapping
  private let editor: RecordEditor
  private let keys: ImportKeys?
  private let isDryRun: Bool
  /// The row that did not fit into the last batch.
  private var carried: CSVRow?
  /// Per record that this run has written, what its row said; tells a dry run what a repetition means.
  private var taken: [RecordID: EntryHash] = [:]
  /// Per unique field, the lines in which this run has met each value.
  private var uniqueValues: [String: [String: (id: RecordID, line: Int)]] = [:]
  /// The folded names of all rows, if rows refer to rows.
  private var announced: Set<String> = []
  private var pending: [PendingReference] = [] { didSet { report.waiting = pending.count } }
  private var writeRejects: ((CSVRow, ImportReport.Rejection) throws -> Void)?

  /// A reference to a row that has not been taken yet.
  private struct PendingReference {
    let id: RecordID
    let column: ImportMapping.Column
    let text: String
    let line: Int
  }

  /// What was written since the last commit.
  private struct Batch {
    var records: Set<RecordID> = []
    var writes = 0
    var bytes = 0

    var isFull: Bool {
      records.count >= ExchangeLimits.batchRecordsMax || writes >= ExchangeLimits.batchWritesMax
        || bytes >= ExchangeLimits.batchBytesMax
    }
  }

  /// A row that cannot be taken.
  private struct Refusal: Error {
    let column: ImportMapping.Column?
    let reason: String
  }

  init(
    _ entity: Entity, _ mapping: ImportMapping, isDryRun: Bool, editor: RecordEditor
  ) {
    self.entity = entity
    self.mapping = mapping
    self.isDryRun = isDryRun
    self.editor = editor
    keys = mapping.key.map { ImportKeys(entity, $0.path.field) }
    report = ImportReport(isDryRun: isDryRun, mapping: mapping)
  }

  /// Writes each row not taken, with what is wrong with it, as a line of another file.
  func reportRejects(
    to write: @escaping ([UInt8]) throws -> Void, header: [String], _ delimiter: UInt8
  ) throws {
    let writer = CSVWriter(delimiter: delimiter)
    try write(writer.line(header + ["reject_line", "reject_column", "reject_reason"]))
    writeRejects = { row, rejection in
      // Each in its own column: cells that are missing are empty, and ones too many come last.
      let missing = Array(repeating: "", count: max(0, header.count - row.cells.count))
      try write(
        writer.line(
          row.cells.prefix(header.count) + missing
            + [String(rejection.line), rejection.column ?? "", rejection.reason]
            + row.cells.dropFirst(header.count)))
    }
  }

  /// Takes rows until a batch is full, and returns whether the file is at its end.
  ///
  /// A dry run has no transaction.
  func takeBatch(
    from reader: inout CSVReader, in snapshot: Snapshot, _ transaction: Transaction?
  ) throws -> Bool {
    var batch = Batch()
    while true {
      try Task.checkCancellation()
      guard !batch.isFull else { return false }
      let isCarried = carried != nil
      guard let row = try carried ?? reader.next() else { return true }
      carried = nil
      if !isCarried { report.rows += 1 }
      do {
        guard try take(row, of: reader.header.count, &batch, snapshot, transaction) else {
          carried = row
          return false
        }
      } catch let refusal as Refusal {
        try reject(row, refusal)
      }
    }
  }

  private func reject(_ row: CSVRow, _ refusal: Refusal) throws {
    let cell = refusal.column.map { row.cells[$0.index] }
    let rejection = ImportReport.Rejection(
      line: row.line, column: refusal.column?.name, value: cell ?? "", reason: refusal.reason)
    report.rejected += 1
    if report.rejections.count < ExchangeLimits.rejectionsMax {
      report.rejections.append(rejection)
    }
    try writeRejects?(row, rejection)
  }

  /// Takes one row.
  ///
  /// - Returns: Whether it could be judged; if not, its record was written in this very batch, and the
  ///   row has to wait for the next.
  private func take(
    _ row: CSVRow, of width: Int, _ batch: inout Batch, _ snapshot: Snapshot,
    _ transaction: Transaction?
  ) throws -> Bool {
    guard row.cells.count >= width, row.cells[width...].allSatisfy({ $0.trimmed.isEmpty }) else {
      throw Refusal(
        column: nil,
        reason: "The row has \(row.cells.count) values, the header \(width) columns.")
    }
    let target = try target(of: row, in: snapshot)
    if let id = target.id, batch.records.contains(id) { return false }
    let (assignments, waiting) = try assignments(of: row, in: snapshot)
    let fingerprint = isDryRun ? Self.fingerprint(assignments) : nil
    var plan = try plan(assignments, for: target, snapshot)
    if let moved = plan.consequences as? DealConsequences {
      plan.consequences = try datedVisits(of: row, beside: moved, in: snapshot)
    }
    if let id = target.id, let earlier = taken[id] {
      if earlier == fingerprint { report.unchanged += 1 } else { report.changed += 1 }
      take(plan.listed)
      return true
    }
    let drawn = isDryRun ? RecordID(derivedFrom: "row", [Array("\(row.line)".utf8)]) : nil
    let id = plan.id ?? drawn ?? transaction?.newRecordID() ?? RecordID(rawValue: 0)
    try claimUniqueValues(of: plan, for: id, line: row.line)
    if let transaction { try plan.with(id: id).apply(in: transaction) }
    account(for: plan, isNew: target.state == nil)
    remember(row, id, plan, fingerprint: fingerprint)
    pending += waiting.map {
      PendingReference(id: id, column: $0.column, text: $0.text, line: row.line)
    }
    batch.records.insert(id)
    let follows = plan.consequences?.size ?? WriteSize()
    batch.writes += plan.changes.count + 4 * plan.listed.count + follows.count
    batch.bytes += row.cells.reduce(follows.bytes) { $0 + $1.utf8.count }
    return true
  }

  private func account(for plan: EditPlan, isNew: Bool) {
    if isNew {
      report.created += 1
    } else if plan.changes.isEmpty {
      report.unchanged += 1
    } else {
      report.changed += 1
    }
    take(plan.listed)
  }

  private func take(_ listed: [ListedValue]) {
    for value in listed {
      report.listed.append(value)
      let list = value.list.isEmpty ? nil : value.list
      editor.names.remember(
        value.name, value.id, in: NameIndex.Scope(kind: value.kind, list: list))
    }
  }

  private func remember(_ row: CSVRow, _ id: RecordID, _ plan: EditPlan, fingerprint: EntryHash?) {
    taken[id] = fingerprint
    for index in report.emptyReferences.indices {
      let field = report.emptyReferences[index].field
      let cells = mapping.columns.filter { $0.path.field.name == field }
      if cells.allSatisfy({ mapping.text(of: $0, in: row).isEmpty }) {
        report.emptyReferences[index].count += 1
      }
    }
    guard hasSelfReferences, plan.basis == nil else { return }
    for name in names(in: row) {
      editor.names.remember(name, id, in: NameIndex.Scope(kind: entity.name))
    }
  }

  // MARK: - Which record

  private struct Target {
    let id: RecordID?
    let state: RecordState?
  }

  /// The record that a row is about.
  private func target(of row: CSVRow, in snapshot: Snapshot) throws -> Target {
    guard let keys, let column = mapping.key else { return Target(id: nil, state: nil) }
    let text = mapping.text(of: column, in: row)
    guard !text.isEmpty, let key = keys.canonical(text, editor.reader) else {
      throw Refusal(column: column, reason: "The row has no \(column.path.text) to know it by.")
    }
    let found = try keys.records(with: key, in: snapshot.database)
    guard found.count < 2 else {
      throw Refusal(
        column: column, reason: "\(found.count) records have the \(column.path.text) “\(text)”.")
    }
    guard let id = found.first else {
      return Target(id: keys.derived(key), state: nil)
    }
    guard var state = try snapshot.record(entity.name, id) else {
      return Target(id: id, state: nil)
    }
    if state.isDeleted, entity.isJoinable {
      let joined = try JoinedRecords(editor.catalog, in: snapshot.database)
      state = try snapshot.record(entity.name, joined.followed(id)) ?? state
    }
    guard !state.isDeleted else {
      throw Refusal(column: column, reason: "“\(text)” was deleted here; restore it first.")
    }
    return Target(id: state.id, state: state)
  }

  private func plan(
    _ assignments: [(column: ImportMapping.Column, assignment: Assignment)], for target: Target,
    _ snapshot: Snapshot
  ) throws -> EditPlan {
    let all = mapping.constants + assignments.map(\.assignment)
    do {
      if let state = target.state {
        return try editor.plan(editing: state, all, in: snapshot)
      }
      return try editor.plan(new: entity, id: target.id, all, in: snapshot)
    } catch let error as EditError {
      let column = mapping.columns.first { $0.path.field.name == error.field }
      if case .noSuchRecord(_, let field, let kind, _) = error, let column {
        noteMissing(kind, field: field, column: column.name)
      }
      throw Refusal(column: column, reason: error.summary)
    }
  }

  private func noteMissing(_ kind: String, field: String, column: String) {
    if let index = report.missingRecords.firstIndex(where: { $0.column == column }) {
      report.missingRecords[index].count += 1
      return
    }
    report.missingRecords.append(
      ImportReport.MissingRecords(
        column: column, field: field, kind: kind,
        kindPlural: editor.catalog.entity(kind).plural, count: 1))
  }

  /// Refuses a unique value that an earlier row of the file has given to another record.
  private func claimUniqueValues(of plan: EditPlan, for id: RecordID, line: Int) throws {
    for change in plan.changes {
      guard entity.field(named: change.field)?.isUnique == true,
        case .set(.text(let text), _) = change.edit
      else { continue }
      if let earlier = uniqueValues[change.field]?[text], earlier.id != id {
        throw Refusal(
          column: mapping.columns.first { $0.path.field.name == change.field },
          reason: "Line \(earlier.line) has the \(change.field) “\(text)” already.")
      }
      uniqueValues[change.field, default: [:]][text] = (id, line)
    }
  }

  /// A digest of what a row said.
  private static func fingerprint(
    _ assignments: [(column: ImportMapping.Column, assignment: Assignment)]
  ) -> EntryHash {
    Digests.digest(
      tag: "kith/import-row",
      assignments.flatMap { column, assignment in
        [Array(column.name.utf8)] + assignment.operands.map { Array($0.text.utf8) }
      })
  }
}

// MARK: - Rows that refer to rows

extension ImportSession {
  /// Whether a column refers to records of the kind that is imported.
  var hasSelfReferences: Bool { mapping.columns.contains(where: isSelfReference) }

  /// Whether references wait for rows that came later.
  var hasPending: Bool { !pending.isEmpty }

  private func isSelfReference(_ column: ImportMapping.Column) -> Bool {
    column.path.field.format == .reference(to: entity.name)
  }

  /// Reads the names of all rows, so that a reference to a later row is told from a wrong one.
  func announceNames(reading source: @escaping CSVReader.Source) throws {
    var reader = try CSVReader(reading: source)
    while let row = try reader.next() {
      guard row.cells.count >= reader.header.count else { continue }
      for name in names(in: row) { announced.insert(NameFolding.folded(name)) }
    }
  }

  private func names(in row: CSVRow) -> [String] {
    mapping.columns.filter {
      $0.path.part == nil && entity.lookupFields.contains($0.path.field.name)
    }
    .map { mapping.text(of: $0, in: row) }.filter { !$0.isEmpty }
  }

  /// A row's assignments, apart from references to rows that have not been taken yet.
  private func assignments(
    of row: CSVRow, in snapshot: Snapshot
  ) throws -> (
    ready: [(column: ImportMapping.Column, assignment: Assignment)],
    waiting: [(column: ImportMapping.Column, text: String)]
  ) {
    let all = mapping.assignments(of: row)
    guard hasSelfReferences else { return (all, []) }
    var waiting: [(column: ImportMapping.Column, text: String)] = []
    let ready = try all.filter { column, _ in
      guard isSelfReference(column), !column.path.field.isSet else { return true }
      let text = NameFolding.normalized(mapping.text(of: column, in: row))
      if names(in: row).contains(where: { NameFolding.folded($0) == NameFolding.folded(text) }) {
        let error = EditError.selfReference(field: column.path.field.name, kind: entity.name)
        throw Refusal(column: column, reason: error.summary)
      }
      let scope = NameIndex.Scope(kind: entity.name)
      guard case .none = try editor.names.match(text, in: scope, of: snapshot.database),
        announced.contains(NameFolding.folded(text))
      else { return true }
      waiting.append((column, text))
      return false
    }
    return (ready, waiting)
  }

  /// Fills a batch of the references that have waited; the rows they name have been taken by now, or
  /// refused.
  func fillSelfReferences(in snapshot: Snapshot, _ transaction: Transaction?) throws {
    let batch = pending.prefix(ExchangeLimits.batchRecordsMax)
    pending.removeFirst(batch.count)
    for reference in batch {
      let scope = NameIndex.Scope(kind: entity.name)
      guard
        case .one(let id) = try editor.names.match(reference.text, in: scope, of: snapshot.database)
      else {
        let error = EditError.noSuchRecord(
          text: reference.text, field: reference.column.path.field.name, kind: entity.name,
          closest: nil)
        report.leftEmpty.append(
          ImportReport.Rejection(
            line: reference.line, column: reference.column.name, value: reference.text,
            reason: error.summary))
        continue
      }
      guard let transaction, let state = try snapshot.record(entity.name, reference.id) else {
        continue
      }
      let assignment = Assignment(reference.column.path, .set, [.value(.reference(id))])
      try editor.plan(editing: state, [assignment], in: snapshot).apply(in: transaction)
    }
  }
}

// MARK: - Visits of stages

extension ImportSession {
  /// A move's consequences, with the visits of which the row says when they were.
  ///
  /// A new deal gets one for each stage on its way, in the order of their dates; one that was here before
  /// gets that of the stage it comes into.
  private func datedVisits(
    of row: CSVRow, beside moved: DealConsequences, in snapshot: Snapshot
  ) throws -> DealConsequences {
    var consequences = moved
    guard let last = consequences.visits.last, !mapping.visits.isEmpty,
      let to = try editor.stages(in: snapshot).stage(last.to)
    else { return consequences }
    var dated: [(stage: DealStages.Stage, at: Instant)] = []
    for visit in mapping.visits {
      let text = row.cells[visit.index].trimmed
      guard !text.isEmpty,
        let stage = try editor.stages(in: snapshot).stage(named: visit.stage, of: to.process),
        stage == to || (stage.kind == .open && stage.place < to.place && last.from == nil)
      else { continue }
      guard case .instant(let at)? = editor.reader.value(of: text, as: .instant) else {
        throw Refusal(
          column: mapping.columns.first { $0.index == visit.index },
          reason: "“\(text)” in \(visit.name) is no date.")
      }
      dated.append((stage, at))
    }
    dated.sort { ($0.at, $0.stage.place) < ($1.at, $1.stage.place) }
    if !dated.contains(where: { $0.stage == to }) {
      dated.append((to, max(last.at, dated.last?.at ?? last.at)))
    }
    consequences.visits = dated.enumerated().map { index, visit in
      StageVisit(
        from: index == 0 ? last.from : dated[index - 1].stage.id, to: visit.stage.id, at: visit.at)
    }
    return consequences
  }
}

extension EditPlan {
  /// The plan with its new record's id drawn.
  fileprivate func with(id: RecordID) -> EditPlan {
    EditPlan(
      kind: kind, id: id, basis: basis, present: present, changes: changes, unchanged: unchanged,
      absent: absent, listed: listed, consequences: consequences)
  }
}
