/// A decoder of bytes that somebody else has made, with the laws that hold of whatever it takes.
///
/// No input may trap; what a law says is broken is a finding like a trap. The name is the corpus
/// folder's and that which `make fuzz TARGET=name` takes.
package enum FuzzTarget: String, CaseIterable, Sendable, CustomStringConvertible {
  /// The transport's byte stream.
  case frames
  /// Messages of the sync protocol.
  case messages
  /// Batches of entries, decompressed where they are compressed.
  case batches
  /// Compact headers of entries.
  case headers
  /// Payloads of entries, decompressed where they are compressed.
  case payloads
  /// Values of fields.
  case values
  /// Invitation codes, and the addresses in them.
  case invites
  /// Files of comma-separated values.
  case tables
  /// Command lines and a shell's arguments.
  case commands

  package var description: String { rawValue }

  /// Decodes `bytes` and holds the result against its laws.
  ///
  /// - Returns: Which law is broken, or `nil`; bytes that the decoder refuses break none.
  package func violation(of bytes: [UInt8]) -> String? {
    switch self {
    case .frames: FrameLaws.violation(of: bytes)
    case .messages: MessageLaws.violation(of: bytes)
    case .batches: BatchLaws.violation(of: bytes)
    case .headers: HeaderLaws.violation(of: bytes)
    case .payloads: PayloadLaws.violation(of: bytes)
    case .values: ValueLaws.violation(of: bytes)
    case .invites: InviteLaws.violation(of: bytes)
    case .tables: TableLaws.violation(of: bytes)
    case .commands: CommandLaws.violation(of: bytes)
    }
  }
}
