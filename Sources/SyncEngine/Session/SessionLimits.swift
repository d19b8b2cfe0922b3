import CRDTCore

/// Every bound of a session, with its unit and reason.
///
/// The static ones are part of the protocol; the others are this side's own and may differ between
/// two peers.
public struct SessionLimits: Hashable, Sendable {
  /// How long a peer may send nothing before the session ends: three keep-alives lost.
  public let silence: Duration
  /// After how long without sending anything a ping is sent: below the idle limit of any router.
  public let keepAlive: Duration
  /// How long a peer that pings may owe us an answer: longer than any batch takes to apply.
  public let stall: Duration
  /// How long an unknown peer has to ask to join: whoever dials has read the code already.
  public let joinTime: Duration
  /// Bytes of batches we hold for a peer that sends faster than we apply, and of batches in flight
  /// to a peer, whatever more it grants; enough to keep a line of 50 ms and 500 Mbit/s busy.
  public let creditBytes: Int

  /// Creates limits.
  ///
  /// - Precondition: All are positive, and ``keepAlive`` is shorter than ``silence``.
  public init(
    silence: Duration = .seconds(30), keepAlive: Duration = .seconds(10),
    stall: Duration = .seconds(120), joinTime: Duration = .seconds(10), creditBytes: Int = 4 << 20
  ) {
    precondition(
      .zero < keepAlive && keepAlive < silence,
      "A keep-alive must come before the silence limit.")
    precondition(stall > .zero && joinTime > .zero, "Limits of time must be positive.")
    precondition(creditBytes > 0, "A session must grant some credit.")
    self.silence = silence
    self.keepAlive = keepAlive
    self.stall = stall
    self.joinTime = joinTime
    self.creditBytes = creditBytes
  }

  /// Bytes of frames that may wait for the transport.
  ///
  /// The credit, one larger batch, and room for acknowledgements and vectors; more wait only for a
  /// peer that acknowledges or sends without reading.
  public var unsentBytesMax: Int { creditBytes + 2 * Self.messageBytesMax }

  /// Bytes of one encoded batch; room for the largest entry with the longest header.
  public static let batchBytesMax = Limits.batchBytesMax
  /// Bytes of one message: a batch, its type and its number.
  public static let messageBytesMax = batchBytesMax + 11
  /// Bytes of a message from a peer that is not in the roster yet.
  public static let joinBytesMax = 4 << 10
  /// What a batch takes of the credit at least, in bytes; bounds how many tiny ones are held.
  public static let batchCostMin = 1 << 10
  /// Bytes of a bye's text: two or three sentences.
  public static let byeTextBytesMax = 512
  /// Bytes of the proof in a request to join, an HMAC-SHA256.
  public static let proofByteCount = 32
  /// Bytes of a node's name.
  public static let nodeNameBytesMax = 64
  /// Bytes of a user's name.
  public static let userNameBytesMax = 256
  /// Bytes of what a grant carries for the driver.
  public static let grantExtraBytesMax = 2 << 10
}
