import Foundation
import Testing

/// A pseudo-terminal whose other end the test holds.
final class Terminal: Sendable {
  /// What the person types on and reads from.
  private let master: Int32
  /// What the program has as its terminal.
  let descriptor: Int32
  let path: String

  init(columns: UInt16 = 80) throws {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    var name = [CChar](repeating: 0, count: 128)
    try #require(openpty(&master, &slave, &name, nil, &size) == 0)
    self.master = master
    descriptor = slave
    path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    close(master)
    close(descriptor)
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// Reads what the program shows until it has shown `text`; records an issue if it does not.
  @discardableResult
  func wait(
    for text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    var shown: [UInt8] = []
    let wanted = Array(text.utf8)
    var events = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    while !shown.ends(with: wanted), poll(&events, 1, 20_000) > 0 {
      var byte: UInt8 = 0
      guard read(master, &byte, 1) == 1 else { break }
      shown.append(byte)
    }
    let result = String(decoding: shown, as: UTF8.self)
    if !shown.ends(with: wanted) {
      Issue.record(
        "\(text.debugDescription) is not in \(result.debugDescription)",
        sourceLocation: sourceLocation)
    }
    return result
  }

  /// The terminal's modes, as bytes to compare.
  func modes() -> [UInt8] {
    var modes = termios()
    tcgetattr(descriptor, &modes)
    return withUnsafeBytes(of: modes) { Array($0) }
  }
}

extension [UInt8] {
  fileprivate func ends(with other: [UInt8]) -> Bool {
    guard count >= other.count else { return false }
    return suffix(other.count).elementsEqual(other)
  }
}
