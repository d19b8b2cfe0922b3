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

  func failed(to address: PeerAddress, _ error: any Error) {
    logger.warning("\(address): \(Self.words(of: error))")
  }

  private static func words(of error: any Error) -> String {
    (error as? any UserFacingError)?.summary ?? "\(error)"
  }

  func notice(_ notice: SyncSession.Notice, of address: PeerAddress) {
    switch notice {
    case .clockOffset(let milliseconds):
      guard milliseconds.magnitude > Limits.clockDriftMilliseconds else { return }
      logger.warning(
        "\(address): its clock differs from ours by \(milliseconds / 1_000) seconds.")
    case .schemasDiffer: logger.info("\(address): runs another version of the program.")
    case .ownLogBehind:
      logger.error("\(address): it knows more of our own log than we do; this store is a copy.")
    }
  }

  func diverged(_ divergence: Divergence, from address: PeerAddress) {
    logger.error("\(address): holds the same entries and differs (\(divergence)).")
  }

  func ended(_ result: SessionDriver.Result, with address: PeerAddress) {
    let report = result.report
    logger.info(
      """
      \(address): sent \(report.entriesSent), received \(report.entriesReceived) entries. \
      \(result.reason)
      """)
  }
}
