import SyncEngine

/// A message has one encoding, but for what a later version's hello says behind its fields.
enum MessageLaws {
  static func violation(of bytes: [UInt8]) -> String? {
    guard let message = try? SyncMessage(decoding: bytes) else { return nil }
    let encoded = message.encoded
    guard (try? SyncMessage(decoding: encoded)) == message else {
      return "A message that was taken is not taken back."
    }
    if case .bye(let bye) = message, bye.text.asOneLine.unicodeScalars.contains("\u{1B}") {
      return "A bye reaches the terminal with its control characters."
    }
    if case .hello(let hello) = message,
      hello.versions.upperBound > Hello.spokenVersions.upperBound
    {
      return bytes.starts(with: encoded) ? nil : "A later hello lost one of its fields."
    }
    return encoded == bytes ? nil : "A message is written otherwise than it was read."
  }
}
