import Foundation
import PeerTransport
import Synchronization

/// Whether anything answers where peers were last reached.
///
/// Connects and says nothing: enough to tell a person who has just opened a prompt that they are offline.
enum PeerProbe {
  /// How long a prompt may be held up.
  private static let patience = Duration.milliseconds(20)
  /// How long connections are waited for beside it.
  private static let patienceMilliseconds: Int32 = 1_000

  /// Whether every address has refused, or cannot be reached from here, within a moment; a peer that has
  /// not answered by then may still do so.
  static func allRefuse(_ addresses: [PeerAddress]) async -> Bool {
    let (stream, continuation) = AsyncStream.makeStream(of: Bool.self)
    // To look up a name may take long, which none of the threads that run tasks may.
    Thread.detachNewThread {
      continuation.yield(addresses.allSatisfy(refuses))
      continuation.finish()
    }
    let clock = Task.detached {
      try? await Task.sleep(for: patience)
      continuation.yield(false)
    }
    defer { clock.cancel() }
    for await answer in stream { return answer }
    return false
  }

  private static func refuses(_ address: PeerAddress) -> Bool {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0 else { return true }
    defer { freeaddrinfo(found) }
    var next = found
    while let candidate = next?.pointee {
      if answers(candidate) { return false }
      next = candidate.ai_next
    }
    return true
  }

  private static func answers(_ address: addrinfo) -> Bool {
    let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(
      address.ai_family, address.ai_socktype | flags, address.ai_protocol)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return true }
    guard errno == EINPROGRESS else { return false }
    var waited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&waited, 1, patienceMilliseconds) > 0 else { return false }
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 && code == 0
  }
}
