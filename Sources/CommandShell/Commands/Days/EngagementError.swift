import CRDTCore
import CRMDomain

/// What cannot be done about engagements, tasks and events; nothing was stored.
enum EngagementError: Error, Hashable, Sendable {
  /// The word names no type of engagement.
  case unknownType(String, types: [String], closest: String?)
  /// The word is no record that could take part, nor a length of time.
  case unknownPart(String)
  /// The record is not closed, so that it is simply edited.
  case notClosed(String, id: String)
  /// The record is of another kind than the command is about.
  case wrongKind(String, wanted: String)
}

extension EngagementError: NodeError {
  var exitCode: Int32 {
    switch self {
    case .unknownType, .wrongKind: ExitCode.unparsable.rawValue
    case .unknownPart: ExitCode.noSuchRecord.rawValue
    case .notClosed: ExitCode.refused.rawValue
    }
  }

  var summary: String {
    switch self {
    case .unknownType(let word, _, _): "“\(word)” is no type of engagement."
    case .unknownPart(let word):
      "“\(word)” is no contact, account, deal or user, and no length of time."
    case .notClosed(let name, _): "\(name) is not closed."
    case .wrongKind(let name, let wanted): "\(name) is no \(wanted)."
    }
  }

  var hint: String? {
    switch self {
    case .unknownType(_, let types, let closest):
      closest.map { "Did you mean “\($0)”?" } ?? "It can be \(types.joined(separator: ", "))."
    case .unknownPart:
      "What it was about stands in quotes, or say subject=…: log call anke \"price questions\" 25m"
    case .notClosed(_, let id): "Write into it: edit \(id) decisions+=\"…\""
    case .wrongKind(_, let wanted): "See: list \(wanted)s"
    }
  }
}
