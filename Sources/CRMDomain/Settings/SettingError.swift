import CRDTCore

/// A setting that cannot be settled; nothing was stored.
package enum SettingError: Error, Hashable, Sendable {
  case unknownKey(String, closest: String?)
  case wrongValue(String, key: SettingKey)
  /// The person has no right to it.
  case notAllowed
}

extension SettingError: UserFacingError {
  package var summary: String {
    switch self {
    case .unknownKey(let name, _): "There is no setting “\(name)”."
    case .wrongValue(let text, let key): "“\(text)” is no value of \(key.rawValue)."
    case .notAllowed: "Only an administrator or a manager may change what holds for everybody."
    }
  }

  package var hint: String? {
    switch self {
    case .unknownKey(_, let closest):
      closest.map { "Did you mean “\($0)”?" } ?? "See: setting list"
    case .wrongValue(_, let key):
      "Give \(key.format.expected): setting set \(key.rawValue) \"\(key.format.example)\""
    case .notAllowed: "Ask an administrator or a manager to do it."
    }
  }
}
