import CRDTCore
import NodeRuntime
import PeerTransport
import SyncEngine

/// A code that is read says the same when it is written and read again.
///
/// The input serves three times: as a code, as what a code says before its checksum is added, and as
/// an address.
enum InviteLaws {
  static func violation(of bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    for code in [text, code(saying: bytes)] {
      guard let invite = InviteText(code) else { continue }
      guard InviteText(invite.code) == invite else {
        return "A code is read otherwise when repeated."
      }
      guard invite.fingerprint.count == 32, invite.secret.count == 16 else {
        return "A code was taken whose parts have other lengths."
      }
    }
    guard let address = PeerAddress(text) else { return nil }
    guard PeerAddress(address.description) == address else {
      return "An address is read otherwise when repeated."
    }
    return address.description.asOneLine == address.description
      ? nil : "An address reaches the terminal with its control characters."
  }

  /// A code without typing errors.
  private static func code(saying bytes: [UInt8]) -> String {
    let checksum = Digests.digest(tag: "kith/code/1", [bytes]).bytes.prefix(2)
    return "kith-" + Base32.text(of: bytes + checksum)
  }
}
