import CRMDomain
import ReplicaStore

/// A change of records that was worked out and waits for a yes.
struct BulkChange {
  /// How many records a preview shows.
  static let previewed = 10
  /// Above this many records the count has to be typed instead of a yes.
  private static let countTyped = 500

  /// How many records would be changed.
  let count: Int
  /// What is shown first, `Would change 41 contacts: labels`; `nil` where the question says it all.
  let heading: String?
  /// What would become of each record; the first ones are enough where nobody can ask for all.
  let lines: [String]
  /// What is asked: `Apply to 41?`.
  let question: String
  /// Whether the count has to be typed whatever it is.
  var isTyped = false
  /// What is counted.
  var noun = "record"

  /// How many lines are needed of `count` records.
  static func lineCount(of count: Int, in context: CommandContext) -> Int {
    let isAsked = context.output.ask != nil && !context.options.isYes && !context.options.isDryRun
    return isAsked ? count : min(count, previewed)
  }

  /// Shows the change and asks, unless `--yes` or `--dry-run` answers.
  ///
  /// - Returns: Which of the records are to be changed; none where the answer is no.
  /// - Throws: ``RecordError/tooMany(count:limit:)`` where `--max` allows fewer,
  ///   ``RecordError/needsAnswer(what:command:)`` where nobody can answer.
  func chosen(for command: Command, in context: CommandContext) throws -> [Int] {
    guard count > 0 else {
      context.talk("No \(noun) matches; nothing was changed.")
      return []
    }
    if let limit = try Self.countMax(of: command), count > limit {
      throw RecordError.tooMany(count: count, limit: limit)
    }
    if let heading { preview(heading, context) }
    if context.options.isDryRun {
      context.talk("Nothing was written.")
      return []
    }
    let all = Array(0..<count)
    if context.options.isYes { return all }
    guard let ask = context.output.ask else {
      throw RecordError.needsAnswer(
        what: "A change of \(count) \(noun)\(count == 1 ? "" : "s")", command: context.commandText)
    }
    let chosen = try answer(asking: ask, context)
    if chosen.isEmpty { context.talk("Nothing was changed.") }
    return chosen
  }

  /// What `--max` allows, if it is given.
  private static func countMax(of command: Command) throws -> Int? {
    guard let text = command.value(of: "max") else { return nil }
    guard let count = Int(text), count >= 0 else {
      throw RecordError.unknownWord(text, expected: "a number of records")
    }
    return count
  }

  private func preview(_ heading: String, _ context: CommandContext) {
    context.talk(PlainText.oneLine(heading + ":"))
    for line in lines.prefix(Self.previewed) { context.talk("  " + PlainText.oneLine(line)) }
    if count > Self.previewed {
      context.talk("  … and \(PeopleFormat.number(count - Self.previewed)) more")
    }
  }

  private func answer(asking ask: (String) -> String?, _ context: CommandContext) throws -> [Int] {
    let isTyped = isTyped && count > 1 || count > Self.countTyped
    let yes = isTyped ? "Type \(count) or [n]o" : "[y]es [n]o"
    let more = (count > 1 ? " [e]ach" : "") + (count > Self.previewed ? " [l]ist all" : "")
    while true {
      let given = ask("\(question) \(yes)\(more) > ")
      // Whoever was stopped at the question has not said yes, whatever is typed next.
      try Task.checkCancellation()
      switch given?.trimmed.lowercased() {
      case "l", "list", "list all":
        for line in lines { context.talk("  " + PlainText.oneLine(line)) }
      case "e", "each": return try each(asking: ask)
      case "y" where !isTyped, "yes" where !isTyped, String(count) where isTyped:
        return Array(0..<count)
      case _: return []
      }
    }
  }

  private func each(asking ask: (String) -> String?) throws -> [Int] {
    var chosen: [Int] = []
    for index in 0..<count {
      let given = ask("  \(PlainText.oneLine(lines[index]))  [y]es [n]o [q]uit > ")
      try Task.checkCancellation()
      switch given?.trimmed.lowercased() {
      case "y", "yes": chosen.append(index)
      case "q", "quit", nil: return chosen
      case _: continue
      }
    }
    return chosen
  }
}
