import PeerTransport
import Testing

@Suite("PeerListener", .timeLimit(.minutes(1)))
struct PeerListenerTests {
  @Test("it serves several peers at once")
  func severalPeers() async throws {
    try await Loopback().run(onLink: echo) { site in
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for peer in UInt8(1)...8 {
          let dialer = try site.dialer()
          tasks.addTask {
            try await dialer.dial(site.address, expecting: .anyone) { link in
              var frames = link.frames.makeAsyncIterator()
              for round in UInt8(0)..<20 {
                try await link.send([peer, round])
                #expect(try await frames.next() == [peer, round])
              }
            }
          }
        }
        try await tasks.waitForAll()
      }
    }
  }

  @Test("when it stops accepting, links go on and nobody new gets in")
  func stopAccepting() async throws {
    try await Loopback().run(onLink: echo) { site in
      let dialer = try site.dialer()
      try await dialer.dial(site.address, expecting: .anyone) { link in
        var frames = link.frames.makeAsyncIterator()
        try await link.send([1])
        #expect(try await frames.next() == [1])
        await site.socket.stopAccepting()
        await #expect(throws: TransportError.connectionRefused(site.address)) {
          try await dialer.dial(site.address, expecting: .anyone) { _ in }
        }
        try await link.send([2])
        #expect(try await frames.next() == [2])
      }
    }
  }

  @Test("cancelling it cancels the links and frees the port")
  func cancellation() async throws {
    let (outcomes, outcome) = AsyncStream.makeStream(of: (any Error)?.self)
    try await TransportThreads.run { threads in
      let dialer = try PeerDialer(key: .generate(), threads: threads)
      let (addresses, listening) = AsyncStream.makeStream(of: PeerAddress.self)
      let (links, linked) = AsyncStream.makeStream(of: Void.self)
      async let dialed: Void = {
        let address = try #require(await addresses.first { _ in true })
        try await dialer.dial(address, expecting: .anyone) { link in
          for try await _ in link.frames {}
        }
      }()
      let address = try await Loopback().run { link in
        linked.yield()
        do {
          for try await _ in link.frames {}
          outcome.yield(nil)
        } catch {
          outcome.yield(error)
        }
      } _: { site in
        listening.yield(site.address)
        _ = await links.first { _ in true }
        return site.address
      }
      #expect(try #require(await outcomes.first { _ in true }) is CancellationError)
      try await dialed
      await #expect(throws: TransportError.connectionRefused(address)) {
        try await dialer.dial(address, expecting: .anyone) { _ in }
      }
    }
  }

  @Test("an address that another program listens at")
  func addressInUse() async throws {
    try await Loopback().run(onLink: echo) { site in
      let listener = try PeerListener(
        key: .generate(), threads: site.threads, judge: { _ in .known }, onRefusal: { _ in })
      await #expect(throws: TransportError.addressInUse(site.address)) {
        try await listener.run(at: site.address, onLink: echo)
      }
    }
  }

  @Test("an address that is none of this host's")
  func foreignAddress() async throws {
    try await TransportThreads.run { threads in
      let listener = try PeerListener(
        key: .generate(), threads: threads, judge: { _ in .known }, onRefusal: { _ in })
      let documentation = PeerAddress(host: "192.0.2.1", port: 0)
      await #expect(
        throws: TransportError.cannotListen(
          documentation, reason: "Cannot assign requested address")
      ) {
        try await listener.run(at: documentation, onLink: echo)
      }
      let nowhere = PeerAddress(host: "office.invalid", port: 0)
      await #expect(throws: TransportError.nameNotFound(nowhere)) {
        try await listener.run(at: nowhere, onLink: echo)
      }
    }
  }
}
