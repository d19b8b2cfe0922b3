/// An error that may reach a person at the prompt.
public protocol UserFacingError: Error, Sendable {
  /// What went wrong: one full sentence that names what the person gave us.
  var summary: String { get }
  /// What to do next: one full sentence, or `nil` where there is nothing to do.
  var hint: String? { get }
}
