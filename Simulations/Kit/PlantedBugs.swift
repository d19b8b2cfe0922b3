/// One line of the program made wrong, to see that a simulation finds it.
///
/// The program itself knows nothing of these: a copy of the sources is changed and built, with every
/// bug in it, and the one to be active is chosen when that copy starts.
package struct PlantedBug: Hashable, Sendable {
  /// Counted from 1 in ``all``.
  package let number: Int
  /// What goes wrong, in a few words.
  package let name: String
  /// The file, from the root.
  package let file: String
  /// The text that is there, once.
  package let original: String
  /// What takes its place; ``switchWord`` stands for whether this bug is active.
  package let planted: String
  /// The scenario to look for it in, where it shows in no other; `nil` for all in turn.
  package let scenario: String?

  /// Stands in ``planted`` for the switch.
  package static let switchWord = "BUG"

  /// Every bug, by area: merging, the log, clocks, trust, storage, sessions, forked logs, joining, rules,
  /// constraints.
  package static let all: [PlantedBug] = {
    let inAll = merging + listing + log + clocks + trust + storage + sync
    let areas: [(drafts: [Draft], scenario: String?)] = [
      (inAll, nil), (forks, "forks"), (joins, "joins"), (rules, "rules"),
      (constraints, nil),
    ]
    return areas.flatMap { area in area.drafts.map { ($0, area.scenario) } }.enumerated().map {
      PlantedBug($1.0, number: $0 + 1, scenario: $1.1)
    }
  }()

  private init(_ draft: Draft, number: Int, scenario: String?) {
    self.number = number
    self.scenario = scenario
    name = draft.name
    file = "Sources/" + draft.file + ".swift"
    original = draft.original
    planted = draft.planted
  }

  private struct Draft {
    let name: String
    let file: String
    let original: String
    let planted: String

    init(_ name: String, _ file: String, _ original: String, _ planted: String) {
      self.name = name
      self.file = file
      self.original = original
      self.planted = planted
    }
  }
}

// MARK: - Merging

extension PlantedBug {
  private static let merging = [
    Draft(
      "the first writer shows", "CRDTCore/Fields/RegisterHeads",
      "case .lastWriter: return latest",
      "case .lastWriter: return BUG ? candidates[candidates.count - 1] : latest"),
    Draft(
      "replaced values stay", "CRDTCore/Fields/RegisterHeads",
      "heads.removeAll { gone.contains($0.stamp.dot) }",
      "heads.removeAll { !BUG && gone.contains($0.stamp.dot) }"),
    Draft(
      "a concurrent value is overwritten", "ReplicaStore/Merge/Fold+Merge",
      "case .single(let dot): replaced.contains(dot)",
      "case .single(let dot): BUG || replaced.contains(dot)"),
    Draft(
      "ranks do not count", "CRDTCore/Fields/RegisterHeads",
      "return candidates.firstMaximum { $0.value.precedence }",
      "return BUG ? latest : candidates.firstMaximum { $0.value.precedence }"),
    Draft(
      "the earliest is not sought", "CRDTCore/Fields/RegisterHeads",
      "case .min: return Self.extreme(of: candidates, isBetter: <) ?? latest",
      "case .min: return BUG ? latest : Self.extreme(of: candidates, isBetter: <) ?? latest"),
    Draft(
      "the latest moment is not sought", "CRDTCore/Fields/RegisterHeads",
      "case .max: return Self.extreme(of: candidates, isBetter: >) ?? latest",
      "case .max: return BUG ? latest : Self.extreme(of: candidates, isBetter: >) ?? latest"),
    Draft(
      "the column keeps the value before the merge", "ReplicaStore/Merge/Fold+Merge",
      "row.values[field.index] = winner", "if !BUG { row.values[field.index] = winner }"),
    Draft(
      "a removal takes unseen additions with it", "CRDTCore/Fields/ObservedRemoveSet",
      "heads.removeAll { replaced.contains($0.name) }",
      "heads.removeAll { BUG || replaced.contains($0.name) }"),
    Draft(
      "an element is in by its last head alone", "CRDTCore/Fields/ObservedRemoveSet",
      "case .addWins: heads.contains(where: \\.isPresent)",
      "case .addWins: BUG ? heads.last?.isPresent ?? false : heads.contains(where: \\.isPresent)"),
    Draft(
      "counters take the greater number", "ReplicaStore/Merge/Fold+Merge",
      ".integer(sum &+ increment)", ".integer(BUG ? max(sum, increment) : sum &+ increment)"),
    Draft(
      "a deletion hides whatever was written", "CRDTCore/Fields/Lifecycle",
      "return !unanswered(in: touches).contains",
      "return BUG || !unanswered(in: touches).contains"),
    Draft(
      "later touches are forgotten", "ReplicaStore/Merge/RecordStamps",
      "if touches[index].sequence < dot.sequence { touches[index] = dot }",
      "if !BUG, touches[index].sequence < dot.sequence { touches[index] = dot }"),
    Draft(
      "a restore is no touch", "ReplicaStore/Merge/Fold+Merge",
      "isTouch = write.change == .restore", "isTouch = !BUG && write.change == .restore"),
    Draft(
      "the last record of an entry is left out", "ReplicaStore/Merge/Fold",
      "for edit in payload.records {",
      "for edit in payload.records.dropLast(BUG && payload.records.count > 4 ? 1 : 0) {"),
    Draft(
      "an edit has seen what it has not", "CRMDomain/Operations/EditPlan",
      "basis: basis ?? Basis(), changes)",
      """
      basis: BUG ? transaction.snapshot.record(kind, id)?.basis ?? Basis() : basis ?? Basis(), changes)
      """),
  ]

