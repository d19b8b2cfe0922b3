import Foundation
import Synchronization

/// A line to a port of loopback that is slow and breaks: it passes bytes on with delays, and cuts
/// connections at bytes drawn from a seed.
///
/// One thread of its own serves all connections; when the last reference goes, it closes them and
/// ends.
package final class CuttingProxy: Sendable {
  /// What the line has done so far.
  package struct Tally: Hashable, Sendable {
    /// Connections that it has taken.
    package fileprivate(set) var connections = 0
    /// Connections that it has cut while both sides still held them.
    package fileprivate(set) var cuts = 0
    /// Those of them cut before the handshake can have been through.
    package fileprivate(set) var cutsInHandshake = 0
    /// Bytes passed on.
    package fileprivate(set) var bytes = 0
  }

  /// Where to dial: `127.0.0.1:40123`.
  package let address: String
  private let board: Mutex<Board>

  fileprivate struct Board {
    var tally = Tally()
    var isCutting = true
  }

  /// Starts a line to `port`.
  ///
  /// - Throws: What the system says if there is no socket to be had.
  package static func start(toPort port: Int, seed: UInt64) throws -> CuttingProxy {
    let (listener, ownPort) = try RawSocket.openListener()
    let proxy = CuttingProxy(address: "127.0.0.1:\(ownPort)")
    Thread.detachNewThread { [weak proxy] in
      var exchange = LineExchange(
        listener: listener, target: port, random: SplitMix64(seed: seed))
      while let isCutting = proxy?.turn(exchange.tally) { exchange.turn(isCutting: isCutting) }
      exchange.close()
    }
    return proxy
  }

  private init(address: String) {
    self.address = address
    board = Mutex(Board())
  }

  private func turn(_ tally: Tally) -> Bool {
    board.withLock { board in
      board.tally = tally
      return board.isCutting
    }
  }

  package var tally: Tally { board.withLock { $0.tally } }

  /// Cuts no connection that is dialled from now on; the delays stay.
  package func stopCutting() { board.withLock { $0.isCutting = false } }
}

/// The connections of a ``CuttingProxy``, on its thread.
private struct LineExchange {
  let listener: Int32
  let target: Int
  var random: SplitMix64
  private(set) var tally = CuttingProxy.Tally()
  private var lines: [Line] = []

  init(listener: Int32, target: Int, random: SplitMix64) {
    self.listener = listener
    self.target = target
    self.random = random
  }

  /// Waits a millisecond or two for something to do, and does it.
  mutating func turn(isCutting: Bool) {
    var polled = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
    for line in lines { polled += line.polled }
    // While bytes are on their way, the next may be due within a millisecond.
    guard poll(&polled, nfds_t(polled.count), lines.isEmpty ? 20 : 1) >= 0 else { return }
    for index in lines.indices {
      lines[index].read(&random)
      tally.bytes += lines[index].passOn()
    }
    for line in lines where line.state == .cut {
      tally.cuts += 1
      if line.passed < Line.handshakeBytes { tally.cutsInHandshake += 1 }
    }
    for line in lines where line.state != .open { line.close(abruptly: random.chance(50)) }
    lines.removeAll { $0.state != .open }
    if polled[0].revents != 0 { take(isCutting: isCutting) }
  }

  private mutating func take(isCutting: Bool) {
    let near = accept(listener, nil, nil)
    guard near >= 0 else { return }
    guard let far = try? RawSocket.openConnection(toPort: target) else {
      Foundation.close(near)
      return
    }
    tally.connections += 1
    lines.append(Line(near: near, far: far, limit: isCutting ? cut() : nil))
  }

  /// After how many bytes the next connection is cut: in its handshake, between the first messages,
  /// or among batches.
  private mutating func cut() -> Int {
    let bytesMax = random.choice([Line.handshakeBytes, 12_000, 12_000, 40_000])
    return Int.random(in: 0..<bytesMax, using: &random)
  }

  func close() {
    for line in lines { line.close(abruptly: true) }
    Foundation.close(listener)
  }
}

/// One connection and its continuation, with what is on its way between them.
private struct Line {
  enum State {
    case open
    case cut
    case over
  }

  /// Both sides' share of a TLS handshake with certificates on both sides, roughly.
  static let handshakeBytes = 3_000
  private static let delayMillisecondsMax = 4
  /// What may be on its way in one direction before its sender is no longer read.
  private static let waitingBytesMax = 256 << 10

  private(set) var state = State.open
  private(set) var passed = 0
  private let limit: Int?
  private var ways: [Way]

  /// One direction.
  private struct Way {
    let from: Int32
    let to: Int32
    var waiting: [(due: ContinuousClock.Instant, bytes: ArraySlice<UInt8>)] = []
    var hasEnded = false
    var isShut = false

    var waitingByteCount: Int { waiting.reduce(0) { $0 + $1.bytes.count } }
  }

  init(near: Int32, far: Int32, limit: Int?) {
    self.limit = limit
    ways = [Way(from: near, to: far), Way(from: far, to: near)]
  }

  var polled: [pollfd] {
    ways.filter { !$0.hasEnded && $0.waitingByteCount < Self.waitingBytesMax }
      .map { pollfd(fd: $0.from, events: Int16(POLLIN), revents: 0) }
  }

  /// Takes what has come and sets the time at which it goes on.
  mutating func read(_ random: inout SplitMix64) {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    for index in ways.indices where !ways[index].hasEnded {
      guard ways[index].waitingByteCount < Self.waitingBytesMax else { continue }
      let count = recv(ways[index].from, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 {
        let delay = Int.random(in: 0...Self.delayMillisecondsMax, using: &random)
        let due = max(
          ways[index].waiting.last?.due ?? .now, ContinuousClock.now + .milliseconds(delay))
        ways[index].waiting.append((due, buffer[..<count]))
      } else if count == 0 {
        ways[index].hasEnded = true
      } else if errno != EAGAIN && errno != EINTR {
        state = .over
      }
    }
  }

  /// Passes on what is due, up to the byte at which the line is cut; returns how many bytes.
  mutating func passOn() -> Int {
    let before = passed
    for index in ways.indices where state == .open { passOn(alongWay: index) }
    if state == .open, ways.allSatisfy(\.isShut) { state = .over }
    return passed - before
  }

  private mutating func passOn(alongWay index: Int) {
    while let (due, bytes) = ways[index].waiting.first, due <= .now {
      let part = bytes.prefix(limit.map { $0 - passed } ?? bytes.count)
      let sent = part.withUnsafeBytes {
        send(ways[index].to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      guard sent >= 0 else {
        if errno != EAGAIN && errno != EINTR { state = .over }
        return
      }
      passed += sent
      if passed == limit { return state = .cut }
      ways[index].waiting[0].bytes.removeFirst(sent)
      if ways[index].waiting[0].bytes.isEmpty { ways[index].waiting.removeFirst() }
    }
    if ways[index].waiting.isEmpty, ways[index].hasEnded, !ways[index].isShut {
      shutdown(ways[index].to, Int32(SHUT_WR))
      ways[index].isShut = true
    }
  }

  /// Closes both ends; abruptly, both sides are told that the connection was reset.
  func close(abruptly: Bool) {
    for way in ways {
      if abruptly {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
          way.from, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
      }
      Foundation.close(way.from)
    }
  }
}
