import CRDTCore

/// A lead that cannot be converted; nothing was stored.
package enum ConversionError: Error, Hashable, Sendable {
  case alreadyConverted(stage: String)
  /// What stands in that stage is no open lead; `nil` of a stage that is retired or unknown here.
  case noLead(stage: String?)
  /// There is no stage for opportunities to go to.
  case nowhere
  case notQualified(String)
}

extension ConversionError: UserFacingError {
  package var summary: String {
    switch self {
    case .alreadyConverted(let stage): "It has been converted already, and stands in \(stage)."
    case .noLead(let stage):
      stage.map { "What stands in \($0) is no open lead." } ?? "Its stage is not in use here."
    case .nowhere: "There is no open stage for opportunities to convert it into."
    case .notQualified(let text): "The lead is not qualified: \(text)."
    }
  }

  package var hint: String? {
    switch self {
    case .alreadyConverted: "Move it on with `move`."
    case .noLead: "Reopen it with `move` first."
    case .nowhere: "Name a process of sales: process=…, or make one with `process add`."
    case .notQualified:
      "Say what is known, such as bant_need=yes, or pass it over: --override because \"WHY\"."
    }
  }
}
