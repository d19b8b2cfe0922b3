import CRDTCore
import ReplicaStore

/// A field that cannot be added or is not there; nothing was changed.
package enum OwnFieldError: Error, Hashable, Sendable {
  case unknownType(String, closest: String?)
  case unknownTarget(String, closest: String?)
  case noOptions
  case unusableName(String)
  /// The kind has a field of that name, or one that is also called so.
  case taken(String, kind: String, by: String)
  case tooMany(kind: String)
  /// The kind is one that the program keeps for itself.
  case closedKind(String)
  case unknownField(String, kind: String, closest: String?)
  case notAdministrator
}

extension OwnFieldError: UserFacingError {
  package var summary: String {
    switch self {
    case .unknownType(let text, _): "“\(text)” is no type of field."
    case .unknownTarget(let text, _): "There are no records of the kind “\(text)” to refer to."
    case .noOptions: "A field that chooses from a list needs values to choose from."
    case .unusableName(let text): "A field cannot be called “\(text)”."
    case .taken(let text, let kind, let other):
      text == other
        ? "\(Self.subject(kind)) has a field \(text) already."
        : "\(Self.subject(kind)) has a field \(other), which is also called \(text)."
    case .tooMany(let kind): "\(Self.subject(kind)) has \(OwnFields.countMax) own fields already."
    case .closedKind(let kind): "\(Self.subject(kind)) takes no own fields."
    case .unknownField(let text, let kind, _): "\(Self.subject(kind)) has no own field “\(text)”."
    case .notAdministrator: "Only an administrator may change which fields there are."
    }
  }

  package var hint: String? {
    switch self {
    case .unknownType(_, let closest):
      closest.map { "Did you mean “\($0)”?" }
        ?? """
        It can be \(OwnFieldType.simpleWords.filter { !$0.hasSuffix("of a list") }.joined(separator: ", ")), \
        `one of A, B, C`, `several of A, B, C` or `reference to KIND`.
        """
    case .unknownTarget(_, let closest): closest.map { "Did you mean “\($0)”?" }
    case .noOptions: "Write it like this: `type=\"one of low, medium, high\"`."
    case .unusableName:
      "A name has up to 40 letters, digits and single underscores, and begins with a letter."
    case .taken(let text, _, _): "Choose another name, such as our_\(text)."
    case .tooMany: "Retired ones count too; think of a kind of its own."
    case .closedKind: "Own fields go on kinds that `help` lists and on small lists."
    case .unknownField(_, let kind, let closest):
      closest.map { "Did you mean “\($0)”?" } ?? "See: field list \(kind)"
    case .notAdministrator: "Ask an administrator to do it."
    }
  }

  private static func subject(_ kind: String) -> String {
    let words = kind.withArticle
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}
