#if FUZZING
  import Foundation
  import FuzzTargets

  /// libFuzzer as a library, which leaves `main` to the program.
  enum LibFuzzer {
    /// Tells further processes of this one what to check.
    static let targetVariable = "FUZZ_TARGET"

    /// What the callback, which can capture nothing, is to check; set once, before the driver starts.
    nonisolated(unsafe) fileprivate static var target = FuzzTarget.values

    /// Takes over the process.
    static func run(_ target: FuzzTarget, arguments: [String]) -> Never {
      Self.target = target
      setenv(targetVariable, target.rawValue, 1)
      var argumentCount = Int32(arguments.count)
      var texts: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
      let code = texts.withUnsafeMutableBufferPointer { buffer in
        var base = buffer.baseAddress
        return runDriver(&argumentCount, &base, check)
      }
      exit(code)
    }
  }

  /// One input; a finding ends the process, which is how libFuzzer hears of it.
  private func check(_ bytes: UnsafePointer<UInt8>?, _ byteCount: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: bytes, count: byteCount))
    if let violation = LibFuzzer.target.violation(of: input) {
      preconditionFailure("\(LibFuzzer.target): \(violation)")
    }
    return 0
  }

  @_silgen_name("LLVMFuzzerRunDriver")
  private func runDriver(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
  ) -> Int32
#endif
