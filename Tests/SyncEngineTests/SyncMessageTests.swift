import CRDTCore
import SyncEngine
import TestSupport
import Testing

@Suite("SyncMessage")
struct SyncMessageTests {
  @Test("there is an example of every type")
  func completeness() {
    #expect(Set(SyncMessage.examples.map(\.kind)) == Set(SyncMessage.Kind.allCases))
  }

  @Test("what is encoded decodes to the same message", arguments: SyncMessage.examples)
  func roundTrip(message: SyncMessage) throws {
    #expect(try SyncMessage(decoding: message.encoded) == message)
  }

  @Test(
    "no beginning of a message is a message, but that of a batch", arguments: SyncMessage.examples)
  func truncation(message: SyncMessage) {
    let bytes = message.encoded
    for count in 0..<bytes.count {
      let decoded = try? SyncMessage(decoding: Array(bytes.prefix(count)))
      // A batch reaches to the end of its message, and is judged when it is applied.
      guard message.kind != .entries else {
        #expect(decoded != message)
        continue
      }
      #expect(decoded == nil, "\(count) bytes of \(message)")
    }
  }

  @Test("a flipped bit makes another message or none", arguments: SyncMessage.examples)
  func bitFlips(message: SyncMessage) {
    let bytes = message.encoded
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << bit
        guard let decoded = try? SyncMessage(decoding: flipped) else { continue }
        #expect(decoded != message)
        // A later version's hello alone may say more than we read.
        if case .hello(let hello) = decoded, hello.versions.upperBound > 1 { continue }
        #expect(decoded.encoded == flipped)
      }
    }
  }

  @Test("random bytes never trap", arguments: Seed.all)
  func randomBytes(_ seed: Seed) {
    var random = seed.generator()
    for _ in 0..<200 {
      var bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      if let kind = SyncMessage.Kind.allCases.randomElement(using: &random), !bytes.isEmpty {
        bytes[0] = kind.rawValue
      }
      guard let message = try? SyncMessage(decoding: bytes) else { continue }
      if case .hello(let hello) = message, hello.versions.upperBound > 1 { continue }
      #expect(message.encoded == bytes)
    }
  }

  @Test("bytes behind a message make it malformed", arguments: SyncMessage.examples)
  func trailingBytes(message: SyncMessage) {
    guard message.kind != .entries else { return }
    #expect(throws: MalformedBytes.self) { try SyncMessage(decoding: message.encoded + [0]) }
  }

  @Test("what a later version adds to its hello is skipped")
  func laterHello() throws {
    let example = try #require(SyncMessage.examples.first)
    var bytes = example.encoded
    bytes[2] = 2
    let message = try SyncMessage(decoding: bytes + [1, 2, 3])
    guard case .hello(let hello) = message, case .hello(let original) = example else {
      Issue.record("\(message)")
      return
    }
    #expect(hello.versions == 1...2)
    #expect(hello.replica == original.replica)
    #expect(hello.creditBytes == original.creditBytes)
  }

  @Test("what a peer says as it leaves cannot forge a line of the log, nor move a cursor")
  func oneLine() {
    let bye = Bye(.stopped, "Zürich 1–2\r\n\u{1B}[2J\u{2028}\u{202E}done")
    #expect(
      SyncOutcome.peerLeft(bye).description
        == "The peer left: Zürich 1–2\u{FFFD}\u{FFFD}\u{FFFD}[2J\u{FFFD}\u{FFFD}done")
  }

  @Test("a bye's text loses its end rather than exceed its bound, and no character is cut")
  func longBye() throws {
    let bye = Bye(.failed, String(repeating: "ü€", count: 300))
    #expect(bye.text.utf8.count <= SessionLimits.byeTextBytesMax)
    #expect(bye.text.utf8.count > SessionLimits.byeTextBytesMax - 4)
    #expect(try SyncMessage(decoding: SyncMessage.bye(bye).encoded) == .bye(bye))
  }

  @Test(
    "a batch is neither empty nor longer than its bound",
    arguments: [0, SessionLimits.batchBytesMax + 1])
  func batchBounds(count: Int) {
    #expect(throws: MalformedBytes.self) {
      try SyncMessage(decoding: [3, 1] + [UInt8](repeating: 0, count: count))
    }
  }
}
