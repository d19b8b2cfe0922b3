import CRDTCore
import CRMDomain
import ReplicaStore

/// `review pipeline`: walks through the open deals with the team, and keeps what is decided of each.
struct PipelineReview {
  private static let type = "pipeline review"
  /// The value of the list that it is, once somebody has decided anything.
  private static let typeValue = ListedValue(
    kind: "picklist", list: "engagement_type", name: type
  ).id

  private let command: Command
  private let context: CommandContext

  init(_ command: Command, in context: CommandContext) {
    self.command = command
    self.context = context
  }

  private static func decide(_ character: Character, _ decision: String) -> DealWalk.Key {
    DealWalk.Key(character: character, label: decision, isLast: true) {
      line($0, decision: $1, decision)
    }
  }

  /// The command that keeps a decision: of what was answered, else of what the key says.
  private static func line(_ id: String, decision answer: ValueText, _ said: String) -> String {
    let text = answer.text.isEmpty ? said : answer.text
    let decision = ValueText(text, form: .quoted)
    return
      "new engagement subject=\"Pipeline review\" type=\"\(type)\" deals=\(id) direction=internal decisions=\(decision)"
  }

  private static let keys = [
    decide("k", "keep on"), decide("b", "bring to the next round"),
    DealWalk.Key(
      character: "o", label: "own words", question: "decision", isLast: true,
      line: { line($0, decision: $1, "") }),
    DealWalk.Key(character: "d", label: "date", question: "date") {
      "edit \($0) target_close=\($1)"
    },
    DealWalk.Key(character: "n", label: "next step", question: "next step") {
      "edit \($0) next_action=\($1)"
    },
    DealWalk.Key(character: "p", label: "chance", question: "chance") {
      "edit \($0) probability_override=\($1)"
    },
  ]

  /// Walks where somebody can press keys; elsewhere prints what there is to review.
  func run() async throws -> ExitCode {
    let deals = try context.read { view in
      let reader = FilterReader(view: view, entity: view.catalog.entity("deal"))
      let request = view.dealRequest(try reader.filter(of: command))
      return try DealHygiene.findings(for: request, in: view.snapshot.database).map(\.deal)
    }
    guard let key = context.output.key else {
      try context.read { view in
        for deal in deals { for line in try Self.lines(deal, view) { context.output.data(line) } }
      }
      return .done
    }
    guard !deals.isEmpty else {
      context.output.data("There is no open deal.")
      return .done
    }
    try await DealWalk(
      deals, keys: Self.keys, because: command.clauses.reason, in: context, showing: Self.lines
    ).run(key)
    return .done
  }

  /// The deal, what is wrong with it, and what was decided the last time.
  private static func lines(_ id: RecordID, _ view: RecordView) throws -> [String] {
    let finding = try DealHygiene.findings(
      for: view.dealRequest(.records([id])), in: view.snapshot.database
    ).first
    var lines = try view.dealLines(id)
    lines += (finding?.problems ?? []).map { "  ! \(DealsInNeed.words($0, view))" }
    let engagement = view.catalog.entity("engagement")
    var query = RecordQuery(
      engagement,
      filter: .and([
        .has(["deals"], all: false, [.value(.reference(id))]),
        .compare(["type"], .equal, .value(.reference(typeValue))),
      ]))
    query.sort = [RecordQuery.SortKey(["date_time"], isDescending: true)]
    query.columns = [["date_time"], ["decisions"]]
    query.limit = 1
    let paths = try query.paths(in: view.catalog)
    for row in try query.rows(in: view.snapshot.database, view.queries) {
      let texts = zip(row.cells, paths).map { view.text($0, of: $1.field) }
      lines.append(PlainText.oneLine("  last decided: \(texts.joined(separator: ", "))"))
    }
    return lines
  }
}
