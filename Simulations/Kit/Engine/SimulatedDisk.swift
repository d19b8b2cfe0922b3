import GRDBSQLite
import Glibc
import ReplicaStore
import Synchronization
package import TestSupport

/// A node's disk: a folder whose files SQLite reaches through ``DiskInterface``.
///
/// What was written and not yet synced is known, so that a power cut can take it away; the machine
/// can die at any operation, and space can run out.
package final class SimulatedDisk {
  /// What happens to a node's machine.
  package enum Failure: Sendable {
    /// The process dies; all that it wrote stays.
    case process
    /// The power is cut; of what was not synced, any part may be gone.
    case power
  }

  /// Where its files lie.
  package let folder: String
  /// Whether the machine is down: every operation fails until ``revive(after:random:)``.
  package private(set) var isDead = false
  /// Whether no more can be written.
  package var isFull = false
  /// After how many more operations that change a file the machine dies; `nil` for never.
  package var operationsUntilDeath: Int?
  /// Per file, what was written since it was last synced, in order.
  private var unsynced: [String: [Change]] = [:]

  private enum Change {
    case write(offset: Int64, bytes: [UInt8], replaced: [UInt8], size: Int64)
    case truncation(size: Int64, removed: [UInt8])
  }

  /// Opens a folder, which is made if need be, as a disk.
  package init(folder: String) throws(DiskError) {
    try DiskInterface.install()
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .folder(folder) }
    self.folder = folder
    DiskInterface.disks.withLock { $0[folder] = Unowned(disk: self) }
  }

  deinit { DiskInterface.disks.withLock { _ = $0.removeValue(forKey: folder) } }

  /// Whether an operation that changes a file may go on, or what it ends with.
  func permit() -> Int32 {
    if let left = operationsUntilDeath {
      operationsUntilDeath = left > 0 ? left - 1 : nil
      if left == 0 { isDead = true }
    }
    return isDead ? SQLITE_IOERR : SQLITE_OK
  }

  func noteWrite(_ path: String, offset: Int64, bytes: [UInt8], replaced: [UInt8], size: Int64) {
    unsynced[path, default: []].append(
      .write(offset: offset, bytes: bytes, replaced: replaced, size: size))
  }

  func noteTruncation(_ path: String, to size: Int64, removed: [UInt8]) {
    unsynced[path, default: []].append(.truncation(size: size, removed: removed))
  }

  func noteSync(_ path: String) { unsynced[path] = nil }

  /// Cuts the node off from its files at once.
  package func die() { isDead = true }

  /// Brings the machine back, once all its connections are closed, with what has survived.
  package func revive(after failure: Failure, random: inout SplitMix64) {
    for (path, changes) in unsynced.sorted(by: { $0.key < $1.key }) where failure == .power {
      let kept = changes.filter { _ in random.chance(50) }
      replay(changes: changes, keeping: kept, of: path, random: &random)
    }
    unsynced.removeAll()
    for name in storeNames { unlink("\(folder)/\(name)-shm") }
    isDead = false
    operationsUntilDeath = nil
  }

  /// Copies a store's file, once nobody writes to it.
  func copy(_ path: String, to copy: String) throws(DiskError) {
    guard let bytes = Self.bytes(of: path) else { throw .folder(path) }
    let file = Glibc.open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { throw .folder(copy) }
    defer { close(file) }
    guard pwrite(file, bytes, bytes.count, 0) == bytes.count else { throw .folder(copy) }
  }

  private static func bytes(of path: String) -> [UInt8]? {
    let file = Glibc.open(path, O_RDONLY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let size = Int(lseek(file, 0, SEEK_END))
    var bytes = [UInt8](repeating: 0, count: size)
    return pread(file, &bytes, size, 0) == size ? bytes : nil
  }

  /// The names of the stores on the disk.
  private var storeNames: [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".sqlite") { names.append(name) }
    }
    return names.sorted()
  }

  /// Brings a file to what was synced, and then makes those changes again that survived, each
  /// perhaps cut short.
  private func replay(
    changes: [Change], keeping kept: [Change], of path: String, random: inout SplitMix64
  ) {
    let file = Glibc.open(path, O_RDWR)
    guard file >= 0 else { return }
    defer { close(file) }
    for change in changes.reversed() {
      switch change {
      case .write(let offset, _, let replaced, let size):
        pwrite(file, replaced, replaced.count, Int(offset))
        ftruncate(file, Int(size))
      case .truncation(let size, let removed): pwrite(file, removed, removed.count, Int(size))
      }
    }
    for change in kept {
      switch change {
      case .write(let offset, let bytes, _, _):
        let count =
          random.chance(80) ? bytes.count : Int.random(in: 0...bytes.count, using: &random)
        pwrite(file, bytes, count, Int(offset))
      case .truncation(let size, _): ftruncate(file, Int(size))
      }
    }
  }
}

/// The token beside a node's store, on its disk.
final class SimulatedToken: GenerationToken {
  private let disk: Unowned
  private let bytes = Mutex<[UInt8]?>(nil)

  init(on disk: SimulatedDisk) { self.disk = Unowned(disk: disk) }

  /// What it says, whether or not the machine is up: as somebody sees who copies all of the disk.
  var contents: [UInt8]? {
    get { bytes.withLock { $0 } }
    set { bytes.withLock { $0 = newValue } }
  }

  func read() throws -> [UInt8]? {
    guard !disk.disk.isDead else { throw DiskError.dead }
    return bytes.withLock { $0 }
  }

  func write(_ new: [UInt8]) throws {
    guard disk.disk.permit() == SQLITE_OK else { throw DiskError.dead }
    bytes.withLock { $0 = new }
  }
}

/// A disk that could not be made, or whose machine is down.
package enum DiskError: Error, Hashable, Sendable {
  case folder(String)
  case noDefaultInterface
  case dead
}

/// A disk, known to the interface as long as somebody holds it.
struct Unowned: @unchecked Sendable {
  /// Every simulation runs on one thread at a time: SQLite calls back on the thread that waits.
  unowned let disk: SimulatedDisk
}
