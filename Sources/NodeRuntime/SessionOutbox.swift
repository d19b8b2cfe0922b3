import SyncEngine
import Synchronization

/// The frames of one session that wait to be sent, in order and in bounded memory.
///
/// The credit alone does not bound them: a peer may acknowledge what it has not read, or send and
/// never read.
final class SessionOutbox: Sendable {
  let frames: AsyncStream<[UInt8]>
  private let queue: AsyncStream<[UInt8]>.Continuation
  /// Bytes that may still be added; `nil` once a frame has been refused.
  private let room: Mutex<Int?>

  init(bytesMax: Int) {
    (frames, queue) = AsyncStream.makeStream(of: [UInt8].self)
    room = Mutex(bytesMax)
  }

  /// Adds a frame, or says that there is no room; after that no frame is taken any more.
  func put(_ frame: [UInt8]) -> Bool {
    let isTaken = room.withLock { room in
      room = room.flatMap { $0 >= Self.cost(of: frame) ? $0 - Self.cost(of: frame) : nil }
      return room != nil
    }
    if isTaken { queue.yield(frame) }
    return isTaken
  }

  /// Makes room, once a frame has left.
  func remove(_ frame: [UInt8]) {
    room.withLock { room in room = room.map { $0 + Self.cost(of: frame) } }
  }

  /// Ends ``frames`` behind those that wait.
  func close() { queue.finish() }

  /// Tiny frames take more memory than their bytes.
  private static func cost(of frame: [UInt8]) -> Int {
    max(frame.count, SessionLimits.batchCostMin)
  }
}
