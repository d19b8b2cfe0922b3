import GRDBSQLite
import Glibc
import Synchronization

/// What SQLite calls for its files: the system's own interface, with the simulated disks in between.
///
/// It becomes SQLite's default, so that the replica is opened as it is anywhere else; files outside the
/// simulated disks pass through it untouched.
///
/// Source: <https://www.sqlite.org/vfs.html>.
enum DiskInterface {
  static let disks = Mutex<[String: Unowned]>([:])
  private static let installed = Mutex(false)

  /// The system's interface; set before SQLite knows of this one, and never changed.
  private nonisolated(unsafe) static var system: UnsafeMutablePointer<sqlite3_vfs>?
  /// The methods of every open file; filled before SQLite knows of this interface, and never changed.
  private nonisolated(unsafe) static var methods = sqlite3_io_methods()

  static func install() throws(DiskError) {
    let isInstalled = installed.withLock { flag in
      defer { flag = true }
      return flag
    }
    guard !isInstalled else { return }
    guard let system = sqlite3_vfs_find(nil) else { throw .noDefaultInterface }
    Self.system = system
    methods = fileMethods()
    // Lives as long as the program.
    let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    own.initialize(to: system.pointee)
    own.pointee.zName = UnsafePointer(strdup("simulated"))
    own.pointee.pNext = nil
    own.pointee.szOsFile = Int32(OpenFile.headerByteCount) + system.pointee.szOsFile
    own.pointee.xOpen = { _, name, file, flags, outFlags in
      DiskInterface.open(name, file, flags, outFlags)
    }
    own.pointee.xDelete = { _, name, syncsFolder in
      guard let system = DiskInterface.system else { return SQLITE_IOERR }
      if let disk = DiskInterface.disk(of: name) {
        let code = disk.permit()
        if code != SQLITE_OK { return code }
        if let name { disk.noteSync(String(cString: name)) }
      }
      return system.pointee.xDelete(system, name, syncsFolder)
    }
    sqlite3_vfs_register(own, 1)
  }

  /// The disk that a path lies on.
  private static func disk(of name: UnsafePointer<CChar>?) -> SimulatedDisk? {
    guard let name else { return nil }
    let path = String(cString: name)
    guard let end = path.lastIndex(of: "/") else { return nil }
    return disks.withLock { $0[String(path[..<end])]?.disk }
  }

  private static func open(
    _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
    _ outFlags: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let file, let system else { return SQLITE_IOERR }
    file.pointee.pMethods = nil
    let disk = disk(of: name)
    if let disk, disk.isDead { return SQLITE_CANTOPEN }
    let real = OpenFile.real(of: file)
    let code = system.pointee.xOpen(system, name, real, flags, outFlags)
    guard code == SQLITE_OK else { return code }
    let open = OpenFile(disk: disk, path: name.map { String(cString: $0) } ?? "", real: real)
    OpenFile.attach(open, to: file)
    withUnsafePointer(to: &methods) { file.pointee.pMethods = $0 }
    return SQLITE_OK
  }

  /// The methods of every open file; version 2 has no memory mapping of the data, which would pass
  /// by the disks.
  private static func fileMethods() -> sqlite3_io_methods {
    var methods = sqlite3_io_methods()
    methods.iVersion = 2
    methods.xClose = { file in OpenFile.detach(from: file)?.close() ?? SQLITE_OK }
    methods.xRead = { OpenFile.of($0)?.read($1, $2, $3) ?? SQLITE_IOERR }
    methods.xWrite = { OpenFile.of($0)?.write($1, $2, $3) ?? SQLITE_IOERR }
    methods.xTruncate = { OpenFile.of($0)?.truncate($1) ?? SQLITE_IOERR }
    methods.xSync = { OpenFile.of($0)?.sync($1) ?? SQLITE_IOERR }
    methods.xFileSize = { OpenFile.of($0)?.size($1) ?? SQLITE_IOERR }
    methods.xLock = { file, level in OpenFile.pass(file) { $1.xLock($0, level) } }
    methods.xUnlock = { file, level in OpenFile.pass(file) { $1.xUnlock($0, level) } }
    methods.xCheckReservedLock = { file, out in
      OpenFile.pass(file) { $1.xCheckReservedLock($0, out) }
    }
    methods.xFileControl = { file, operation, argument in
      OpenFile.pass(file) { $1.xFileControl($0, operation, argument) }
    }
    methods.xSectorSize = { file in OpenFile.pass(file) { $1.xSectorSize($0) } }
    methods.xDeviceCharacteristics = { file in
      OpenFile.pass(file) { $1.xDeviceCharacteristics($0) }
    }
    methods.xShmMap = { file, page, byteCount, extends, out in
      OpenFile.pass(file) { $1.xShmMap($0, page, byteCount, extends, out) }
    }
    methods.xShmLock = { file, offset, count, flags in
      OpenFile.pass(file) { $1.xShmLock($0, offset, count, flags) }
    }
    methods.xShmBarrier = { file in
      _ = OpenFile.pass(file) { real, methods in
        methods.xShmBarrier(real)
        return SQLITE_OK
      }
    }
    methods.xShmUnmap = { file, deletes in OpenFile.pass(file) { $1.xShmUnmap($0, deletes) } }
    return methods
  }
}
