import CRDTCore
import CRMDomain
import ReplicaStore

/// The text of a field that `edit REF --editor FIELD` opens a person's editor on.
struct EditedText {
  let key: RecordKey
  /// What the record said when the editor was opened: what comes in meanwhile is not replaced.
  let basis: Basis
  private let field: ValueText
  private let text: String
  private let command: Command

  /// Reads the text as it is now; the last word of the command names the field.
  ///
  /// - Throws: ``TextEditError`` if the field holds no text that an editor could show.
  init(_ command: Command, _ view: RecordView, example: String) throws {
    guard case .word(let field)? = command.targets.last, command.targets.count > 1,
      command.assignments.isEmpty
    else {
      throw RecordError.missing("a record and a field to open the editor on", example: example)
    }
    self.command = command.replacing(targets: command.targets.dropLast(), assignments: [])
    self.field = field
    let found = try FoundTargets(of: self.command, view, example: example)
    guard found.references.count == 1, let reference = found.references.first,
      let entity = reference.entity,
      let state = try view.snapshot.record(entity.name, reference.id)
    else { throw TextEditError.severalRecords }
    let path = try CRMDomain.Assignment(field.text, .set, [], of: entity, in: view.catalog).path
    guard [.text, .longText].contains(path.field.format), !path.field.isSet, path.part == nil
    else { throw TextEditError.noText(field: path.field.label) }
    key = RecordKey(kind: entity.name, id: state.id)
    basis = try view.basis(of: state)
    text = try view.fields.reading(of: path.field, in: state).text(of: path.field)
  }

  /// The edit that what was written comes to; `nil` if it is the text that was there.
  ///
  /// - Throws: ``TextEditError`` if there is no editor, or it gave nothing back.
  func edited(with edit: ((String) -> String?)?) throws -> Command? {
    guard let edit else { throw TextEditError.noEditor(field: field.text) }
    guard var written = edit(text + "\n") else {
      throw TextEditError.nothingSaved(field: field.text)
    }
    // Editors end the last line of every file.
    if written.last?.isNewline == true { written.removeLast() }
    guard written != text else { return nil }
    let assignment = Assignment(
      field: FieldPath(field.text, range: field.range), operation: .set,
      value: written.isEmpty ? .empty : .one(ValueText(written, form: .quoted, range: field.range)),
      range: field.range)
    return command.replacing(targets: command.targets, assignments: [assignment])
  }
}

extension Command {
  /// The same command about other targets, with other assignments.
  func replacing(targets: [Target], assignments: [Assignment]) -> Command {
    Command(
      action: action, kind: kind, targets: targets, assignments: assignments, clauses: clauses,
      options: options, source: source, range: range)
  }
}

/// Why a text was not edited in an editor.
enum TextEditError: Error, Hashable, Sendable {
  case severalRecords
  case noText(field: String)
  case noEditor(field: String)
  case nothingSaved(field: String)
}

extension TextEditError: NodeError {
  var exitCode: Int32 {
    switch self {
    case .severalRecords, .noText: ExitCode.unparsable.rawValue
    case .noEditor: ExitCode.needsAnswer.rawValue
    case .nothingSaved: ExitCode.failed.rawValue
    }
  }

  var summary: String {
    switch self {
    case .severalRecords: "An editor is opened on one field of one record."
    case .noText(let field): "\(field) is no text that an editor could show."
    case .noEditor(let field): "An editor for \(field) needs a terminal."
    case .nothingSaved(let field): "The editor saved nothing; \(field) is as it was."
    }
  }

  var hint: String? {
    switch self {
    case .severalRecords: "Write it like this: edit d7h2k --editor notes"
    case .noText(let field): "Write it like this: edit d7h2k \(field)=VALUE"
    case .noEditor(let field): "Write it like this: edit d7h2k \(field)=\"TEXT\""
    case .nothingSaved: "EDITOR names the program that is opened."
    }
  }
}
