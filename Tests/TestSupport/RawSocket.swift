import Foundation

/// A plain TCP socket on loopback that speaks whatever a test makes it say.
package struct RawSocket: Sendable {
  private let descriptor: Int32

  /// Lends a socket connected to a port of loopback to `body` and closes it.
  @discardableResult
  package static func withConnection<Result>(
    toPort port: Int, _ body: (RawSocket) async throws -> Result
  ) async throws -> Result {
    let descriptor = try openConnection(toPort: port)
    defer { close(descriptor) }
    return try await body(RawSocket(descriptor: descriptor))
  }

  /// Lends a socket that listens on loopback, but whose connections nobody takes, to `body`, with
  /// its port.
  @discardableResult
  package static func withListener<Result>(
    _ body: (RawSocket, Int) async throws -> Result
  ) async throws -> Result {
    let (descriptor, port) = try openListener()
    defer { close(descriptor) }
    return try await body(RawSocket(descriptor: descriptor), port)
  }

  /// Takes one connection and answers it with `bytes`, then closes it.
  package func answerOnce(with bytes: [UInt8]) async throws {
    let connection = await onOwnThread { accept(descriptor, nil, nil) }
    try check(connection)
    defer { close(connection) }
    let socket = RawSocket(descriptor: connection)
    socket.write(bytes)
    _ = await socket.readToEnd()
  }

  /// Writes all of it, or as much as the other side takes before it closes.
  package func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      // The other side may have had enough; that is what the test is about.
      guard written > 0 else { return }
      rest.removeFirst(written)
    }
  }

  /// Waits until the other side closes; returns what it sent.
  package func readToEnd() async -> [UInt8] {
    await onOwnThread {
      var (all, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
      while case let count = read(descriptor, &chunk, chunk.count), count > 0 {
        all += chunk[..<count]
      }
      return all
    }
  }

  /// Opens a socket connected to a port of loopback, for the caller to close.
  static func openConnection(toPort port: Int) throws -> Int32 {
    try openSocket { descriptor in
      var target = socketAddress(port: port)
      try check(withPointer(to: &target) { connect(descriptor, $0, $1) })
      return descriptor
    }
  }

  /// Opens a socket that listens on a free port of loopback, for the caller to close.
  static func openListener() throws -> (descriptor: Int32, port: Int) {
    try openSocket { descriptor in
      var address = socketAddress(port: 0)
      try check(withPointer(to: &address) { bind(descriptor, $0, $1) })
      try check(listen(descriptor, 8))
      try check(
        withUnsafeMutablePointer(to: &address) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            return getsockname(descriptor, $0, &size)
          }
        })
      return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }
  }

  private static func openSocket<Result>(_ body: (Int32) throws -> Result) throws -> Result {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    try check(descriptor)
    do {
      return try body(descriptor)
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func socketAddress(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}

private func withPointer(
  to address: inout sockaddr_in, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
  withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
}

private func check(_ result: Int32) throws {
  if result < 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
