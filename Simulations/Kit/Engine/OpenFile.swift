import GRDBSQLite

/// A file that SQLite has open: the system's own file, and the disk that watches it.
///
/// SQLite lends the memory: the methods' pointer, this object's, then the system's file.
final class OpenFile {
  /// Bytes before the system's file.
  static let headerByteCount = 16

  private let disk: SimulatedDisk?
  private let path: String
  private let real: UnsafeMutablePointer<sqlite3_file>

  init(disk: SimulatedDisk?, path: String, real: UnsafeMutablePointer<sqlite3_file>) {
    self.disk = disk
    self.path = path
    self.real = real
  }

  // MARK: - Where it lies

  static func real(
    of file: UnsafeMutablePointer<sqlite3_file>
  ) -> UnsafeMutablePointer<sqlite3_file> {
    (UnsafeMutableRawPointer(file) + headerByteCount).assumingMemoryBound(to: sqlite3_file.self)
  }

  private static func slot(
    of file: UnsafeMutablePointer<sqlite3_file>
  ) -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    (UnsafeMutableRawPointer(file) + 8).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
  }

  static func attach(_ open: OpenFile, to file: UnsafeMutablePointer<sqlite3_file>) {
    slot(of: file).pointee = Unmanaged.passRetained(open).toOpaque()
  }

  static func of(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
    guard let file, let pointer = slot(of: file).pointee else { return nil }
    return Unmanaged<OpenFile>.fromOpaque(pointer).takeUnretainedValue()
  }

  static func detach(from file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
    guard let file, let pointer = slot(of: file).pointee else { return nil }
    slot(of: file).pointee = nil
    return Unmanaged<OpenFile>.fromOpaque(pointer).takeRetainedValue()
  }

  /// Hands a call on to the system's file.
  static func pass(
    _ file: UnsafeMutablePointer<sqlite3_file>?,
    _ call: (UnsafeMutablePointer<sqlite3_file>, sqlite3_io_methods) -> Int32
  ) -> Int32 {
    guard let open = of(file), let methods = open.real.pointee.pMethods else {
      return SQLITE_IOERR
    }
    return call(open.real, methods.pointee)
  }

  // MARK: - What SQLite asks of it

  private var methods: sqlite3_io_methods? { real.pointee.pMethods?.pointee }

  func close() -> Int32 { methods?.xClose(real) ?? SQLITE_OK }

  func read(_ target: UnsafeMutableRawPointer?, _ count: Int32, _ offset: Int64) -> Int32 {
    if let disk, disk.isDead { return SQLITE_IOERR }
    return methods?.xRead(real, target, count, offset) ?? SQLITE_IOERR
  }

  func write(_ source: UnsafeRawPointer?, _ count: Int32, _ offset: Int64) -> Int32 {
    if let disk {
      let code = disk.permit()
      if code != SQLITE_OK { return code }
      if disk.isFull { return SQLITE_FULL }
      let bytes = UnsafeRawBufferPointer(start: source, count: Int(count))
      let size = size
      disk.noteWrite(
        path, offset: offset, bytes: Array(bytes),
        replaced: present(from: offset, count: min(Int64(count), max(0, size - offset))),
        size: size)
    }
    return methods?.xWrite(real, source, count, offset) ?? SQLITE_IOERR
  }

  func truncate(_ newSize: Int64) -> Int32 {
    if let disk {
      let code = disk.permit()
      if code != SQLITE_OK { return code }
      disk.noteTruncation(
        path, to: newSize, removed: present(from: newSize, count: max(0, size - newSize)))
    }
    return methods?.xTruncate(real, newSize) ?? SQLITE_IOERR
  }

  /// Counts as done at once: what simulates a power cut needs no real disk to wait for.
  func sync(_ flags: Int32) -> Int32 {
    guard let disk else { return methods?.xSync(real, flags) ?? SQLITE_IOERR }
    let code = disk.permit()
    if code == SQLITE_OK { disk.noteSync(path) }
    return code
  }

  func size(_ out: UnsafeMutablePointer<Int64>?) -> Int32 {
    methods?.xFileSize(real, out) ?? SQLITE_IOERR
  }

  private var size: Int64 {
    var size: Int64 = 0
    return self.size(&size) == SQLITE_OK ? size : 0
  }

  private func present(from offset: Int64, count: Int64) -> [UInt8] {
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: Int(count))
    let code = bytes.withUnsafeMutableBytes {
      methods?.xRead(real, $0.baseAddress, Int32(count), offset) ?? SQLITE_IOERR
    }
    return code == SQLITE_OK ? bytes : []
  }
}
