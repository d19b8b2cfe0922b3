import CRDTCore

/// Why a conflict is not settled, or not reopened; nothing was changed.
package enum ConflictError: Error, Hashable, Sendable {
  /// Two edits of a text changed the same words.
  case overlap(String, places: [String])
  /// The sides have no one text that all of them started from.
  case noCommonText(String)
  /// The editor failed, or gave back nothing.
  case nothingWritten(String)
  /// A conflict that is to be reopened is open.
  case stillOpen(String)
  /// What settled a conflict has been changed since; `act` says by whom and when.
  case overtaken(String, act: String, history: String)
  /// The log does not tell what settled a conflict.
  case unknownSettlement(String)
  /// A conflict is not what somebody decided on.
  case changed(String)
  /// The decision says nothing about a conflict of this kind.
  case needsPerson(String)
  case unreadableValue(String, why: String)
  /// Settling takes a reason here; `command` is what was typed.
  case reasonNeeded(command: String)
  /// A field whose changes all count, so that there is nothing to choose.
  case withoutRule(String)
  case notAdministrator
  /// The number that records share was given as the one that is to tell them apart.
  case sameNumber(String, number: String)
  /// A number that none of the ways to repair a conflict has.
  case noSuchRepair(String, ways: [String])
  /// A line of a file of decisions; nothing of the file was done.
  case unreadableDecision(line: Int, detail: String)
}

extension ConflictError: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .unreadableDecision: ExitCode.unparsable.rawValue
    case .overlap, .noCommonText, .nothingWritten, .stillOpen, .overtaken, .unknownSettlement,
      .changed, .needsPerson, .unreadableValue, .reasonNeeded, .withoutRule, .notAdministrator,
      .sameNumber, .noSuchRepair:
      ExitCode.refused.rawValue
    }
  }

  package var summary: String {
    switch self {
    case .overlap(let id, let places):
      """
      The edits of \(id) overlap in \(places.count) place\(places.count == 1 ? "" : "s"):
        \(places.joined(separator: "\n  "))
      """
    case .noCommonText(let id): "The sides of \(id) did not start from one text."
    case .nothingWritten(let id): "The editor gave back no text for \(id); nothing was changed."
    case .stillOpen(let id): "\(id) is open."
    case .overtaken(let id, let act, _):
      "What settled \(id) was changed since, \(act); nothing was reopened."
    case .unknownSettlement(let id): "The log does not tell what settled \(id)."
    case .changed(let id): "\(id) has changed since it was decided on."
    case .needsPerson(let id): "The decision says nothing about \(id); a person has to look at it."
    case .unreadableValue(let id, let why): "The value for \(id) is none: \(why)"
    case .reasonNeeded: "Settling a conflict takes a reason: conflict.reason is required."
    case .withoutRule(let field): "Of \(field) every change counts; there is no rule to choose."
    case .notAdministrator: "Only an administrator may change a rule."
    case .sameNumber(let id, let number): "\(number) is what the records of \(id) share."
    case .noSuchRepair(let id, let ways):
      ways.isEmpty
        ? "\(id) is repaired by editing its records."
        : "\(id) can be repaired in \(ways.count) ways:"
          + ways.enumerated().map { "\n  \($0.offset + 1)  \($0.element)" }.joined()
    case .unreadableDecision(let line, let detail):
      "Line \(line) says no decision: \(detail). Nothing was changed."
    }
  }

  package var hint: String? {
    switch self {
    case .overlap(let id, _):
      "Choose the words on a terminal with: conflict merge \(id) --editor, or take a side."
    case .noCommonText(let id): "Write it with: conflict edit \(id) FIELD=TEXT"
    case .nothingWritten(let id), .stillOpen(let id), .changed(let id), .needsPerson(let id),
      .unreadableValue(let id, _):
      "See: conflict show \(id)"
    case .overtaken(_, _, let history): "See: history \(history)"
    case .noSuchRepair(let id, let ways):
      ways.isEmpty ? "See: conflict show \(id)" : "Say which: conflict repair \(id) 1"
    case .withoutRule: "See: conflict policy"
    case .notAdministrator: "Ask an administrator to do it."
    case .sameNumber: "Give another one, or none for the next that is free."
    case .unknownSettlement: "See: conflict log"
    case .reasonNeeded(let command): "Say why: \(command) because \"WHY\""
    case .unreadableDecision: "See: help conflict apply"
    }
  }
}
