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

  /// The live records that the new one may be the same as, the likeliest first.
  private func alikes(_ view: RecordView) throws -> [LookAlike] {
    let plan = try NewRecord(command: command, entity: entity, view: view).plan()
    let search = DuplicateSearch(entity, view.catalog, in: view.snapshot)
    let found = try search.alikes(
      LikenessProfile(entity, plan), min: Likeness.asked, limit: Self.alikeMax)
    return try found.compactMap { id, likeness in
      guard let record = try view.lookup.record(id, of: entity) else { return nil }
      let key = RecordKey(kind: entity.name, id: id)
      return LookAlike(
        key: key, id: try view.shortID(key), label: try view.label(record),
        reason: likeness.reasons.joined(separator: ", "))
    }
  }
}
