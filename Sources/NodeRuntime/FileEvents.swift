// A source may be cancelled from any thread, which the module does not say in types.
@preconcurrency import Dispatch

#if canImport(Glibc)
  import Glibc
#endif

/// Tells when a file is written to, by whichever process, so that nobody has to look all the time.
enum FileEvents {
  /// An element for each burst of writes to the file at `path`, until nobody listens any more.
  ///
  /// Ends at once where the system cannot tell; a file system of another machine never tells.
  static func writes(to path: String) -> AsyncStream<Void> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      #if canImport(Glibc)
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0, inotify_add_watch(descriptor, path, UInt32(IN_MODIFY)) >= 0 else {
          if descriptor >= 0 { close(descriptor) }
          return continuation.finish()
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        source.setEventHandler {
          // What exactly was written does not matter, only that something was.
          var events = [UInt8](repeating: 0, count: 4_096)
          while read(descriptor, &events, events.count) > 0 {}
          continuation.yield()
        }
        source.setCancelHandler { close(descriptor) }
        continuation.onTermination = { _ in source.cancel() }
        source.activate()
      #else
        continuation.finish()
      #endif
    }
  }
}
