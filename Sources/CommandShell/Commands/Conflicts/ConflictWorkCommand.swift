import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict work`: walks through the open conflicts one by one, with single keys.
package struct ConflictWorkCommand: ShellCommand {
  package let name = "conflict work"
  package let summary = "Walks through the conflicts one by one; a key settles each."
  package let syntax = [
    "conflict work [where FILTER] [because \"WHY\"]",
    "keys     a b c take · k keep · m merge · e edit · d defer · s skip · g graph",
    "         1 2 3 repair · y same again · u undo the last one · ? keys · q leave",
  ]
  package let examples = [
    "conflict work",
    "conflict work where entity = deal and author = lena",
    "conflict work where field = amount",
    "conflict work where written < monday",
  ]
  package let use = CommandUse(clauses: [.where, .because], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let key = context.output.key else {
      throw RecordError.needsAnswer(what: "Each conflict", command: "conflict list")
    }
    let ids = try context.read { view in
      let test = try command.clauses.filter.map {
        try ConflictFilter(command: command, view: view).test($0)
      }
      return try ConflictFinding(view).all.filter { $0.status == .open }
        .filter { try test?($0) ?? true }.map(\.fullID)
    }
    guard !ids.isEmpty else {
      context.output.data("No conflict waits for you.")
      return .done
    }
    try ConflictWalk(ids, command, context, key).run()
    return .done
  }
}

/// A walk through conflicts, and what was done on it.
private final class ConflictWalk {
  /// What a key did to a conflict, as far as the next one may be treated alike.
  private struct Act {
    let verb: String
    let signature: [String]
  }

  private let ids: [String]
  private let reason: String?
  private let context: CommandContext
  private let key: @Sendable () -> Character?
  private var index = 0
  /// The ones settled on this walk, by their places, the latest last.
  private var settled: [Int] = []
  private var repairedCount = 0
  private var last: Act?

  init(
    _ ids: [String], _ command: Command, _ context: CommandContext,
    _ key: @escaping @Sendable () -> Character?
  ) {
    self.ids = ids
    reason = command.clauses.reason?.text
    self.context = context
    self.key = key
  }

  func run() throws {
    while index < ids.count {
      let signature = try show()
      guard let signature else {
        context.output.data("\(place)  settled meanwhile")
        index += 1
        continue
      }
      var isDone = false
      while !isDone {
        let same = last?.signature == signature ? last : nil
        context.output.data(
          "a b take · 1 2 repair · k keep · m merge · e edit · d defer · s skip · g graph · u undo · ? · q"
            + (same.map { " · y same again: \($0.verb)" } ?? ""))
        guard let pressed = key() else { throw CancellationError() }
        if pressed == "q" { return tellEnd() }
        do {
          isDone = try act(on: pressed, signature, same: same)
        } catch let error as any UserFacingError {
          context.talk(error.summary)
        }
      }
    }
    tellEnd()
  }

  private var place: String { "\(index + 1) of \(ids.count)" }

  private func tellEnd() {
    context.output.data("Settled \(settled.count + repairedCount) of \(ids.count).")
  }

  /// Shows the present conflict, and says what it has in common with ones alike; `nil` if it is gone.
  private func show() throws -> [String]? {
    try context.read { view in
      let finding = try ConflictFinding(view)
      guard let conflict = finding.all.first(where: { isPresent($0) }) else { return nil }
      context.output.data("")
      context.output.data(place)
      for line in try ConflictShowCommand.lines(of: conflict) { context.output.data(line) }
      return try signature(of: conflict)
    }
  }

  private func isPresent(_ conflict: ConflictDescription) -> Bool {
    conflict.fullID == ids[index]
      || conflict.reopening.map { "x" + $0.former.text == ids[index] } == true
  }

  /// Field and nodes: what two conflicts share that one decision may fit.
  private func signature(of conflict: ConflictDescription) throws -> [String] {
    try [
      conflict.conflict.kind.rawValue, conflict.entity?.name ?? "", conflict.conflict.field ?? "",
    ]
      + conflict.conflict.sides.map { try conflict.names.node($0.stamp.dot, conflict.view) }
  }

  /// Does what a key says; returns whether the walk goes on to the next conflict.
  private func act(on pressed: Character, _ signature: [String], same: Act?) throws -> Bool {
    switch pressed {
    case "a", "b", "c":
      try settle("take \(pressed.uppercased())", signature)
    case "k": try settle("keep", signature)
    case "m": try settle("merge", signature)
    case "y":
      guard let same else { return false }
      try settle(same.verb, signature)
    case "e": return try edit(signature)
    case "d": return try deferred()
    case "s": index += 1
    case "1"..."9": try repair(pressed)
    case "u":
      try undo()
    case "g":
      try context.read { view in
        let found = try ConflictFinding(view).all.first(where: isPresent)
        for line in try found.map({ try ConflictGraph($0).view() })?
          .lines(style: context.output.style) ?? []
        {
          context.output.data(line)
        }
      }
      return false
    case _:
      context.output.data(
        "a takes side A, k keeps what shows, s leaves it for another time, q leaves")
      return false
    }
    return true
  }

  private func settle(_ verb: String, _ signature: [String]) throws {
    let short = String(ids[index].prefix(ConflictDescription.digitCount + 1))
    let side = verb.split(separator: " ").dropFirst().first.map { " \($0)" } ?? ""
    let text = "conflict \(verb.prefix { $0 != " " }) \(short)\(side)"
    try write(text) { conflict, transaction in
      let settlement = Settlement(conflict, transaction)
      switch verb {
      case "keep": return try settlement.keep(because: self.reason)
      case "merge":
        let account = try ConflictAccount(conflict)
        guard account.isText else { throw ConflictError.needsPerson(short) }
        guard let merged = account.mergedText else {
          throw ConflictError.overlap(short, places: account.overlaps)
        }
        return try settlement.set(text: merged)
      case _:
        return try settlement.take(conflict.side(named: String(side.dropFirst())).side)
      }
    }
    last = Act(verb: verb, signature: signature)
    settled.append(index)
    index += 1
  }

  /// Repairs what several records have broken; `undo` takes that back, as it may be several writes.
  private func repair(_ way: Character) throws {
    let short = ids[index].prefix(ConflictDescription.digitCount + 1)
    try write("conflict repair \(short) \(way)") { conflict, transaction in
      let repair = try ConflictRepairCommand.repair(String(way), of: conflict)
      try repair.apply(conflict.view, in: transaction)
      return conflict.settled(by: repair)
    }
    context.talk("Take it back with: undo")
    repairedCount += 1
    index += 1
  }

  /// Settles the present conflict in one entry, and tells what came of it.
  private func write(
    _ text: String, _ body: (ConflictDescription, Transaction) throws -> SettledConflict
  ) throws {
    let result = try context.node.replica().write(reason: reason, command: text) { transaction in
      let view = try RecordView(context, transaction.snapshot)
      guard let conflict = try ConflictFinding(view).all.first(where: isPresent) else {
        throw RecordError.noSuchConflict(ids[index])
      }
      return try body(conflict, transaction)
    }
    SettledConflict.tell([result], context)
  }

  private func edit(_ signature: [String]) throws -> Bool {
    guard let typed = context.output.ask?("value > "), !typed.isEmpty else { return false }
    let short = ids[index].prefix(ConflictDescription.digitCount + 1)
    try write("conflict edit \(short)") { conflict, transaction in
      guard let decision = try conflict.decision(typed: typed),
        try decision.write(in: transaction)
      else { throw ConflictError.needsPerson(conflict.shortID) }
      return SettledConflict(
        id: conflict.fullID, shortID: conflict.shortID, outcome: decision.text, kept: [])
    }
    settled.append(index)
    index += 1
    return true
  }

  private func deferred() throws -> Bool {
    guard let typed = context.output.ask?("until > "), !typed.isEmpty else { return false }
    let time = try DateReader(calendar: context.calendar).read(typed)
      .start(in: context.calendar)
    try context.node.replica().write(reason: reason, command: "conflict defer") { transaction in
      let view = try RecordView(context, transaction.snapshot)
      guard let conflict = try ConflictFinding(view).all.first(where: isPresent) else { return }
      try ConflictHandling.defer(conflict.conflict.id, until: time, in: transaction)
    }
    context.output.data("Deferred until \(context.format.dayOrMoment(time)).")
    index += 1
    return true
  }

  /// Reopens the conflict settled last, and goes back to it.
  private func undo() throws {
    guard let place = settled.last else {
      context.output.data("Nothing was settled yet.")
      return
    }
    let short = String(ids[place].prefix(ConflictDescription.digitCount + 1))
    try context.node.replica().write(reason: reason, command: "conflict undo \(short)") {
      let view = try RecordView(context, $0.snapshot)
      _ = try ConflictReopener(view, $0).reopen(short)
    }
    context.output.data("Reopened \(short).")
    settled.removeLast()
    last = nil
    index = place
  }
}

extension ConflictAccount {
  /// Where the edits of a text overlap, in words.
  fileprivate var overlaps: [String] {
    if case .overlapping(let overlaps)? = merging() { overlaps.map(\.sentence) } else { [] }
  }
}
