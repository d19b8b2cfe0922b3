import Foundation
import FuzzTargets

/// Feeds one target: under libFuzzer with whatever it comes up with, otherwise with the files named.
///
/// libFuzzer takes the place of the files only where the build links it, as `make fuzz` does; so the
/// ordinary build needs nothing of it, and replays what it has found.
@main
struct Fuzz {
  static func main() throws {
    var arguments = CommandLine.arguments
    #if FUZZING
      // libFuzzer starts further processes, and hands them its own arguments alone.
      if let name = ProcessInfo.processInfo.environment[LibFuzzer.targetVariable] {
        arguments.insert(name, at: 1)
      }
    #endif
    guard arguments.count > 1, let target = FuzzTarget(rawValue: arguments[1]) else {
      print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
      return
    }
    #if FUZZING
      LibFuzzer.run(target, arguments: [arguments[0]] + arguments[2...])
    #else
      for path in arguments[2...] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        print("\(path): \(target.violation(of: Array(bytes)) ?? "no finding")")
      }
    #endif
  }
}
