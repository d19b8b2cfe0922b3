import NIOCore
import NIOEmbedded
import PeerTransport
import Testing

@Suite("A joining peer", .timeLimit(.minutes(1)))
struct JoiningTests {
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
    var limits = TransportLimits()
    limits.joiningLifetime = .milliseconds(300)
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

  @Test("once promoted, it may send what any other may")
  func promotion() async throws {
    try await Loopback(judge: { _ in .joining }).run { link in
      _ = try? await {
        for try await frame in link.frames {
          try await link.promote()
          try await link.send(frame)
        }
      }()
    } _: { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        var frames = link.frames.makeAsyncIterator()
        try await link.send([1])
        #expect(try await frames.next() == [1])
        let large = [UInt8](repeating: 2, count: 100_000)
        try await link.send(large)
        #expect(try await frames.next() == large)
      }
    }
  }

  @Test("its time runs out unless it is promoted before", arguments: [true, false])
  func deadline(isPromoted: Bool) throws {
    let address = PeerAddress(host: "127.0.0.1", port: 1)
    let channel = EmbeddedChannel(handlers: [
      FrameHandler(
        frameBytesMax: 1, promotedFrameBytesMax: 2, activity: LinkActivity()),
      JoiningDeadlineHandler(lifetime: .seconds(10), remoteAddress: address),
    ])
    try channel.connect(to: SocketAddress(ipAddress: address.host, port: address.port)).wait()
    channel.embeddedEventLoop.advanceTime(by: .seconds(9))
    if isPromoted { try channel.triggerUserOutboundEvent(LinkPromotion()).wait() }
    channel.embeddedEventLoop.advanceTime(by: .seconds(20))
    #expect(channel.isActive == isPromoted)
    if !isPromoted {
      #expect(throws: TransportError.joiningTookTooLong(address)) {
        try channel.throwIfErrorCaught()
      }
    }
  }
}
