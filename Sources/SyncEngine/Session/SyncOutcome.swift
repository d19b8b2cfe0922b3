public import CRDTCore

/// How a session ended; in every case the next one goes on from what was acknowledged.
public enum SyncOutcome: Hashable, Sendable {
  /// Both sides were in sync, and this one had come for no more.
  case completed
  /// The owner stopped the session.
  case stopped
  /// The peer left and said why.
  case peerLeft(Bye)
  /// The link went away.
  case disconnected
  /// The peer sent nothing for longer than ``SessionLimits/silence``, or did not ask to join within
  /// ``SessionLimits/joinTime``.
  case silent
  /// The peer pinged, but owed an answer for longer than ``SessionLimits/stall``.
  case stalled
  /// A message could not be read.
  case malformed(MalformedBytes)
  /// A message came where the protocol has no place for it.
  case outOfPlace(SyncMessage.Kind)
  /// A message exceeded a limit.
  case overLimit(ExceededLimit)
  /// The peer speaks none of our versions of the protocol.
  case noCommonVersion(theirs: ClosedRange<UInt8>)
  /// The peer belongs to another workspace.
  case wrongWorkspace(theirs: WorkspaceID)
  /// The peer's hello names another key than the link has proved.
  case wrongKey(claimed: NodePublicKey)
  /// The peer has this node's own key: an address that leads back here, or a copy of the store.
  case ownKey
  /// The replica refused a batch of the peer's; none of it was applied.
  case batchRefused(reason: String)
  /// The peer's request to join was turned down.
  case joinRefused(reason: String)
  /// This side could not do what the session asked of it.
  case failed(reason: String)
  /// A log was found to go on in several ways; both sides must meet again, with its branches named.
  case renamed

  /// A limit that a peer can exceed.
  public enum ExceededLimit: Hashable, Sendable {
    /// ``SessionLimits/messageBytesMax``.
    case messageBytes
    /// ``SessionLimits/joinBytesMax``.
    case joinBytes
    /// The credit that this side has granted.
    case credit
  }
}

extension SyncOutcome: CustomStringConvertible {
  /// One sentence that serves both sides' logs.
  public var description: String {
    switch self {
    case .completed: "Both sides are in sync."
    case .stopped: "The node was stopped."
    case .peerLeft(let bye): "The peer left: \(bye.text.asOneLine)"
    case .disconnected: "The connection was lost."
    case .silent: "No message came within the time limit."
    case .stalled: "An answer that was due did not come within the time limit."
    case .malformed(let error):
      "A message could not be read: it should have \(error.description) at byte \(error.offset)."
    case .outOfPlace(let kind): "The message “\(kind)” came where it has no place."
    case .overLimit(.messageBytes):
      "A message was longer than \(SessionLimits.messageBytesMax) bytes."
    case .overLimit(.joinBytes):
      "A request to join was longer than \(SessionLimits.joinBytesMax) bytes."
    case .overLimit(.credit): "More bytes of entries came than credit had been granted for."
    case .noCommonVersion(let theirs):
      """
      One side speaks protocol versions \(Hello.spokenVersions.words), \
      the other \(theirs.words); the older program must be updated.
      """
    case .wrongWorkspace: "The two sides belong to different workspaces."
    case .wrongKey: "The node named another key than its certificate has."
    case .ownKey: "Both sides have the same node key."
    case .batchRefused(let reason): "A batch was refused: \(reason)"
    case .joinRefused(let reason): "The request to join was refused: \(reason)"
    case .failed(let reason): "The node could not go on: \(reason)"
    case .renamed: "Two copies of one store had been in use; the changes of both are kept."
    }
  }

  /// Whether the two sides are to meet again at once.
  public var asksToMeetAgain: Bool {
    switch self {
    case .renamed: true
    case .peerLeft(let bye): bye.reason == .renamed
    case .completed, .stopped, .disconnected, .silent, .stalled, .malformed, .outOfPlace,
      .overLimit, .noCommonVersion, .wrongWorkspace, .wrongKey, .ownKey, .batchRefused,
      .joinRefused, .failed:
      false
    }
  }

  /// What is said to the peer; `nil` if it cannot hear it, or has left by itself.
  var farewell: Bye? { reason.map { Bye($0, description) } }

  private var reason: ByeReason? {
    switch self {
    case .peerLeft, .disconnected: nil
    case .completed: .done
    case .stopped: .stopped
    case .silent: .silent
    case .stalled: .stalled
    case .malformed: .malformed
    case .outOfPlace: .outOfPlace
    case .overLimit: .overLimit
    case .noCommonVersion: .noCommonVersion
    case .wrongWorkspace: .wrongWorkspace
    case .wrongKey, .ownKey: .wrongKey
    case .batchRefused: .batchRefused
    case .joinRefused: .joinRefused
    case .failed: .failed
    case .renamed: .renamed
    }
  }
}

extension ClosedRange<UInt8> {
  fileprivate var words: String {
    lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)"
  }
}

/// Ends the session from wherever its steps are decided; what was output before still holds.
struct Ending: Error {
  let outcome: SyncOutcome

  init(_ outcome: SyncOutcome) { self.outcome = outcome }
}