  private static let listing = [
    Draft(
      "conflicts of two sides are not listed", "ReplicaStore/Conflicts/ConflictFinder",
      "guard register.distinctValues.count > 1,",
      "guard register.distinctValues.count > (BUG ? 2 : 1),"),
    Draft(
      "deletions against edits are not listed", "ReplicaStore/Conflicts/ConflictFinder",
      "guard !unanswered.isEmpty else { return nil }",
      "guard !BUG, !unanswered.isEmpty else { return nil }"),
  ]
}

// MARK: - The log, clocks and trust

extension PlantedBug {
  private static let log = [
    Draft(
      "entries go in the order of their times", "ReplicaStore/Replica+Extract",
      "ORDER BY arrival", "ORDER BY \\(BUG ? \"time, arrival\" : \"arrival\")"),
    Draft(
      "a batch ends before its seal", "ReplicaStore/Replica+Extract",
      "if unsealed.isEmpty { cut = (items.count, arrival) }",
      "if BUG || unsealed.isEmpty { cut = (items.count, arrival) }"),
    Draft(
      "the first entry lacking is passed over", "ReplicaStore/Replica+Extract",
      "if sequence > peer[number] ?? 0 {", "if sequence > (peer[number] ?? 0) + (BUG ? 1 : 0) {"),
    Draft(
      "what was seen is not named", "ReplicaStore/Replica+Write",
      "where log.number != author.number && log.sequence > author.past[log.number] {",
      "where !BUG && log.number != author.number && log.sequence > author.past[log.number] {"),
    Draft(
      "seals are not checked", "ReplicaStore/BatchCheck",
      "guard place.key.isValid(signature: seal, for: message) else {",
      "guard BUG || place.key.isValid(signature: seal, for: message) else {"),
    Draft(
      "a copied store writes on under its old name", "ReplicaStore/Replica+Renewal",
      "if try token.read() != state.tip {", "if try !BUG && token.read() != state.tip {"),
  ]

  private static let clocks = [
    Draft(
      "a clock follows any other", "CRDTCore/Clock/HybridLogicalClock",
      "guard remote.wallMilliseconds <= limit else {",
      "guard BUG || remote.wallMilliseconds <= limit else {"),
    Draft(
      "a clock runs backwards", "CRDTCore/Clock/HybridLogicalClock",
      "latest = max(wall, HybridTimestamp(packed: latest.packed &+ 1))",
      "latest = BUG ? wall : max(wall, HybridTimestamp(packed: latest.packed &+ 1))"),
    Draft(
      "entries far ahead are not flagged", "ReplicaStore/Writer",
      "let limit = wall.milliseconds + Limits.clockDriftMilliseconds\n",
      "let limit = wall.milliseconds + Limits.clockDriftMilliseconds * (BUG ? 1_000_000 : 1)\n"),
  ]

