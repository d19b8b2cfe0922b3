import CRDTCore
import CRMDomain
import ReplicaStore

/// Asks for a new record one field a line, and ends with the command that makes it.
///
/// Nothing is written until the person has answered the last question.
struct FormDialog {
  /// What a person did with a question.
  private enum Turn {
    case next, back, again, skip
  }

  private static let help = """
    (Enter keeps [default] · < back · ? explains · Ctrl-C leaves nothing behind)
    """

  private let context: CommandContext
  private let entity: Entity
  private let title: String
  private let editor: any LineEditor
  private let fields: [Field]
  private var line: FormLine

  /// Creates a dialog for what a `new` command leaves out: the fields that it does not speak of.
  init(
    completing command: Command, _ entity: Entity, spoken: Set<String>, editor: any LineEditor,
    in context: CommandContext
  ) throws {
    self.context = context
    self.entity = entity
    self.editor = editor
    title = command.kind?.typed ?? entity.name
    line = FormLine(of: command)
    fields = try context.read { FormQuestions(view: $0, entity: entity).fields(without: spoken) }
  }

  /// Asks until all is said.
  ///
  /// - Returns: The command, as if it had been typed.
  /// - Throws: ``FormLeft`` if the person leaves.
  mutating func run() throws -> Command {
    let separated = Self.help.replacing(" · ", with: context.output.style.separator)
    context.output.talk("New \(title)  \(separated)")
    var index = 0
    while index < fields.count {
      switch try ask(fields[index]) {
      case .next: index += 1
      case .again: continue
      case .back:
        if index == 0 { context.output.talk("    This is the first question.") }
        index = max(0, index - 1)
      case .skip: index = try firstLacking(after: index) ?? fields.count
      }
    }
    return try parsed()
  }

  /// The line that would have done the same.
  var typed: String { line.text }

  private mutating func ask(_ field: Field) throws -> Turn {
    let initial = try context.read {
      try FormQuestions(view: $0, entity: entity).initial(of: field)
    }
    let completion = ValueCompletion(catalog: context.catalog, node: context.node)
    editor.completer = { [entity] line, cursor in
      completion.offers(of: field, in: entity, String(line.prefix(cursor)))
    }
    let prompt = "  \(field.label) [\(initial?.shown ?? "none")]: "
    guard case .line(let text) = try editor.readLine(prompt: PlainText.oneLine(prompt)) else {
      throw FormLeft()
    }
    switch text.trimmed {
    case "": return try answer(field, initial?.text)
    case "-": return try answer(field, nil)
    case "?":
      explain(field)
      return .again
    case "<": return .back
    case ".": return .skip
    case let text: return try answer(field, text)
    }
  }

  /// Takes an answer, if the command with it is one that can be run as far as it goes.
  private mutating func answer(_ field: Field, _ text: String?) throws -> Turn {
    let before = line
    line.set(field.name, to: text)
    if text == nil, isNeeded(field) {
      context.output.talk("    \(title.withArticle.capitalizedFirst) has to have this.")
      return .again
    }
    do {
      if let text, let reading = try reading(of: field), reading != text {
        context.output.talk(PlainText.oneLine("    \(text) = \(reading)"))
      }
      return .next
    } catch let error as any UserFacingError {
      line = before
      let hint = error.hint.map { " \($0)" } ?? ""
      context.output.talk(PlainText.oneLine("    \(error.summary)\(hint)"))
      return .again
    }
  }

  /// What a field would say if the record were made now; `nil` where other fields are lacking still.
  private func reading(of field: Field) throws -> String? {
    let command = try parsed()
    return try context.read { view in
      do {
        let plan = try NewRecord(command: command, entity: entity, view: view).plan()
        let change = plan.changes.first { $0.field == field.name }
        if case .set(.date(let day), _)? = change?.edit { return view.people.resolved(day) }
        let rows = try EditDescription(view: view, entity: entity, state: nil).rows(of: plan)
        return rows.first { $0.label == field.label }?.value
      } catch EditError.missingFields {
        return nil
      }
    }
  }

  private func parsed() throws -> Command {
    guard let command = try context.parser.parse(line.text).first else {
      throw RecordError.missing("a kind of record", example: "new account")
    }
    return command
  }

  /// The next question that has to be answered; the others may be skipped.
  private func firstLacking(after index: Int) throws -> Int? {
    fields.indices.first { $0 >= index && isNeeded(fields[$0]) && !line.has(fields[$0].name) }
  }

  /// Whether a record cannot be without a field: it has to have it, or nothing else names it.
  private func isNeeded(_ field: Field) -> Bool {
    field.isRequired || entity.nameFields == [field.name]
  }

  private func explain(_ field: Field) {
    var lines = [field.help]
    switch field.format {
    case .choice(let words): lines.append("It is one of: \(words.joined(separator: ", ")).")
    case .date: lines.append("Such as: friday, in 3 days, 2026-03-13.")
    case .money: lines.append("Such as: 17900, 10k, 6250 EUR.")
    case .reference(let kind): lines.append("The name or id of \(kind.withArticle); Tab completes.")
    case .listed where field.isClosed: lines.append("One of the field's own list; Tab offers it.")
    case .listed: lines.append("One of the workspace's own list, which grows by new words.")
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .instant,
      .status, .anyReference, .structure:
      break
    }
    lines.append("- leaves it empty, and . skips what need not be said.")
    for line in lines { context.output.talk(PlainText.oneLine("    \(line)")) }
  }
}

/// A form that was left; nothing was written.
struct FormLeft: UserFacingError {
  var summary: String { "Nothing was added." }
  var hint: String? { nil }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
