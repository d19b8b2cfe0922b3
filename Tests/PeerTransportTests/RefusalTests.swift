import CRDTCore
import Foundation
import PeerTransport
import TestSupport
import Testing

/// The reasons a listener gives, held against real handshakes of another TLS implementation.
@Suite("A refused connection", .timeLimit(.minutes(2)))
struct RefusalTests {
  @Test("no certificate")
  func noCertificate() async throws {
    try await refused(["-alpn", "kith/1"], alert: "alert certificate required") { reason in
      #expect(reason == .noCertificate)
    }
  }

  @Test("a key that the owner does not know")
  func unknownKey() async throws {
    try await withScratchFolder { folder in
      let stranger = NodeKey.generate()
      let certificate = try OpenSSL.certificateArguments(of: stranger, in: folder)
      try await refused(
        certificate + ["-alpn", "kith/1"], alert: "alert certificate unknown",
        judge: { _ in .refused(reason: "its key is not in the roster") }
      ) { reason in
        #expect(
          reason == .keyRefused(stranger.publicKey, reason: "its key is not in the roster"))
        #expect("\(reason)".hasPrefix("its key is not in the roster (key "))
      }
    }
  }

  @Test(
    "a certificate whose key is no node's",
    arguments: [
      ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], ["-newkey", "rsa:2048"],
    ])
  func otherKindOfKey(newKey: [String]) async throws {
    try await withScratchFolder { folder in
      let certificate = try await OpenSSL.certificateArguments(newKey: newKey, in: folder)
      try await refused(
        certificate + ["-alpn", "kith/1"], alert: "alert certificate unknown"
      ) { reason in
        #expect(reason == .keyNotP256)
      }
    }
  }

  @Test("an old TLS version", arguments: ["-tls1_2", "-tls1_1"])
  func oldVersion(option: String) async throws {
    // The level lets the client offer TLS 1.1 at all.
    let level = ["-cipher", "DEFAULT@SECLEVEL=0"]
    try await refused([option] + level, alert: "alert protocol version") { reason in
      #expect(reason == .versionTooOld)
    }
  }

  @Test("another application protocol, or none", arguments: [["-alpn", "h2"], []])
  func otherProtocol(options: [String]) async throws {
    try await withScratchFolder { folder in
      let certificate = try OpenSSL.certificateArguments(of: .generate(), in: folder)
      try await refused(certificate + options, alert: nil) { reason in
        #expect(reason == .otherProtocol)
      }
    }
  }

  @Test("a resumed session, which would have passed by the check of the key")
  func resumedSession() async throws {
    try await withScratchFolder { folder in
      let certificate = try OpenSSL.certificateArguments(of: .generate(), in: folder)
      let (options, session) = (certificate + ["-alpn", "kith/1"], folder + "/session")
      try await Loopback().run { link in
        _ = try? await link.send(Array("the tickets came before this".utf8))
        await echo(link)
      } _: { site in
        let first = options + ["-sess_out", session, "-quiet"]
        try await OpenSSL.withClient(to: site.address, first) { client in
          #expect(await client.output(matching: /the tickets came before this/) != nil)
        }
        try #require(FileManager.default.fileExists(atPath: session))
        let second = options + ["-sess_in", session]
        try await OpenSSL.withClient(to: site.address, second) { client in
          #expect(await site.nextRefusal() == .resumedSession)
          let output = await client.remainingOutput()
          #expect(output.contains("Reused, TLSv1.3"))
          #expect(!output.contains("the tickets came before this"))
        }
      }
    }
  }

  @Test(
    "bytes that are no TLS",
    arguments: [
      "GET / HTTP/1.1\r\nHost: office\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
      "\u{9}\u{1F}random\u{0}bytes\u{7F}\u{3}\u{1}\u{2}",
    ])
  func notTLS(text: String) async throws {
    try await Loopback().run(onLink: echo) { site in
      try await RawSocket.withConnection(to: site.address) { socket in
        socket.write(Array(text.utf8))
        #expect(await site.nextRefusal() == .notTLS)
        _ = await socket.readToEnd()
      }
    }
  }

  @Test("random bytes", arguments: [5, 100, 70_000])
  func randomBytes(byteCount: Int) async throws {
    let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 91) }
    try await Loopback().run(onLink: echo) { site in
      try await RawSocket.withConnection(to: site.address) { socket in
        socket.write(bytes)
        #expect(await site.nextRefusal() == .notTLS)
        _ = await socket.readToEnd()
      }
    }
  }

  @Test("a peer that says nothing, or too little, in the time for the handshake", arguments: 0...1)
  func silence(byteCount: Int) async throws {
    var limits = TransportLimits()
    limits.handshakeTimeout = .milliseconds(300)
    try await Loopback(limits: limits).run(onLink: echo) { site in
      try await RawSocket.withConnection(to: site.address) { socket in
        socket.write([UInt8](repeating: 0x16, count: byteCount))
        #expect(await site.nextRefusal() == .timedOut)
        #expect(await socket.readToEnd().isEmpty)
      }
    }
  }

  @Test("a peer that goes away in the middle")
  func disconnected() async throws {
    try await Loopback().run(onLink: echo) { site in
      try await RawSocket.withConnection(to: site.address) { socket in
        socket.write([0x16, 3, 1, 2, 0, 1])
      }
      #expect(await site.nextRefusal() == .disconnected)
    }
  }

  @Test("one connection more than there is room for")
  func tooManyConnections() async throws {
    var limits = TransportLimits()
    limits.connectionsMax = 1
    try await Loopback(limits: limits).run(onLink: echo) { site in
      let dialer = try site.dialer()
      try await dialer.dial(site.address, expecting: .anyone) { link in
        try await expectEcho(on: link) {
          await #expect(throws: TransportError.self) {
            try await dialer.dial(site.address, expecting: .anyone) { _ in }
          }
          #expect(await site.nextRefusal() == .tooManyConnections)
        }
      }
    }
  }

  @Test("the oldest handshake, when there is one more than there is room for; links do not count")
  func tooManyHandshakes() async throws {
    var limits = TransportLimits()
    limits.handshakesMax = 1
    try await Loopback(limits: limits).run(onLink: echo) { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        try await expectEcho(on: link) {
          try await RawSocket.withConnection(to: site.address) { silent in
            try await site.dialer().dial(site.address, expecting: .anyone) { second in
              try await expectEcho(on: second) {
                #expect(await silent.readToEnd().isEmpty)
                #expect(await site.nextRefusal() == .displaced)
              }
            }
          }
        }
      }
    }
  }

  @Test("links of others go on meanwhile")
  func othersUndisturbed() async throws {
    try await Loopback().run(onLink: echo) { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        try await expectEcho(on: link) {
          try await OpenSSL.withClient(to: site.address, ["-tls1_2"]) { client in
            _ = await client.remainingOutput()
          }
          try await RawSocket.withConnection(to: site.address) { socket in
            socket.write([UInt8](repeating: 0xAA, count: 10_000))
            #expect(await site.nextRefusal() == .versionTooOld)
            #expect(await site.nextRefusal() == .notTLS)
          }
        }
      }
    }
  }

  /// Connects `openssl s_client` and expects it to be refused, and to be told so.
  private func refused(
    _ arguments: [String], alert: String?, judge: @escaping PeerTrust.Judge = { _ in .known },
    _ check: (ConnectionRefusal.Reason) -> Void
  ) async throws {
    try await Loopback(judge: judge).run { link in
      Issue.record("There must be no link to \(link.remoteAddress).")
    } _: { site in
      try await OpenSSL.withClient(to: site.address, arguments) { client in
        check(try #require(await site.nextRefusal()))
        let output = await client.remainingOutput()
        if let alert { #expect(output.contains(alert)) }
      }
    }
  }

  /// Expects a link to carry frames before and after `meanwhile`.
  private func expectEcho(
    on link: PeerLink, _ meanwhile: () async throws -> Void
  ) async throws {
    var frames = link.frames.makeAsyncIterator()
    try await link.send([1])
    #expect(try await frames.next() == [1])
    try await meanwhile()
    try await link.send([2])
    #expect(try await frames.next() == [2])
  }
}