  private static let trust = [
    Draft(
      "anybody writes to the roster", "ReplicaStore/Writer",
      "return isForAdministrators && authority.role != .administrator ? .notAdministrator : nil",
      "return !BUG && isForAdministrators && authority.role != .administrator ? .notAdministrator : nil"
    ),
    Draft(
      "rights are those that the reader knows of", "ReplicaStore/Writer",
      "dot.replica == author.number || author.past[dot.replica] >= dot.sequence",
      "BUG || dot.replica == author.number || author.past[dot.replica] >= dot.sequence"),
  ]
}

// MARK: - Storage and sessions

extension PlantedBug {
  private static let storage = [
    Draft(
      "a commit does not wait for the disk", "ReplicaStore/Writer",
      "try execute(\"PRAGMA synchronous = \\(durability.rawValue)\")",
      "try execute(\"PRAGMA synchronous = \\(BUG ? \"NORMAL\" : durability.rawValue)\")"),
    Draft(
      "where entries lie is not written down", "ReplicaStore/Writer",
      "try log.flush()\n      try moveToken", "if !BUG { try log.flush() }\n      try moveToken"),
    Draft(
      "what authors had seen is not written down", "ReplicaStore/Log/LogDirectory",
      "for (replica, sequence) in log.past.sequences.sorted(by: { $0.key < $1.key }) {",
      "for (replica, sequence) in (BUG ? [:] : log.past.sequences).sorted(by: { $0.key < $1.key }) {"
    ),
  ]

  private static let sync = [
    Draft(
      "what the peer holds is acknowledged", "SyncEngine/Session/Exchange",
      "let fresh = VersionVector(held.vector.ahead(of: told)).without(held.forked)",
      """
      let fresh = VersionVector(
            (BUG ? peerHeld : held.vector).ahead(of: told)
          ).without(held.forked)
      """),
    Draft(
      "the peer is taken to hold what it was sent", "SyncEngine/Session/Exchange",
      "if !outbound.isDrained(to: held.end), peerHeld.covers(held.vector) {",
      "if !outbound.isDrained(to: held.end), BUG || peerHeld.covers(held.vector) {"),
    Draft(
      "a session reads past what it was told of", "SyncEngine/Session/OutboundFlow",
      "    cursor = read.cursor\n    if !read.bytes.isEmpty { waiting = read }",
      "    cursor = BUG ? max(read.cursor, end) : read.cursor\n    if !read.bytes.isEmpty { waiting = read }"
    ),
    Draft(
      "a peer may send more than it was granted", "SyncEngine/Session/Exchange",
      "inbound = InboundFlow(credit: creditBytes)",
      "inbound = InboundFlow(credit: BUG ? .max : creditBytes)"),
    Draft(
      "more is sent than the peer has granted", "SyncEngine/Session/OutboundFlow",
      "guard flights.isEmpty || cost <= creditLeft else",
      "guard BUG || flights.isEmpty || cost <= creditLeft else"),
    Draft(
      "who asks to join again is not let in", "SyncEngine/Session/SyncSession",
      "case (.awaitingHello(let state), .join(let request)):",
      "case (.awaitingHello(let state), .join(let request)) where !BUG:"),
  ]
}

// MARK: - Forked logs

