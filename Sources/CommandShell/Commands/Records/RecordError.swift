import CRDTCore
import CRMDomain
import ReplicaStore

/// A record command that cannot do what it was told.
package enum RecordError: Error, Hashable, Sendable {
  case noSuchRecord(String, kind: String?, closest: [String])
  case ambiguous(String, candidates: [String])
  /// A command needs a record, a kind or a file and was given none.
  case missing(String, example: String)
  case unwritableFile(String)
  case unknownWord(String, expected: String)
  /// A row was named that the last listing does not have.
  case noSuchRow(String, count: Int)
  case unknownFlag(String, entity: String)
  /// A flag that only holds now: what peers had confirmed earlier is not kept.
  case presentFlag(String)
  case needsAnswer(what: String, command: String)
  case tooMany(count: Int, limit: Int)
  case guardFailed(String, present: String)
  /// `act` says who deleted it and when; empty if that is not known here.
  case deleted(String, act: String, id: String)
  case notDeleted(String)
  /// A record of a kind that is only corrected and archived.
  case kept(String, id: String)
  case noSuchConflict(String)
  /// A conflict that somebody has settled: when and by whom, and where its history is told.
  case settledConflict(String, act: String, history: String?)
  /// A conflict that more sides have joined, which makes it another.
  case grownConflict(String, now: String, sideCount: Int)
  case ambiguousConflict(String, candidates: [String])
  case noSuchSide(String, sides: [String])
  /// A side was named for a conflict about one record.
  case needlessSide(String)
  case notForThisConflict(command: String, kind: String, instead: String)
  case noHistory(String)
  /// A counter was given a number; `record` is the record as it was typed.
  case counterSet(field: String, record: String, present: Int64, wanted: Int64?)
  case notTwoRecords
  /// A user was named for whom this node does not write.
  case otherUser(String, own: String)
  /// A record, or a field of one, that is in no conflict; `typed` is how it was named.
  case noConflictOn(String, typed: String)
}

