import CRDTCore
import CRMDomain
import ReplicaStore

/// A walk through deals with single keys: each key runs a command that could have been typed.
final class DealWalk {
  /// What a key does.
  struct Key: Sendable {
    let character: Character
    /// What stands behind it in the line of keys.
    let label: String
    /// What is asked before; `nil` where nothing is.
    let question: String?
    /// The command, of the deal's short id and of what was answered.
    let line: @Sendable (_ id: String, _ answer: ValueText) -> String
    /// Whether the deal is done with by it; otherwise it is shown again.
    let isLast: Bool

    init(
      character: Character, label: String, question: String? = nil, isLast: Bool = false,
      line: @escaping @Sendable (_ id: String, _ answer: ValueText) -> String
    ) {
      self.character = character
      self.label = label
      self.question = question
      self.isLast = isLast
      self.line = line
    }
  }

  private let deals: [RecordID]
  private let keys: [Key]
  private let lines: (RecordID, RecordView) throws -> [String]?
  private let context: CommandContext
  private let reason: ValueText?
  private var index = 0
  /// Where commands changed something, and the operations that they were; the latest last.
  private var changes: [(place: Int, operation: OperationID)] = []

  /// - Parameters:
  ///   - deals: The deals, in the order of the walk.
  ///   - keys: What may be pressed beside s, u and q.
  ///   - reason: Why, in the words of the person, for every command.
  ///   - context: Where the commands are run.
  ///   - lines: What is shown of a deal; `nil` where there is nothing to do with it any more.
  init(
    _ deals: [RecordID], keys: [Key], because reason: ValueText?, in context: CommandContext,
    showing lines: @escaping (RecordID, RecordView) throws -> [String]?
  ) {
    self.deals = deals
    self.keys = keys
    self.reason = reason
    self.context = context
    self.lines = lines
  }

  /// Walks until the last deal, or until the person leaves.
  func run(_ key: @Sendable () -> Character?) async throws {
    walk: while index < deals.count {
      let shown = try context.read { try lines(deals[index], $0) }
      guard let shown else {
        index += 1
        continue
      }
      context.output.data("")
      context.output.data("\(index + 1) of \(deals.count)")
      for line in shown { context.output.data(line) }
      while true {
        context.output.data(
          (keys.map { "\($0.character) \($0.label)" } + ["s skip", "u undo", "q"])
            .joined(separator: " · "))
        guard let pressed = key() else { throw CancellationError() }
        if pressed == "q" { break walk }
        if try await act(on: pressed) { break }
      }
    }
    let count = changes.count
    context.output.data(
      "Looked at \(min(index + 1, deals.count)) of \(deals.count), "
        + "\(count) \(count == 1 ? "change" : "changes").")
  }

  /// Does what a key says; returns whether the walk goes on, to the same deal perhaps.
  private func act(on pressed: Character) async throws -> Bool {
    switch pressed {
    case "s":
      index += 1
      return true
    case "u": return try await undo()
    case _:
      guard let key = keys.first(where: { $0.character == pressed }) else {
        context.output.data("s leaves the deal as it is, u takes the last change back, q leaves")
        return false
      }
      return try await run(key)
    }
  }

  private func run(_ key: Key) async throws -> Bool {
    var answer = ValueText("")
    if let question = key.question {
      guard let typed = context.output.ask?("\(question) > ")?.trimmed, !typed.isEmpty else {
        return false
      }
      answer = ValueText(typed, form: .quoted)
    }
    let id = try context.read { try $0.shortID(deals[index], of: $0.catalog.entity("deal")) }
    let because = reason.map { " because \(ValueText($0.text, form: .quoted))" } ?? ""
    let before = try lastOperation()
    guard try await perform(key.line(id, answer) + because) else { return false }
    // What said so already was no change, and is not to be undone.
    if let operation = try lastOperation(), operation != before {
      changes.append((index, operation))
    }
    if key.isLast { index += 1 }
    return true
  }

  private func undo() async throws -> Bool {
    guard let last = changes.last else {
      context.output.data("Nothing was changed yet.")
      return false
    }
    let id = try context.read { try OperationView($0).shortID(last.operation) }
    guard try await perform("undo \(id) --yes") else { return false }
    changes.removeLast()
    index = last.place
    return true
  }

  /// The latest operation of this node.
  private func lastOperation() throws -> OperationID? {
    try context.read { view in
      guard let author = try view.snapshot.ownAuthor() else { return nil }
      return try OperationView(view).log.lastUndoable(by: author)?.id
    }
  }

  /// Runs a command line; says why where it cannot be.
  private func perform(_ line: String) async throws -> Bool {
    do {
      for command in try context.parser.parse(line) {
        _ = try await context.perform(command, context.output.data, context.output.talk)
      }
      return true
    } catch let error as any UserFacingError {
      context.talk([error.summary, error.hint].compactMap(\.self).joined(separator: " "))
      return false
    }
  }
}