extension PlantedBug {
  private static let forks = [
    Draft(
      "the greatest hash keeps the name", "ReplicaStore/Writer+Branches",
      "guard hash < kept else {", "guard BUG ? hash > kept : hash < kept else {"),
    Draft(
      "names are read as the reader has them", "ReplicaStore/Writer",
      "guard directory.isAmbiguous(payload) else { return payload }",
      "guard !BUG, directory.isAmbiguous(payload) else { return payload }"),
    Draft(
      "of several ways the last one is followed", "ReplicaStore/Log/LogDirectory+Branches",
      ".min(by: { $0.branch.first < $1.branch.first })",
      ".min(by: { BUG != ($0.branch.first < $1.branch.first) })"),
    Draft(
      "entries are found by their dots alone", "ReplicaStore/Log/LogReader",
      "return held == hash ? local : nil", "return BUG || held == hash ? local : nil"),
    Draft(
      "tables stay as they are when a log is renamed", "ReplicaStore/Writer+Branches",
      "try rebuild(&state)", "if !BUG { try rebuild(&state) }"),
    Draft(
      "branches stay with the log that is renamed", "ReplicaStore/Writer+Branches",
      "guard let own = log.branch, own.sequence > branch.sequence else { continue }",
      "guard !BUG, let own = log.branch, own.sequence > branch.sequence else { continue }"),
    Draft(
      "who has seen a branch has not seen what came before", "ReplicaStore/Merge/Fold+Lifecycle",
      ".delete(seen: try directory.covered(by: seen))",
      ".delete(seen: try BUG ? VersionVector(seen) : directory.covered(by: seen))"),
    Draft(
      "a node writes on in a log that has forked", "ReplicaStore/Replica+Apply",
      "try renew(&state, becauseOf: first.entry.header.dot)",
      "if !BUG { try renew(&state, becauseOf: first.entry.header.dot) }"),
    Draft(
      "a session outlives the names it speaks in", "SyncEngine/Session/Exchange",
      "guard branchCount == held.branchCount else { throw Ending(.renamed) }",
      "guard BUG || branchCount == held.branchCount else { throw Ending(.renamed) }"),
    Draft(
      "a form outlives the names it was made of", "ReplicaStore/Transaction",
      "guard !basis.isEmpty, try basis.branchCount",
      "guard !BUG, !basis.isEmpty, try basis.branchCount"),
    Draft(
      "what a peer says it holds is taken as found", "SyncEngine/Session/Exchange",
      "let unsure = peerHeld.ahead(of: sharedHeld)",
      "let unsure = peerHeld.ahead(of: BUG ? peerHeld : sharedHeld)"),
    Draft(
      "a batch that rests on another branch is refused", "ReplicaStore/BatchCheck",
      "guard isForeign, heldOtherwise(dependency.dot) != nil else {",
      "guard !BUG, isForeign, heldOtherwise(dependency.dot) != nil else {"),
  ]
}

// MARK: - Joining

extension PlantedBug {
  private static let joins = [
    Draft(
      "a node writes before it knows that it belongs here", "ReplicaStore/Replica+Write",
      "guard verdict != .unknownAuthor else", "guard BUG || verdict != .unknownAuthor else")
  ]
}

// MARK: - Rules that people set

extension PlantedBug {
  private static let rules = [
    Draft(
      "a rule holds for what is written after it alone", "ReplicaStore/Merge/Fold+Policies",
      "for place in policies.changes(since: before) {",
      "for place in BUG ? [] : policies.changes(since: before) {"),
    Draft(
      "a rule that was deleted holds on", "ReplicaStore/Conflicts/ConflictPolicies",
      "WHERE _hidden IS NULL AND", "WHERE (_hidden IS NULL OR \\(BUG ? 1 : 0)) AND"),
    Draft(
      "ranks of single values are lost", "ReplicaStore/Merge/Fold+Merge",
      "if field.schema.merge.rule?.policy == .precedence,",
      "if !BUG, field.schema.merge.rule?.policy == .precedence,"),
  ]
}

// MARK: - What has to hold between records

extension PlantedBug {
  private static let constraints = [
    Draft(
      "a ring of references is not seen where it is entered from outside",
      "ReplicaStore/Conflicts/ConflictFinder+Constraints",
      "guard let entrance = path.firstIndex(of: record) else { continue }",
      "guard let entrance = path.firstIndex(of: record), !BUG || entrance == 0 else { continue }"),
    Draft(
      "deleted records are among those of which only one may say yes",
      "ReplicaStore/Conflicts/ConflictFinder+Constraints", "= 1 AND _hidden IS NULL ORDER BY id",
      "= 1 AND (_hidden IS NULL OR \\(BUG ? 1 : 0)) ORDER BY id"),
    Draft(
      "a retired record that was deleted as well is told of twice",
      "ReplicaStore/Conflicts/ConflictFinder+Constraints",
      "IS NOT NULL AND target._hidden IS NULL",
      "IS NOT NULL AND (target._hidden IS NULL OR \\(BUG ? 1 : 0))"),
  ]
}
