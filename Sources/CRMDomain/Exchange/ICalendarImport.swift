package import CRDTCore
package import Foundation
package import ReplicaStore

/// Takes the events of an iCalendar file: what is here already is changed, never doubled.
///
/// An event from elsewhere has an id derived from its UID, so that two nodes that take one invitation offline
/// have one event. One that was written out from here comes back as itself.
package struct ICalendarImport {
  /// What became of a file.
  package struct Outcome: Sendable {
    package var created: [RecordID] = []
    package var changed: [RecordID] = []
    package var unchanged = 0
    /// The events that were not taken: the line in which each begins, and why.
    package var refused: [(line: Int, reason: String)] = []
  }

  /// How many bytes a file may have.
  static let bytesMax = 16 << 20

  private let events: [ICalendarReader.Event]
  private let refusals: [ICalendarReader.Refusal]
  private let editor: RecordEditor
  private let catalog: EntityCatalog

  /// Reads a file; times without a zone are those of `usualZone`.
  ///
  /// - Throws: ``ICalendarError``, or what `source` throws.
  package init(
    reading source: CSVReader.Source, usualZone: TimeZone, editor: RecordEditor,
    _ catalog: EntityCatalog
  ) throws {
    var bytes: [UInt8] = []
    while true {
      let chunk = try source()
      guard !chunk.isEmpty else { break }
      bytes += chunk
      guard bytes.count <= Self.bytesMax else { throw ICalendarError.tooLong }
    }
    let reader = try ICalendarReader(bytes, usualZone: usualZone)
    events = reader.events
    refusals = reader.refusals
    self.editor = editor
    self.catalog = catalog
  }

  /// What an event of ours is called elsewhere.
  static func uid(of id: RecordID) -> String { "\(id)@kith" }

  /// Writes the events, unless it is only asked what would become of them.
  package func run(in transaction: Transaction, isDryRun: Bool = false) throws -> Outcome {
    var outcome = Outcome()
    outcome.refused = refusals.map { ($0.line, $0.reason) }
    let addresses = try EventAddresses(in: transaction.snapshot.database)
    // A series comes before the times of it that were moved.
    for event in events.filter({ $0.occurrence == nil }) + events.filter({ $0.occurrence != nil }) {
      try take(event, addresses, &outcome, transaction, isDryRun)
    }
    return outcome
  }

  private func take(
    _ event: ICalendarReader.Event, _ addresses: EventAddresses, _ outcome: inout Outcome,
    _ transaction: Transaction, _ isDryRun: Bool
  ) throws {
    let entity = catalog.entity("event")
    let master = try self.master(event.uid, in: transaction.snapshot)
    let id = event.occurrence.map { Self.id(of: $0, in: master) } ?? master
    let state = try transaction.snapshot.record("event", id)
    if let state, state.isDeleted {
      outcome.refused.append((event.line, "it was deleted here; bring it back with restore"))
      return
    }
    guard !event.isCancelled || state != nil else {
      outcome.refused.append((event.line, "it was called off, and is not known here"))
      return
    }
    let assignments = try self.assignments(of: event, master, addresses, state)
    let plan =
      if let state {
        try editor.plan(editing: state, assignments, in: transaction.snapshot)
      } else {
        try editor.plan(new: entity, id: id, assignments, in: transaction.snapshot)
      }
    var isChanged = !plan.changes.isEmpty
    if !isDryRun {
      if isChanged { try plan.apply(in: transaction) }
      for attendee in event.attendees {
        let who = addresses.person(at: attendee.address)?.id.description ?? attendee.address
        guard try EventAnswer.write(attendee.answer, of: who, to: id, in: transaction) else {
          continue
        }
        isChanged = true
      }
    }
    switch (state == nil, isChanged) {
    case (true, _): outcome.created.append(id)
    case (false, true): outcome.changed.append(id)
    case (false, false): outcome.unchanged += 1
    }
  }

  /// The record that a UID names: ours if it was written out here, else one with an id derived from it.
  private func master(_ uid: String, in snapshot: Snapshot) throws -> RecordID {
    if uid.hasSuffix("@kith"), let id = RecordID(String(uid.dropLast(5))) { return id }
    return DerivedRecord.id(kind: "event", field: "uid", key: uid)
  }

  /// The record of a time that was moved, the same on every node.
  private static func id(of occurrence: LocalTime, in series: RecordID) -> RecordID {
    RecordID(
      derivedFrom: "event", [series.rawValue.bigEndianBytes, Array(occurrence.description.utf8)])
  }

  private func assignments(
    of event: ICalendarReader.Event, _ master: RecordID, _ addresses: EventAddresses,
    _ state: RecordState?
  ) throws -> [Assignment] {
    let entity = catalog.entity("event")
    var assignments: [Assignment] = []
    func set(_ field: String, _ operands: [Operand], _ operation: Assignment.Operation = .set)
      throws
    {
      assignments.append(
        try Assignment(field, operation, operands, of: entity, in: catalog))
    }
    func text(_ text: String?) -> [Operand] { text.map { [.value(.text($0))] } ?? [] }
    try set("title", text(NameFolding.normalized(event.title)))
    try set("span", [.value(event.span.value)])
    try set("place", text(event.place))
    try set("notes", text(event.notes))
    try set("recurrence", text(event.rule?.description))
    try set("exceptions", event.exceptions.map { .value(.text($0.description)) })
    try set("reminder_offsets", event.reminders.map { .value(.integer($0)) })
    if event.isCancelled { try set("archived", [.value(.bool(true))]) }
    if let occurrence = event.occurrence {
      try set("series", [.value(.reference(master))])
      try set("occurrence", text(occurrence.description))
    }
    if state == nil, !event.uid.hasSuffix("@kith") { try set("uid", text(event.uid)) }
    // Whoever has no address is in no file, and stays.
    var people: [String: [Value]] = [:]
    for attendee in event.attendees {
      if let person = addresses.person(at: attendee.address) {
        people[person.kind + "s", default: []].append(.reference(person.id))
      } else {
        people["guests", default: []].append(.text(attendee.address))
      }
    }
    for field in ["users", "contacts", "guests"] {
      let present = state?.elements(of: field) ?? []
      let new = (people[field] ?? []).filter { !present.contains($0) }
      if !new.isEmpty { try set(field, new.map { .value($0) }, .add) }
    }
    return assignments
  }
}
