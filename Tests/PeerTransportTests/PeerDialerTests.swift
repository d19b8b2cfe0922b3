import CRDTCore
import PeerTransport
import TestSupport
import Testing

@Suite("PeerDialer", .timeLimit(.minutes(1)))
struct PeerDialerTests {
  @Test("the node with the expected fingerprint is reached")
  func expectedFingerprint() async throws {
    let key = NodeKey.generate()
    try await Loopback(key: key).run(onLink: echo) { site in
      let peerKey = try await site.dialer().dial(
        site.address, expecting: .fingerprint(key.publicKey.fingerprint)
      ) { $0.peerKey }
      #expect(peerKey == key.publicKey)
    }
  }

  @Test("a node with another fingerprint is not, and both sides say why")
  func otherFingerprint() async throws {
    let key = NodeKey.generate()
    try await Loopback(key: key).run(onLink: echo) { site in
      let expectation = PeerExpectation.fingerprint(NodeKey.generate().publicKey.fingerprint)
      await #expect(
        throws: TransportError.unexpectedKey(site.address, offered: key.publicKey)
      ) {
        try await site.dialer().dial(site.address, expecting: expectation) { _ in }
      }
      #expect(await site.nextRefusal() == .refusedByPeer)
    }
  }

  @Test("a node that the owner does not trust is not reached")
  func untrustedKey() async throws {
    let key = NodeKey.generate()
    try await Loopback(key: key).run(onLink: echo) { site in
      let expectation = PeerExpectation.trusted { _ in .refused(reason: "it was revoked") }
      await #expect(
        throws: TransportError.untrustedKey(
          site.address, offered: key.publicKey, reason: "it was revoked")
      ) {
        try await site.dialer().dial(site.address, expecting: expectation) { _ in }
      }
    }
  }

  /// Repeated, because the alert races with the frame that the dialling side sends at once.
  @Test("a peer that refuses us is told apart from one that breaks off", arguments: 0..<20)
  func refusedByPeer(round: Int) async throws {
    try await Loopback(judge: { _ in .refused(reason: "unknown") }).run(onLink: echo) { site in
      await #expect(throws: TransportError.refusedByPeer(site.address)) {
        try await site.dialer().dial(site.address, expecting: .anyone) { link in
          for _ in 0..<round { try await link.send([UInt8](repeating: 1, count: 100_000)) }
          for try await _ in link.frames {}
        }
      }
    }
  }

  @Test("a port that nobody listens on")
  func connectionRefused() async throws {
    try await TransportThreads.run { threads in
      let dialer = try PeerDialer(key: .generate(), threads: threads)
      let address = try await RawSocket.withListenerAddress { _, address in address }
      await #expect(throws: TransportError.connectionRefused(address)) {
        try await dialer.dial(address, expecting: .anyone) { _ in }
      }
    }
  }

  @Test("a name that does not resolve")
  func nameNotFound() async throws {
    try await TransportThreads.run { threads in
      let dialer = try PeerDialer(key: .generate(), threads: threads)
      // RFC 6761 keeps this domain empty.
      let address = PeerAddress(host: "office.invalid", port: 7411)
      await #expect(throws: TransportError.nameNotFound(address)) {
        try await dialer.dial(address, expecting: .anyone) { _ in }
      }
    }
  }

  @Test("a host that accepts and says nothing")
  func timedOut() async throws {
    var limits = TransportLimits()
    limits.handshakeTimeout = .milliseconds(300)
    try await TransportThreads.run { [limits] threads in
      let dialer = try PeerDialer(key: .generate(), threads: threads, limits: limits)
      try await RawSocket.withListenerAddress { _, address in
        await #expect(throws: TransportError.timedOut(address)) {
          try await dialer.dial(address, expecting: .anyone) { _ in }
        }
      }
    }
  }

  @Test("a server that speaks no TLS")
  func notTLS() async throws {
    try await TransportThreads.run { threads in
      let dialer = try PeerDialer(key: .generate(), threads: threads)
      try await RawSocket.withListenerAddress { listener, address in
        async let answer: Void = listener.answerOnce(with: Array("SSH-2.0-OpenSSH_9.2\r\n".utf8))
        await #expect(throws: TransportError.notKith(address)) {
          try await dialer.dial(address, expecting: .anyone) { _ in }
        }
        try await answer
      }
    }
  }

  @Test("a TLS server of another kind", arguments: [["-alpn", "h2"], [], ["-tls1_2"]])
  func otherServer(options: [String]) async throws {
    try await withScratchFolder { folder in
      let certificate = try OpenSSL.certificateArguments(of: .generate(), in: folder)
      let arguments = ["s_server", "-accept", "127.0.0.1:0", "-naccept", "1"] + certificate
      try await OpenSSL.withProcess(arguments + options) { server in
        let accepting = await server.output(matching: /ACCEPT (\S+:\d+)/)
        let address = try #require(accepting.flatMap { PeerAddress(String($0.output.1)) })
        try await TransportThreads.run { threads in
          let dialer = try PeerDialer(key: .generate(), threads: threads)
          await #expect(throws: TransportError.notKith(address)) {
            try await dialer.dial(address, expecting: .anyone) { _ in }
          }
        }
      }
    }
  }

  @Test("cancelling before there is a link")
  func cancellation() async throws {
    try await TransportThreads.run { threads in
      let dialer = try PeerDialer(key: .generate(), threads: threads)
      try await RawSocket.withListenerAddress { _, address in
        await withThrowingTaskGroup(of: Void.self) { tasks in
          tasks.addTask { try await dialer.dial(address, expecting: .anyone) { _ in } }
          tasks.cancelAll()
          await #expect(throws: CancellationError.self) { try await tasks.next() }
        }
      }
    }
  }
}
