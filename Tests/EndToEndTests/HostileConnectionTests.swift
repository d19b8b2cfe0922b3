import CRDTCore
import Foundation
import PeerTransport
import SyncEngine
import TestSupport
import Testing

extension HostilePeerTests {
  /// Strangers at the port, and members who take what they can: nobody else is harmed.
  @Suite("Hostile connections", .timeLimit(.minutes(5)))
  struct HostileConnectionTests {
    private static let openssl = URL(fileURLWithPath: "/usr/bin/openssl")

    /// Connects `openssl s_client`, has it say `input`, and gives all that it printed at its end.
    private func client(
      to site: HostileSite, _ arguments: [String], saying input: String = "hello\n"
    ) async throws -> String {
      let client = try KithProcess(
        ["s_client", "-connect", site.address] + arguments, program: Self.openssl)
      client.write(input)
      let result = try await onOwnThread { try client.result() }
      return result.output + result.errors
    }

    /// The arguments that present the bad member's own key.
    private func crookArguments(at site: HostileSite) throws -> [String] {
      let certificate = site.folder.path("crook.der")
      try Data(site.crook.key.certificateBytes()).write(to: URL(fileURLWithPath: certificate))
      return [
        "-cert", certificate, "-key", site.folder.path("crook.sqlite.key"), "-alpn", "kith/1",
        "-quiet",
      ]
    }

    @Test("openssl gets nowhere without a certificate, with an unknown one, or with TLS 1.2")
    func openssl() async throws {
      let site = try await HostileSite()
      let (key, certificate) = (site.folder.path("stranger.key"), site.folder.path("stranger.pem"))
      try await onOwnThread {
        _ = try KithProcess.run(
          [
            "req", "-x509", "-nodes", "-subj", "/CN=office", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-keyout", key, "-out", certificate,
          ], program: Self.openssl)
      }
      let known = ["-cert", certificate, "-key", key, "-alpn", "kith/1"]
      #expect(
        try await client(to: site, ["-alpn", "kith/1"]).contains("alert certificate required"))
      #expect(try await client(to: site, known).contains("alert certificate unknown"))
      #expect(try await client(to: site, known + ["-tls1_2"]).contains("alert protocol version"))
      let log = try await site.expectUnharmed()
      for reason in [
        "it presented no certificate.", "it speaks no TLS version from 1.3 on.",
        "its key is not in the roster, and no invitation is open (key ",
      ] {
        let line = log.split(separator: "\n").first { $0.contains(reason) }
        #expect(line?.contains("Refused 127.0.0.1:") == true, "\(reason)\n\(log)")
      }
    }

    @Test("bytes that are no TLS are refused")
    func noise() async throws {
      let site = try await HostileSite()
      let port = try #require(PeerAddress(site.address)?.port)
      var random = SplitMix64(seed: 3)
      for byteCount in [5, 100, 70_000] {
        try await RawSocket.withConnection(toPort: port) { socket in
          socket.write((0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &random) })
          _ = await socket.readToEnd()
        }
      }
      let log = try await site.expectUnharmed()
      #expect(log.split(separator: "\n").count { $0.hasSuffix("what it sent is not TLS.") } == 3)
    }

    @Test("strangers who connect and say nothing keep no member out")
    func silentCrowd() async throws {
      let site = try await HostileSite()
      let port = try #require(PeerAddress(site.address)?.port)
      let log = try await withThrowingTaskGroup(of: Void.self) { strangers in
        let (connections, connected) = AsyncStream.makeStream(of: Void.self)
        for _ in 0..<100 {
          strangers.addTask {
            try await RawSocket.withConnection(toPort: port) { socket in
              connected.yield()
              _ = await socket.readToEnd()
            }
          }
        }
        var iterator = connections.makeAsyncIterator()
        for _ in 0..<100 { _ = await iterator.next() }
        // Every handshake that may be in progress is one of theirs.
        return try await site.expectUnharmed()
      }
      #expect(log.contains("it had not finished the TLS handshake when too many others began one."))
    }

    @Test("a frame announced as longer than any is answered with a bye")
    func lyingLength() async throws {
      let site = try await HostileSite()
      let said = try await client(
        to: site, try crookArguments(at: site), saying: "\u{7F}\u{7F}\u{7F}\u{7F}and more")
      let reason = "A message was longer than \(SessionLimits.messageBytesMax) bytes."
      #expect(said.contains(reason))
      #expect(try await site.expectUnharmed().contains(reason))
    }

    @Test(
      "one key may have eight links, which cost bounded memory, and others are served meanwhile")
    func manyLinks() async throws {
      let site = try await HostileSite()
      let before = try peakMemory(of: site.office)
      try await withCrooks(8, at: site) { peers in
        await #expect(throws: TransportError.self) {
          try await site.withCrook { try await $0.meet(as: site.crook) }
        }
        try await site.expectHonestSync(writing: "Meanwhile")
        let noise = [UInt8](repeating: 0xFF, count: SessionLimits.messageBytesMax)
        for peer in peers { try await peer.say(noise) }
        for var peer in peers { #expect(try await peer.bye()?.reason == .malformed) }
      }
      let grown = try peakMemory(of: site.office) - before
      #expect(grown < 8 * 3 * SessionLimits.messageBytesMax, "\(grown >> 20) MiB")
      #expect(try await site.stop().contains("it has 8 connections open already (key "))
    }

    /// Lends so many links with the bad member's key to `body`, all of them past the vectors.
    private func withCrooks(
      _ count: Int, at site: HostileSite, holding peers: [HostilePeer] = [],
      _ body: ([HostilePeer]) async throws -> Void
    ) async throws {
      guard peers.count < count else { return try await body(peers) }
      try await site.withCrook { peer in
        try await peer.meet(as: site.crook)
        try await withCrooks(count, at: site, holding: peers + [peer], body)
      }
    }

    /// The most memory that a process has had, in bytes.
    private func peakMemory(of process: KithProcess) throws -> Int {
      let status = try String(contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
      let kibibytes = try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first)
      return try #require(Int(kibibytes)) << 10
    }
  }
}
