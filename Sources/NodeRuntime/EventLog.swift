import CRDTCore
import Logging
import PeerTransport
import SyncEngine

/// What a serving node tells whoever looks after it: one line an event, on standard error.
struct EventLog: Sendable {
  let logger: Logger

  init() {
    logger = Logger(label: "kith") { StreamLogHandler.standardError(label: $0) }
  }

  func refused(_ refusal: ConnectionRefusal) { logger.warning("\(refusal.description)") }

  func failed(_ error: any Error) { logger.warning("\(Self.words(of: error))") }

  func failed(with peer: LoggedPeer, _ error: any Error) {
    logger.warning("\(peer): \(Self.words(of: error))")
  }

  private static func words(of error: any Error) -> String {
    (error as? any UserFacingError)?.summary ?? "\(error)"
  }

  func notice(_ notice: SyncSession.Notice, of peer: LoggedPeer) {
    switch notice {
    case .clockOffset(let milliseconds):
      guard milliseconds.magnitude > Limits.clockDriftMilliseconds else { return }
      logger.warning("\(peer): its clock differs from ours by \(milliseconds / 1_000) seconds.")
    case .schemasDiffer: logger.info("\(peer): runs another version of the program.")
    case .ownLogBehind:
      logger.warning("\(peer): it holds changes of this node that the store lacks.")
    }
  }

  func diverged(_ divergence: Divergence, from peer: LoggedPeer) {
    logger.error("\(peer): holds the same entries and differs (\(divergence)).")
  }

  func ended(_ result: SessionDriver.Result, with peer: LoggedPeer) {
    let report = result.report
    logger.log(
      level: result.outcome.isOrdinary ? .info : .warning,
      """
      \(peer): sent \(report.entriesSent), received \(report.entriesReceived) entries. \
      \(result.reason)
      """)
  }
}

/// A peer as the log names it: `munich (10.0.0.7:52113)`, or the address alone.
struct LoggedPeer: CustomStringConvertible {
  let name: String?
  let address: PeerAddress

  var description: String { name.map { "\($0.asOneLine) (\(address))" } ?? "\(address)" }
}

extension SyncOutcome {
  /// Whether sessions end like this without anybody having done wrong.
  fileprivate var isOrdinary: Bool {
    switch self {
    case .completed, .stopped, .peerLeft, .disconnected, .renamed: true
    case .silent, .stalled, .malformed, .outOfPlace, .overLimit, .noCommonVersion, .wrongWorkspace,
      .wrongKey, .ownKey, .batchRefused, .joinRefused, .failed:
      false
    }
  }
}
