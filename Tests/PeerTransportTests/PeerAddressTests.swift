import PeerTransport
import Testing

@Suite("PeerAddress")
struct PeerAddressTests {
  @Test(
    "an address reads as it is written",
    arguments: [
      ("office.example:7411", "office.example", 7411),
      ("127.0.0.1:0", "127.0.0.1", 0),
      ("[::1]:65535", "::1", 65535),
    ])
  func roundTrip(text: String, host: String, port: Int) {
    #expect(PeerAddress(text) == PeerAddress(host: host, port: port))
    #expect(PeerAddress(host: host, port: port).description == text)
  }

  @Test(
    "what is no address is not taken for one",
    arguments: [
      "", "office", ":7411", "office:", "office:+1", "office:65536", "office:7 411", "::1:7411",
      "[::1:7411", "[]:1", "a b:1", "office:٣", "[[office]]:1", "off[ice:1", "o\u{1B}[2Jffice:1",
      "\u{202E}eciffo:1",
    ])
  func rejects(text: String) {
    #expect(PeerAddress(text) == nil)
  }
}
