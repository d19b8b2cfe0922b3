package import CRDTCore

/// A value that somebody gave, or a text that is still to be read as one.
package enum Operand: Hashable, Sendable {
  case text(String)
  case value(Value)

  /// What was written, for messages.
  var text: String {
    switch self {
    case .text(let text): text
    case .value(let value): value.text(of: Field("", .text, .latest, ""))
    }
  }
}
