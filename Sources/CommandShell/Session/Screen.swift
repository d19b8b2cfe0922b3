/// Tells each key that is pressed, until what it returns is called, which gives the terminal back.
package typealias KeyListening =
  @Sendable (_ onKey: @escaping @Sendable (Character) -> Void) -> @Sendable () -> Void

/// The terminal as a whole, for what draws itself anew in place.
package struct Screen: Sendable {
  /// Writes text as it is, control sequences included.
  package let write: @Sendable (String) -> Void
  /// How large it is, now.
  package let size: @Sendable () -> (columns: Int, rows: Int)
  /// Listens to keys, of which the terminal shows nothing.
  package let keys: KeyListening

  /// For where nobody can press one.
  package static let noKeys: KeyListening = { _ in
    let stop: @Sendable () -> Void = {}
    return stop
  }
}
