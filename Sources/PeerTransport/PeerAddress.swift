import NIOCore

/// Where a node listens or is reached: a host name or IP address, and a TCP port.
package struct PeerAddress: Hashable, Sendable {
  /// A name, or an IP address without brackets.
  package let host: String
  /// 0 asks for any free port when listening.
  package let port: Int

  /// Creates an address from its parts.
  ///
  /// - Precondition: `port` is in 0...65535.
  package init(host: String, port: Int) {
    precondition((0...65535).contains(port), "A TCP port is in 0...65535.")
    self.host = host
    self.port = port
  }

  /// Reads `HOST:PORT`, with IPv6 addresses in brackets (`[::1]:7411`); `nil` if it is neither.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    var host = text[..<colon]
    if host.first == "[" {
      guard host.last == "]" else { return nil }
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard
      !host.isEmpty, !host.contains(where: \.isUnfitForHost), digits.allSatisfy(\.isASCIIDigit),
      let port = Int(digits), (0...65535).contains(port)
    else { return nil }
    self.init(host: String(host), port: port)
  }

  /// Takes over the address of a socket; one that has none, such as a closed one, reads "unknown".
  init(_ address: SocketAddress?) {
    self.init(host: address?.ipAddress ?? "unknown", port: address?.port ?? 0)
  }
}

extension PeerAddress: CustomStringConvertible {
  /// `HOST:PORT`, as ``init(_:)-(String)`` reads it.
  package var description: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isWholeNumber }

  /// Whether no host has it: it would be read otherwise when repeated, or move a terminal's cursor
  /// when an address that somebody else chose is shown.
  fileprivate var isUnfitForHost: Bool {
    isWhitespace || self == "[" || self == "]"
      || unicodeScalars.contains {
        $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
      }
  }
}
