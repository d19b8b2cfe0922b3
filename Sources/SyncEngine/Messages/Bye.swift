/// The last message of a session: why its sender leaves.
public struct Bye: Hashable, Sendable {
  /// Why, for programs.
  public let reason: ByeReason
  /// Why, in words for the receiver's log; the sender chose them, so print them with care.
  public let text: String

  /// Creates a bye; a text longer than ``SessionLimits/byeTextBytesMax`` loses its end.
  public init(_ reason: ByeReason, _ text: String) {
    self.reason = reason
    self.text = text.prefix(utf8CountMax: SessionLimits.byeTextBytesMax)
  }
}

/// Why a session ends, as a number on the wire; later versions may send others than these.
public struct ByeReason: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8

  /// Creates a reason from its number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Both sides are in sync, and the sender had come for no more.
  public static let done = ByeReason(rawValue: 0)
  /// The sender is shutting down.
  public static let stopped = ByeReason(rawValue: 1)
  /// A message could not be read.
  public static let malformed = ByeReason(rawValue: 2)
  /// A message came where the protocol has no place for it.
  public static let outOfPlace = ByeReason(rawValue: 3)
  /// A message exceeded a limit.
  public static let overLimit = ByeReason(rawValue: 4)
  /// The two sides speak no common version.
  public static let noCommonVersion = ByeReason(rawValue: 5)
  /// The two sides belong to different workspaces.
  public static let wrongWorkspace = ByeReason(rawValue: 6)
  /// The hello names another key than the link has proved, or the receiver's own.
  public static let wrongKey = ByeReason(rawValue: 7)
  /// Nothing came for too long.
  public static let silent = ByeReason(rawValue: 8)
  /// An answer that was due did not come.
  public static let stalled = ByeReason(rawValue: 9)
  /// A batch was not what its author sealed, or lacked what it depends on.
  public static let batchRefused = ByeReason(rawValue: 10)
  /// The request to join was turned down.
  public static let joinRefused = ByeReason(rawValue: 11)
  /// The sender failed at something on its own side.
  public static let failed = ByeReason(rawValue: 12)
  /// A log was found to go on in several ways, so that the names of logs have changed.
  public static let renamed = ByeReason(rawValue: 13)
}

extension String {
  /// The text as one line that a terminal shows as it is: characters that break lines, move the
  /// cursor or turn the direction of writing are replaced.
  ///
  /// What a peer has said goes through this before it reaches a log or a person.
  public var asOneLine: String {
    let unfit: [Unicode.GeneralCategory] = [
      .control, .format, .lineSeparator, .paragraphSeparator,
    ]
    return String(
      String.UnicodeScalarView(
        unicodeScalars.map {
          unfit.contains($0.properties.generalCategory) ? "\u{FFFD}" : $0
        }))
  }

  /// The longest beginning, in whole Unicode scalars, of at most `limit` bytes of UTF-8.
  fileprivate func prefix(utf8CountMax limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: limit)
    while utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
