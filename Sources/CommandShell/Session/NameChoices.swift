import CRMDomain
import Synchronization

/// A name that several records bear, before anybody was asked which of them is meant.
///
/// ``CommandContext`` turns it into a question or a ``RecordError``.
struct AmbiguousName: Error {
  let text: String
  /// The kind it was limited to.
  let kind: String?
  let candidates: [RecordReference]
  /// The candidates as they are told apart.
  let labels: [String]
}

/// Which records a person chose where names meant several; holds for one command.
package final class NameChoices: Sendable {
  private struct Question: Hashable {
    let text: String
    let kind: String?
  }

  private let chosen = Mutex<[Question: RecordReference]>([:])

  /// The record chosen for a name, if it is still one of those that bear it.
  subscript(name: AmbiguousName) -> RecordReference? {
    self[name.text, name.kind].flatMap { chosen in
      name.candidates.first { $0.id == chosen.id && $0.entity == chosen.entity }
    }
  }

  /// The record chosen for a text among those of a kind.
  subscript(text: String, kind: String?) -> RecordReference? {
    chosen.withLock { $0[Question(text: NameMatcher.folded(text), kind: kind)] }
  }

  func choose(_ record: RecordReference, for text: String, kind: String?) {
    chosen.withLock { $0[Question(text: NameMatcher.folded(text), kind: kind)] = record }
  }
}

extension CommandContext {
  /// How many candidates are listed to choose from.
  private static let choicesMax = 10

  /// Runs `body`; where a name in it means several records, asks which, and runs it again.
  ///
  /// The question is asked when `body` has ended, so that nothing is locked while a person thinks.
  func choosing<Result>(_ body: () throws -> Result) throws -> Result {
    while true {
      do {
        return try body()
      } catch let name as AmbiguousName {
        try choose(
          name.text, kind: name.kind, name.candidates, name.labels,
          otherwise: RecordError.ambiguous(name.text, candidates: name.labels))
      } catch let error as EditError {
        guard case .ambiguousReference(let text, _, let kind, let candidates) = error else {
          throw error
        }
        let labels = candidates.map { "\($0.shortText) \($0.text)" }
        try choose(text, kind: kind, candidates, labels, otherwise: error)
      }
    }
  }

  private func choose(
    _ text: String, kind: String?, _ candidates: [RecordReference], _ labels: [String],
    otherwise error: any Error
  ) throws {
    // A name that was chosen and is ambiguous still is one that no choice can settle.
    guard let ask = output.ask, choices[text, kind] == nil else { throw error }
    let listed = labels.prefix(Self.choicesMax)
    output.talk(PlainText.oneLine("“\(text)” may be any of \(labels.count) records:"))
    for (index, label) in listed.enumerated() {
      output.talk(PlainText.oneLine("  \(index + 1)  \(label)"))
    }
    if labels.count > listed.count {
      output.talk("  … and \(labels.count - listed.count) more, which their ids name")
    }
    let answer = ask("Which one? 1 to \(listed.count), Enter for none > ")
    try Task.checkCancellation()
    guard let number = answer.flatMap({ Int($0.trimmed) }), listed.indices.contains(number - 1)
    else { throw error }
    choices.choose(candidates[number - 1], for: text, kind: kind)
  }
}
