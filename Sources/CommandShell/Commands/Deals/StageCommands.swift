import CRDTCore
import CRMDomain
import ReplicaStore

/// `stage add`: makes a stage, at its place in a process.
package struct StageAddCommand: ShellCommand {
  package let name = "stage add"
  package let summary =
    "Makes a stage at its place in a process; further fields are those of `edit`."
  package let syntax = [
    "stage add NAME [process=PROCESS] [after=STAGE | before=STAGE] [FIELD=VALUE …] [because \"WHY\"]"
  ]
  package let examples = [
    "stage add Discovery after=Prospecting probability=30",
    "stage add \"Lost to a competitor\" process=classic kind=lost probability=0",
    "stage add Demo process=sales before=Won phase=opportunity patience_days=14",
    "stage add Parked kind=archived because \"for deals that wait for a budget\"",
  ]
  package let use = CommandUse(
    words: 1, takesAssignments: true, clauses: [.because], options: ["dry-run"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let name = command.allWords.first else {
      throw RecordError.missing("a name", example: examples[0])
    }
    let own = ["process", "after", "before"]
    let (places, fields) = command.assignments.divided { own.contains($0.field.description) }
    let words = try AssignedWords(
      command.replacing(targets: command.targets, assignments: places), allowing: own)
    let line = try context.write(command) { view, transaction in
      let stages = try StagePlaces(process: words["process"], view)
      guard stages.all.stage(named: name, of: stages.process) == nil else {
        throw DealError.stageExists(name, process: stages.processName)
      }
      let position = try stages.position(after: words["after"], before: words["before"])
      let entity = view.catalog.entity("stage")
      let edit = command.replacing(targets: [], assignments: fields)
      var assignments = try AssignmentWords(view: view, entity: entity).assignments(of: edit)
      func add(_ field: String, _ operand: Operand) throws {
        assignments.append(
          try CRMDomain.Assignment(field, .set, [operand], of: entity, in: view.catalog))
      }
      try add("process", .value(.reference(stages.process)))
      try add("name", .text(name))
      try add("position", .value(.text(position)))
      for (field, usual) in [("kind", "open"), ("phase", "opportunity")]
      where !assignments.contains(where: { $0.path.field.name == field }) {
        try add(field, .text(usual))
      }
      let plan = try view.editor(for: command).plan(
        new: entity, id: ProcessSetUp.id(ofStage: name, in: stages.process), assignments,
        in: view.snapshot)
      if !context.options.isDryRun { try plan.apply(in: transaction) }
      return stages.line(adding: name, at: position)
    }
    context.output.data(
      PlainText.oneLine((context.options.isDryRun ? "Would be: " : "") + line))
    return .done
  }
}

/// `stage move`: puts a stage elsewhere among those of its process.
package struct StageMoveCommand: ShellCommand {
  package let name = "stage move"
  package let summary = "Puts a stage before or behind another one of its process."
  package let syntax = ["stage move NAME after|before STAGE [process=PROCESS] [because \"WHY\"]"]
  package let examples = [
    "stage move Discovery after Prospecting",
    "stage move Negotiation before \"Closed won\" process=classic",
    "stage move Demo before Proposal because \"we show it first now\"",
    "stage move Demo after Prospecting --dry-run",
  ]
  package let use = CommandUse(
    words: 3, takesAssignments: true, clauses: [.because], options: ["dry-run"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard words.count == 3, ["after", "before"].contains(words[1].lowercased()) else {
      throw RecordError.missing("a stage, after or before, and another", example: examples[0])
    }
    let options = try AssignedWords(command, allowing: ["process"])
    let line = try context.write(command) { view, transaction in
      let stages = try StagePlaces(process: options["process"], view)
      let moved = try stages.stage(words[0])
      let other = ValueText(words[2])
      guard try stages.stage(words[2]) != moved else { throw DealError.sameStage(words[0]) }
      let isAfter = words[1].lowercased() == "after"
      let position = try stages.position(
        after: isAfter ? other : nil, before: isAfter ? nil : other, without: moved)
      guard let state = try view.snapshot.record("stage", moved.id) else {
        throw DealError.noSuchStage(words[0], process: stages.processName, names: [])
      }
      if !context.options.isDryRun {
        try transaction.edit(
          "stage", moved.id, basis: state.basis, [FieldChange("position", .set(.text(position)))])
      }
      return stages.line(adding: moved.name, at: position, without: moved)
    }
    context.output.data(
      PlainText.oneLine((context.options.isDryRun ? "Would be: " : "") + line))
    return .done
  }
}

/// `stage retire`: takes a stage out of use, and its deals to another one.
package struct StageRetireCommand: ShellCommand {
  package let name = "stage retire"
  package let summary =
    "Takes a stage out of use; its deals go to another one. Undo brings it back."
  package let syntax = ["stage retire NAME to STAGE [process=PROCESS] [because \"WHY\"]"]
  package let examples = [
    "stage retire Demo to Proposal",
    "stage retire Prospecting to Engaging process=sales --yes",
    "stage retire Demo to Proposal because \"nobody used it\"",
    "stage retire Demo to Proposal --dry-run",
  ]
  package let use = CommandUse(
    words: 3, takesAssignments: true, clauses: [.because], options: ["dry-run"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard words.count == 3, words[1].lowercased() == "to" else {
      throw RecordError.missing(
        "a stage, to, and the one that takes its place", example: examples[0])
    }
    let options = try AssignedWords(command, allowing: ["process"])
    let plan = try context.read { view in
      try RetirePlan(words[0], to: words[2], StagePlaces(process: options["process"], view), view)
    }
    let question = BulkChange(
      count: max(1, plan.deals.count),
      heading: "Would move \(plan.count) to \(plan.target.name) and retire \(plan.retired.name)",
      lines: plan.labels, question: "Retire \(plan.retired.name)?", noun: "deal")
    guard try !question.chosen(for: command, in: context).isEmpty else { return .done }
    try plan.write(command, context)
    context.output.data(
      PlainText.oneLine("Retired \(plan.retired.name); \(plan.count) moved to \(plan.target.name).")
    )
    return .done
  }
}

/// A stage that is to be retired, and the deals that stand in it.
private struct RetirePlan {
  let retired: DealStages.Stage
  let target: DealStages.Stage
  let deals: [RecordID]
  let labels: [String]

  var count: String { deals.count == 1 ? "1 deal" : "\(PeopleFormat.number(deals.count)) deals" }

  init(_ name: String, to other: String, _ stages: StagePlaces, _ view: RecordView) throws {
    retired = try stages.stage(name)
    target = try stages.stage(other)
    guard retired != target else { throw DealError.sameStage(name) }
    let entity = view.catalog.entity("deal")
    var query = RecordQuery(
      entity, filter: .compare(["stage"], .equal, .value(.reference(retired.id))))
    query.columns = []
    query.includesArchived = true
    deals = try query.rows(in: view.snapshot.database, view.queries).map(\.id)
    let shown = BulkChange.lineCount(of: deals.count, in: view.context)
    labels =
      deals.isEmpty
      ? [retired.name]
      : try deals.prefix(shown).map {
        "\(try view.shortID($0, of: entity)) \(try view.name(of: $0, entity))"
      }
  }

  func write(_ command: Command, _ context: CommandContext) throws {
    var size = WriteSize.oneWrite
    for _ in deals { size += WriteSize(count: 8, bytes: 700) }
    let items: [RecordID?] = [nil] + deals
    _ = try SplitWriting(context: context, reason: command.clauses.reason?.text, size: size).run(
      items, preparing: { _ in }
    ) { _, view, transaction in
      { item -> SplitWriting.Written<RecordID> in
        guard let deal = item else {
          try retire(in: transaction)
          return (nil, .oneWrite)
        }
        guard let state = try view.snapshot.record("deal", deal), !state.isDeleted else {
          return (nil, WriteSize())
        }
        let plan = try view.editor(for: command, mode: .file).plan(
          editing: state,
          [
            try CRMDomain.Assignment(
              "stage", .set, [.value(.reference(target.id))],
              of: view.catalog.entity("deal"), in: view.catalog)
          ], in: view.snapshot)
        try plan.apply(in: transaction)
        return (deal, plan.size)
      }
    }
  }

  private func retire(in transaction: Transaction) throws {
    let state = try transaction.snapshot.record("stage", retired.id)
    try transaction.edit(
      "stage", retired.id, basis: state?.basis ?? Basis(),
      [FieldChange("retired_to", .set(.reference(target.id)))])
  }
}

/// The stages of one process, and the places between them.
struct StagePlaces {
  let all: DealStages
  let process: RecordID
  let processName: String
  private let positions: [RecordID: String]

  /// Reads the stages of the process that a word names, or of the one in which new deals begin.
  init(process word: ValueText?, _ view: RecordView) throws {
    all = try DealStages(in: view.snapshot.database)
    guard let outline = try ProcessOutline(named: word?.text, in: view.snapshot.database) else {
      throw DealError.noSuchProcess(
        word?.text ?? "", names: try ProcessOutline.names(in: view.snapshot.database))
    }
    process = outline.id
    processName = outline.name
    positions = try Dictionary(
      uniqueKeysWithValues: all.stages(of: process).map { stage in
        let state = try view.snapshot.record("stage", stage.id)
        guard case .text(let position)? = state?["position"] else { return (stage.id, "") }
        return (stage.id, position)
      })
  }

  func stage(_ name: String) throws -> DealStages.Stage {
    guard let stage = all.stage(named: name, of: process) else {
      throw DealError.noSuchStage(
        name, process: processName, names: all.stages(of: process).map(\.name))
    }
    return stage
  }

  /// A key behind one stage, before another one, or, if neither is named, before the ends of the process.
  func position(
    after: ValueText?, before: ValueText?, without moved: DealStages.Stage? = nil
  ) throws -> String {
    let stages = all.stages(of: process).filter { $0 != moved }
    var place = stages.firstIndex { $0.kind != .open } ?? stages.count
    if let after { place = (stages.firstIndex(of: try stage(after.text)) ?? 0) + 1 }
    if let before { place = stages.firstIndex(of: try stage(before.text)) ?? 0 }
    func key(_ index: Int) -> String? {
      stages.indices.contains(index) ? positions[stages[index].id] : nil
    }
    return PositionKey.between(key(place - 1), key(place))
  }

  /// `sales: Prospecting → Discovery → Won → Lost`, with a stage at a place.
  func line(
    adding name: String, at position: String, without moved: DealStages.Stage? = nil
  ) -> String {
    var names = all.stages(of: process).filter { $0 != moved }.map {
      (position: positions[$0.id] ?? "", name: $0.name)
    }
    let place = names.firstIndex { $0.position > position } ?? names.count
    names.insert((position, name), at: place)
    return "\(processName): \(names.map(\.name).joined(separator: " → "))"
  }
}

extension Array {
  /// Those that meet a condition, and the others, in their order.
  fileprivate func divided(by isMet: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(isMet), filter { !isMet($0) })
  }
}
