import Foundation

extension String {
  /// The name of a file as a person types it, with their home in place of a tilde, which at the prompt no
  /// shell has replaced.
  var expandingTilde: String {
    first == "~" ? (self as NSString).expandingTildeInPath : self
  }
}
