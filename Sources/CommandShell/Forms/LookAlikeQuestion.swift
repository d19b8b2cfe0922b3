import CRMDomain
import ReplicaStore

/// Shows, before a form's record is written, the records that it may be the same as.
struct LookAlikeQuestion {
  /// How many records are compared with.
  private static let alikeMax = 3

  let command: Command
  let entity: Entity
  let context: CommandContext

  private struct LookAlike {
    let key: RecordKey
    let id: String
    let label: String
    let reason: String
  }

  /// Asks about each record that looks alike.
  ///
  /// - Returns: The one to use in place of a new record; `nil` to make the new one.
  /// - Throws: ``FormLeft`` if the person leaves.
  func ask(_ editor: any LineEditor) async throws -> RecordKey? {
    editor.completer = nil
    let sign = context.output.style.separator
    for alike in try context.read(alikes) {
      context.output.talk(PlainText.oneLine("Looks like \(alike.label) (\(alike.reason))."))
      var answer = ""
      while answer != "n" {
        let question = "[u]se that one\(sign)[n]ew anyway\(sign)[s]how > "
        guard case .line(let text) = try editor.readLine(prompt: question) else { throw FormLeft() }
        answer = text.trimmed.lowercased()
        if answer == "u" {
          context.output.data(PlainText.oneLine("Using \(alike.label)"))
          return alike.key
        }
        if answer == "s", let show = try context.parser.parse("show \(alike.id)").first {
          _ = try await ShowCommand().run(show, in: context)
        }
      }
    }
    return nil
  }

  /// The live records that bear the new one's name, number or address already.
  private func alikes(_ view: RecordView) throws -> [LookAlike] {
    let plan = try NewRecord(command: command, entity: entity, view: view).plan()
    var seen: Set<RecordKey> = []
    var found: [LookAlike] = []
    for change in plan.changes {
      guard entity.lookupFields.contains(change.field), case .set(let value, _) = change.edit,
        let field = entity.field(named: change.field)
      else { continue }
      let text = try view.text(value, of: field)
      for record in try view.lookup.records(of: entity, bearing: text, limit: Self.alikeMax) {
        let key = RecordKey(kind: entity.name, id: record.id)
        guard seen.insert(key).inserted else { continue }
        found.append(
          LookAlike(
            key: key, id: try view.shortID(key), label: try view.label(record),
            reason: "same \(field.label)"))
      }
    }
    return found
  }
}
