import PeerTransport
import Testing

@Suite("A joining peer", .timeLimit(.minutes(1)))
struct JoiningTests {
  private let limits: TransportLimits = {
    var limits = TransportLimits()
    limits.joiningLifetime = .milliseconds(400)
    return limits
  }()

  @Test("it may send frames of 4 KiB, and no larger ones")
  func frameLimit() async throws {
    let (endings, ended) = AsyncStream.makeStream(of: TransportError?.self)
    try await Loopback(judge: { _ in .joining }).run { link in
      #expect(link.trust == .joining)
      ended.yield(await ending(of: link))
    } _: { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        try await link.send([UInt8](repeating: 0, count: 4096))
        try await link.send([UInt8](repeating: 0, count: 4097))
        #expect(await ending(of: link) == nil)
      }
      let reason = await endings.first { _ in true }
      #expect(reason == TransportError.frameTooLarge(byteCount: 4097, limit: 4096))
    }
  }

  @Test("it is closed when its time is up")
  func lifetime() async throws {
    let (endings, ended) = AsyncStream.makeStream(of: (PeerAddress, TransportError?).self)
    try await Loopback(limits: limits, judge: { _ in .joining }).run { link in
      ended.yield((link.remoteAddress, await ending(of: link)))
    } _: { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        #expect(await ending(of: link) == nil)
      }
      let (address, reason) = try #require(await endings.first { _ in true })
      #expect(reason == .joiningTookTooLong(address))
    }
  }

  @Test("once promoted it is like any other")
  func promotion() async throws {
    try await Loopback(limits: limits, judge: { _ in .joining }).run { link in
      _ = try? await {
        for try await frame in link.frames {
          try await link.promote()
          try await link.send(frame)
        }
      }()
    } _: { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        let start = ContinuousClock.now
        var frame: [UInt8] = [1]
        try await link.send(frame)
        for try await echoed in link.frames {
          #expect(echoed == frame)
          if start.duration(to: .now) > .milliseconds(800) { break }
          frame = [UInt8](repeating: 2, count: 100_000)
          try await link.send(frame)
        }
        #expect(start.duration(to: .now) > .milliseconds(800))
      }
    }
  }
}
