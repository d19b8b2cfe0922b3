import CRDTCore
import PeerTransport
import Synchronization
import Testing

@Suite("PeerLink", .timeLimit(.minutes(1)))
struct PeerLinkTests {
  @Test("frames go both ways, the large ones whole")
  func exchange() async throws {
    let large = [UInt8](repeating: 1, count: 2_500_000) + [UInt8](repeating: 2, count: 2_500_000)
    try await Loopback().run(onLink: echo) { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        try await link.send([1])
        try await link.send(large)
        try await link.send([2, 3])
        var received: [[UInt8]] = []
        for try await frame in link.frames {
          received.append(frame)
          if received.count == 3 { break }
        }
        #expect(received == [[1], large, [2, 3]])
      }
    }
  }

  @Test("each side sees the key of the other")
  func keys() async throws {
    let (listenerKey, dialerKey) = (NodeKey.generate(), NodeKey.generate())
    let seen = Mutex<NodePublicKey?>(nil)
    try await Loopback(key: listenerKey).run { link in
      seen.withLock { $0 = link.peerKey }
      await echo(link)
    } _: { site in
      let dialed = try await site.dialer(dialerKey).dial(site.address, expecting: .anyone) { link in
        try await link.send([1])
        for try await _ in link.frames { break }
        return link.peerKey
      }
      #expect(dialed == listenerKey.publicKey)
      #expect(seen.withLock { $0 } == dialerKey.publicKey)
    }
  }

  @Test("a link that its owner leaves ends in good order on the other side, all frames read")
  func orderlyClose() async throws {
    let count = Mutex(0)
    let (endings, ended) = AsyncStream.makeStream(of: TransportError?.self)
    try await Loopback().run { link in
      do {
        for try await _ in link.frames { count.withLock { $0 += 1 } }
        ended.yield(nil)
      } catch {
        ended.yield(error as? TransportError)
      }
    } _: { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        for _ in 0..<20 { try await link.send([UInt8](repeating: 1, count: 100_000)) }
      }
      #expect(await endings.first { _ in true } == .some(nil))
      #expect(count.withLock { $0 } == 20)
    }
  }

  @Test("a frame not fit to send is refused, and the link goes on")
  func unfitFrame() async throws {
    var limits = TransportLimits()
    limits.frameBytesMax = 10
    try await Loopback().run(onLink: echo) { [limits] site in
      try await site.dialer(limits: limits).dial(site.address, expecting: .anyone) { link in
        await #expect(throws: TransportError.frameEmpty) { try await link.send([]) }
        await #expect(throws: TransportError.frameTooLarge(byteCount: 11, limit: 10)) {
          try await link.send([UInt8](repeating: 0, count: 11))
        }
        try await link.send([4])
        for try await frame in link.frames {
          #expect(frame == [4])
          break
        }
      }
    }
  }

  @Test("a frame over the receiver's limit closes the link there with the reason")
  func oversizedFrame() async throws {
    var limits = TransportLimits()
    limits.frameBytesMax = 1000
    let (endings, ended) = AsyncStream.makeStream(of: TransportError?.self)
    try await Loopback(limits: limits).run { link in
      ended.yield(await ending(of: link))
    } _: { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        try await link.send([UInt8](repeating: 0, count: 1001))
        // The other side closes in good order; it owes us no reason.
        #expect(await ending(of: link) == nil)
        await #expect(throws: TransportError.linkClosed(site.address)) { try await link.send([1]) }
      }
      let reason = await endings.first { _ in true }
      #expect(reason == TransportError.frameTooLarge(byteCount: 1001, limit: 1000))
    }
  }

  @Test(
    "bytes that are no frames close the link with the reason",
    arguments: [
      ([UInt8](repeating: 0, count: 4), TransportError.frameEmpty),
      ([0, 0, 0, 9, 1, 2], TransportError.frameTruncated),
      ([0, 0], TransportError.frameTruncated),
    ])
  func malformedFrames(bytes: [UInt8], reason: TransportError) async throws {
    let node = NodeKey.generate()
    let (endings, ended) = AsyncStream.makeStream(of: TransportError?.self)
    try await withScratchFolder { folder in
      let certificate = try OpenSSL.certificateArguments(of: node, in: folder)
      try await Loopback().run { link in
        _ = try? await link.send(Array("ready".utf8))
        ended.yield(await ending(of: link))
      } _: { site in
        let options = ["-alpn", "kith/1", "-quiet", "-no_ign_eof"]
        try await OpenSSL.withClient(to: site.address, certificate + options) { client in
          #expect(await client.output(matching: /ready/) != nil)
          client.write(bytes)
          client.closeInput()
          #expect(await endings.first { _ in true } == .some(reason))
        }
      }
    }
  }

  @Test("a peer that stops reading holds up the sender, costs little, and is cut off")
  func stoppedReader() async throws {
    var limits = TransportLimits()
    limits.writeTimeout = .milliseconds(300)
    let byteCount = Mutex(0)
    let frame = [UInt8](repeating: 1, count: 256 << 10)
    try await Loopback().run { _ in
      // Holds the link without reading it, until the test is over.
      let (never, keepOpen) = AsyncStream.makeStream(of: Void.self)
      for await _ in never {}
      keepOpen.finish()
    } _: { [limits] site in
      try await site.dialer(limits: limits).dial(site.address, expecting: .anyone) { link in
        await #expect(throws: TransportError.peerStoppedReading(site.address)) {
          for _ in 0..<4000 {
            try await link.send(frame)
            byteCount.withLock { $0 += frame.count }
          }
        }
      }
    }
    // Two socket buffers of the kernel's, our queue, and the frames the other side took in.
    #expect(byteCount.withLock { $0 } < 32 << 20)
  }

  @Test("frames that a slow reader takes bit by bit are activity, as long as they wait")
  func outboundActivity() async throws {
    var limits = TransportLimits()
    limits.writeTimeout = .seconds(3)
    try await Loopback().run { link in
      _ = try? await {
        for try await _ in link.frames { try await Task.sleep(for: .milliseconds(5)) }
      }()
    } _: { [limits] site in
      try await site.dialer(limits: limits).dial(site.address, expecting: .anyone) { link in
        try await link.send([1])
        #expect(!link.activity.take())
        let large = [UInt8](repeating: 1, count: 1 << 20)
        repeat { try await link.send(large) } while !link.activity.take()
      }
    }
  }

  @Test("a slow reader gets everything, in order")
  func slowReader() async throws {
    let frameCount = 200
    let (received, frameReceived) = AsyncStream.makeStream(of: UInt8.self)
    try await Loopback().run { link in
      _ = try? await {
        for try await frame in link.frames {
          frameReceived.yield(frame[0])
          try await Task.sleep(for: .milliseconds(1))
        }
      }()
      frameReceived.finish()
    } _: { site in
      try await site.dialer().dial(site.address, expecting: .anyone) { link in
        for index in 0..<frameCount {
          try await link.send([UInt8(index)] + [UInt8](repeating: 1, count: 200_000))
        }
        var order: [UInt8] = []
        for await first in received {
          order.append(first)
          if order.count == frameCount { break }
        }
        #expect(order == (0..<frameCount).map(UInt8.init))
      }
    }
  }

  @Test("cancelling the owner of a link closes it on both sides")
  func cancellation() async throws {
    let (endings, ended) = AsyncStream.makeStream(of: TransportError?.self)
    let (starts, started) = AsyncStream.makeStream(of: Void.self)
    try await Loopback().run { link in
      ended.yield(await ending(of: link))
    } _: { site in
      let dialer = try site.dialer()
      await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
          try await dialer.dial(site.address, expecting: .anyone) { link in
            started.yield()
            for try await _ in link.frames {}
          }
        }
        _ = await starts.first { _ in true }
        tasks.cancelAll()
        await #expect(throws: CancellationError.self) { try await tasks.next() }
      }
      #expect(await endings.first { _ in true } == .some(nil))
    }
  }
}
