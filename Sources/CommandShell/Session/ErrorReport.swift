import CRDTCore
import CRMDomain
import ReplicaStore

/// An error as the session reports it: the words, and the exit code it stands for.
package struct ErrorReport: Sendable {
  package let code: Int32
  private let error: any UserFacingError

  package init(_ error: any Error) {
    code = Self.code(of: error)
    if error is CancellationError {
      self.error = UnexpectedError(summary: "The command was stopped.")
    } else {
      self.error =
        error as? any UserFacingError ?? UnexpectedError(summary: String(describing: error))
    }
  }

  /// What to write to standard error: one JSON document, or the lines for a person.
  package func lines(isJSON: Bool, style: Style) -> [String] {
    guard isJSON else { return ErrorView.lines(for: error, style: style) }
    var members: [JSONValue.Member] = [
      .init("schema", "kith.error/1"), .init("code", .integer(Int64(code))),
      .init("error", .string(error.summary)),
      .init("hint", error.hint.map { .string($0) } ?? .null),
    ]
    if let error = error as? ParseError {
      members.append(.init("line", .string(error.source)))
      members.append(.init("from", .integer(Int64(error.range.lowerBound))))
      members.append(.init("to", .integer(Int64(error.range.upperBound))))
    }
    return [JSONView.text(.object(members))]
  }

  /// The one place that knows which exit code an error stands for.
  private static func code(of error: any Error) -> Int32 {
    let code: ExitCode
    switch error {
    case is CancellationError, is FormLeft: code = .interrupted
    case let error as any NodeError: return error.exitCode
    case EditError.noSuchRecord, QueryError.noSuchRecord: code = .noSuchRecord
    case EditError.ambiguousReference: code = .ambiguous
    case is ParseError, is ReadingError, is QueryError, is FieldPathError, is ImportError:
      code = .unparsable
    case is StoreError: code = .store
    case is EditError, is ConversionError, is JoinError, is ReplicaError: code = .refused
    default: code = .failed
    }
    return code.rawValue
  }
}

/// What no part of the program has words for.
private struct UnexpectedError: UserFacingError {
  let summary: String
  var hint: String? { nil }
}
