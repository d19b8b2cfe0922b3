#if FUZZING
  import Foundation
  import FuzzTargets

  /// libFuzzer as a library, which leaves `main` to the program.
  enum LibFuzzer {
    /// Takes over the process.
    static func run(_ target: FuzzTarget, arguments: [String]) -> Never {
      chosen = target
      var count = Int32(arguments.count)
      var texts: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
      exit(
        texts.withUnsafeMutableBufferPointer { buffer in
          var base = buffer.baseAddress
          return runDriver(&count, &base) { bytes, count in
            check(UnsafeBufferPointer(start: bytes, count: count))
            return 0
          }
        })
    }

    /// What the callback, which can capture nothing, is to check; set once, before the driver starts.
    nonisolated(unsafe) private static var chosen = FuzzTarget.frames

    private static func check(_ bytes: UnsafeBufferPointer<UInt8>) {
      if let violation = chosen.violation(of: Array(bytes)) {
        preconditionFailure("\(chosen): \(violation)")
      }
    }
  }

  @_silgen_name("LLVMFuzzerRunDriver")
  private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
  ) -> Int32
#endif
