import TestSupport

/// Two directions of bytes between two nodes, each in order.
final class SimulatedLink {
  private(set) var isOpen = true
  let ends: [End]
  private let network: SimulatedNetwork
  private let weather: SimulatedNetwork.Weather
  /// How many more frames arrive whole, both directions together, before one is cut off at some byte.
  ///
  /// Counted in frames, for their lengths differ from run to run with the signatures in them.
  private var framesUntilCut: Int?
  /// How much of that frame arrives, in thousandths.
  private var shareBeforeCut = 0
  private static let cutFramesMax = 60

  init(
    _ one: SimulatedNode, _ two: SimulatedNode, on network: SimulatedNetwork,
    in weather: SimulatedNetwork.Weather
  ) {
    self.network = network
    self.weather = weather
    if network.random.chance(weather.cutPercent) {
      // Small numbers are likelier, so that greetings are cut as often as batches.
      let scale = Int.random(in: 1...Self.cutFramesMax, using: &network.random)
      framesUntilCut = Int.random(in: 0..<scale, using: &network.random)
      shareBeforeCut = Int.random(in: 0..<1_000, using: &network.random)
    }
    ends = [one, two].map { End($0, random: &network.random, weather) }
    for end in ends where end.readDelay > 0 { network.onFault("slow reader") }
  }

  func joins(_ node: SimulatedNode) -> Bool { ends.contains { $0.node === node } }

  /// Whether both sides know that it is closed.
  var isOver: Bool { !isOpen && ends.allSatisfy { $0.session?.isFinished ?? true } }

  /// Lets go of the sessions.
  func forget() {
    for end in ends { end.session = nil }
  }

  /// One side of a link.
  final class End {
    let node: SimulatedNode
    var session: SimulatedSession?
    let readDelay: Int
    /// Bytes that the other side has sent and this one has not read.
    fileprivate(set) var unreadByteCount = 0
    fileprivate var latestArrival = VirtualTime(milliseconds: 0)
    fileprivate var held: [[UInt8]] = []
    private var buffer: [UInt8] = []

    init(
      _ node: SimulatedNode, random: inout SplitMix64, _ weather: SimulatedNetwork.Weather
    ) {
      self.node = node
      readDelay =
        random.chance(weather.slowReaderPercent) ? Int.random(in: 100...5_000, using: &random) : 0
    }

    /// Takes bytes in, and gives the frames that are complete.
    func take(_ bytes: [UInt8]) throws -> [[UInt8]] {
      buffer += bytes
      var frames: [[UInt8]] = []
      while buffer.count >= 4 {
        let length = buffer.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= SimulatedSession.messageBytesMax else { throw LinkError.frameTooLong }
        guard buffer.count >= 4 + length else { break }
        frames.append(Array(buffer[4..<4 + length]))
        buffer.removeFirst(4 + length)
      }
      return frames
    }

    var hasPart: Bool { !buffer.isEmpty }
  }

  /// Sends a frame from one side to the other.
  func send(_ frame: [UInt8], from sender: End) {
    guard isOpen, let receiver = ends.first(where: { $0 !== sender }) else { return }
    for frame in bent(frame) {
      let length = UInt32(frame.count)
      let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + frame
      receiver.unreadByteCount += bytes.count
      deliver(bytes, from: sender, to: receiver)
    }
  }

  /// Tells the other side, once all that was sent has arrived, that there will be no more.
  func close(from sender: End) {
    guard isOpen, let receiver = ends.first(where: { $0 !== sender }) else { return }
    schedule(for: receiver) { [self] in
      isOpen = false
      try receiver.session?.linkClosed()
    }
  }

  /// Ends the link; what is under way is lost.
  func cut(audibly: Bool) {
    guard isOpen else { return }
    isOpen = false
    guard audibly else { return }
    for end in ends {
      network.simulator.schedule(after: .milliseconds(1)) { try end.session?.linkClosed() }
    }
  }

  /// Delivers what had been held back.
  func deliverHeld() {
    for end in ends {
      guard let sender = ends.first(where: { $0 !== end }) else { continue }
      let held = end.held
      end.held = []
      for bytes in held { deliver(bytes, from: sender, to: end) }
    }
  }

  private func deliver(_ bytes: [UInt8], from sender: End, to receiver: End) {
    let direction = SimulatedNetwork.Direction(from: sender.node.name, to: receiver.node.name)
    if network.blocked.contains(direction) {
      receiver.held.append(bytes)
      return
    }
    schedule(for: receiver) { [self] in
      guard isOpen else { return }
      receiver.unreadByteCount -= bytes.count
      guard framesUntilCut == 0 else {
        framesUntilCut = framesUntilCut.map { $0 - 1 }
        return try receiver.session?.received(bytes) ?? ()
      }
      try receiver.session?.received(Array(bytes.prefix(bytes.count * shareBeforeCut / 1_000)))
      network.onFault("line cut")
      cut(audibly: network.random.chance(70))
    }
  }

  /// Runs `body` when what is sent now has arrived; in the order of sending.
  private func schedule(for receiver: End, _ body: @escaping () throws -> Void) {
    let now = network.simulator.now
    let latency = Int.random(in: weather.latency, using: &network.random)
    let delay = Duration.milliseconds(latency + receiver.readDelay)
    receiver.latestArrival = max(receiver.latestArrival, now + delay)
    let wait = receiver.latestArrival.milliseconds - now.milliseconds
    network.simulator.schedule(after: .milliseconds(Int64(wait)), body)
  }

  /// What an enemy on the line, or at its other end, makes of a frame.
  private func bent(_ frame: [UInt8]) -> [[UInt8]] {
    guard weather.bentPerMille > 0,
      Int.random(in: 0..<1_000, using: &network.random) < weather.bentPerMille
    else { return [frame] }
    var changed = frame
    // By share, for lengths differ from run to run.
    let place = frame.count * Int.random(in: 0..<1_000, using: &network.random) / 1_000
    switch Int.random(in: 0..<4, using: &network.random) {
    case 0:
      network.onFault("frame lost")
      return []
    case 1:
      network.onFault("frame doubled")
      return [frame, frame]
    case 2:
      network.onFault("frame changed")
      changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &network.random)
      return [changed]
    case _:
      network.onFault("frame cut short")
      return [Array(frame.prefix(max(1, place)))]
    }
  }
}

/// A link that cannot be read any further.
enum LinkError: Error, Hashable, Sendable {
  case frameTooLong
}