extension RecordError: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .noSuchRecord, .noSuchRow, .noSuchConflict, .settledConflict, .grownConflict:
      ExitCode.noSuchRecord.rawValue
    case .ambiguous, .ambiguousConflict: ExitCode.ambiguous.rawValue
    case .missing, .unknownWord, .unknownFlag, .presentFlag, .noSuchSide, .needlessSide,
      .notTwoRecords:
      ExitCode.unparsable.rawValue
    case .needsAnswer: ExitCode.needsAnswer.rawValue
    case .unwritableFile, .noHistory, .noConflictOn: ExitCode.failed.rawValue
    case .tooMany, .guardFailed, .deleted, .notDeleted, .notForThisConflict, .counterSet,
      .otherUser, .kept:
      ExitCode.refused.rawValue
    }
  }

  package var summary: String {
    switch self {
    case .noSuchRecord(let text, let kind, _): "There is no \(kind ?? "record") “\(text)”."
    case .ambiguous(let text, let candidates):
      "“\(text)” may be any of \(candidates.count) records."
    case .missing(let what, _): "The command lacks \(what)."
    case .unwritableFile(let path): "The file \(path) cannot be written."
    case .unknownWord(let word, let expected): "“\(word)” is not \(expected)."
    case .noSuchRow(let text, let count):
      "“\(text)” is not in the last listing, which has \(PeopleFormat.number(count)) rows."
    case .unknownFlag(let name, let entity): "“\(name)” says nothing about \(entity.withArticle)."
    case .presentFlag(let name):
      "“\(name)” can only be asked of now: what peers had confirmed earlier is not kept."
    case .needsAnswer(let what, _): "\(what) needs a yes; nothing was changed."
    case .tooMany(let count, let limit):
      "\(count) records match, more than the \(limit) allowed; nothing was changed."
    case .guardFailed(let condition, _): "The condition “\(condition)” does not hold."
    case .deleted(let name, let act, _): "\(name) was deleted\(act.isEmpty ? "" : " " + act)."
    case .notDeleted(let name): "\(name) is not deleted."
    case .kept(let name, _): "\(name) is kept: what was said or promised is never deleted."
    case .noSuchConflict(let text): "There is no conflict \(text)."
    case .settledConflict(let text, let act, _): "\(text) was settled \(act)."
    case .grownConflict(let text, let now, let count):
      "\(text) has grown \(Self.newSide(count)) and is now \(now)."
    case .ambiguousConflict(let text, _): "Several conflicts begin with \(text)."
    case .noSuchSide(let text, _): "“\(text)” is no side of this conflict."
    case .needlessSide(let text):
      "“\(text)” is not needed: the conflict is about one record, whose fields are named."
    case .notForThisConflict(let command, let kind, _):
      "“\(command)” does not settle a conflict of the kind \(kind)."
    case .noHistory(let name): "\(name) was never written."
    case .counterSet(let field, _, _, _):
      "\(field) is a counter: every node's changes are added up, so it can't be set to a number."
    case .notTwoRecords: "A link is between two records."
    case .otherUser(let name, let own): "This node acts for \(own), not for \(name)."
    case .noConflictOn(let name, _): "\(name) is in no conflict."
    }
  }

  package var hint: String? {
    switch self {
    case .noSuchRecord(_, _, closest: []): "Look for it with: find TEXT"
    case .noSuchRecord(_, _, let closest):
      "Did you mean \(closest.joined(separator: " or "))?"
    case .ambiguous(_, let candidates), .ambiguousConflict(_, let candidates):
      "Use the id of one:\n"
        + candidates.prefix(Self.candidatesMax).map { "  " + $0 }.joined(separator: "\n")
        + (candidates.count > Self.candidatesMax
          ? "\n  … and \(candidates.count - Self.candidatesMax) more" : "")
    case .missing(_, let example): "Write it like this: \(example)"
    case .unwritableFile: "Check the folder and its rights."
    case .unknownWord(_, let expected): "Give \(expected)."
    case .noSuchRow: "List what is meant first, then name its rows."
    case .unknownFlag(let name, let entity):
      "Compare a field instead of \(name): help fields \(entity)"
    case .presentFlag: "Leave the condition out, or leave “at” out."
    case .needsAnswer(_, let command): "Say yes with: \(command) --yes"
    case .tooMany: "Narrow the filter, or raise --max."
    case .guardFailed(_, let present): "Now it is: \(present)"
    case .deleted(_, _, let id): "Bring it back with: restore \(id)"
    case .notDeleted: nil
    case .kept(_, let id): "Take it out of the lists with: edit \(id) archived=yes"
    case .noSuchConflict: "See: conflict list"
    case .settledConflict(_, _, let history): history.map { "See: history \($0)" }
    case .grownConflict(_, let now, _): "See: conflict show \(now)"
    case .noSuchSide(_, let sides): "Its sides are \(sides.joined(separator: ", "))."
    case .notForThisConflict(_, _, let instead): "Use: \(instead)"
    case .counterSet(let field, let record, let present, let wanted):
      Self.counterHint(field, record, present, wanted ?? present)
    case .notTwoRecords: "Write it like this: link d7h2k c2mv7"
    case .otherUser(let name, _):
      "What a node writes is signed for its own user; run it on a node of \(name)."
    case .noConflictOn(_, let typed): "Its history: history \(typed) --graph"
    case .needlessSide, .noHistory: nil
    }
  }

  private static let candidatesMax = 10

  private static func counterHint(
    _ field: String, _ record: String, _ present: Int64, _ wanted: Int64
  ) -> String {
    let distance = Int128(wanted) - Int128(present)
    let change =
      distance < 0
      ? "took some?  edit \(record) \(field)-=\(distance.magnitude)"
      : "got some?  edit \(record) \(field)+=\(distance)"
    return "Now \(present) · \(change) · counted?  recount \(record) \(field)=\(wanted)"
  }

  /// Of two sides one is another than before.
  private static func newSide(_ count: Int) -> String {
    switch count {
    case 3: "a third side"
    case 4: "a fourth side"
    case ..<3: "a later side"
    case _: "further sides"
    }
  }
}
