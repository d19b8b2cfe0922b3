import Foundation
import TestSupport
import Testing

/// The runs of `kith` in other suites rest on this; a shell stands in for the program here.
@Suite("KithProcess", .timeLimit(.minutes(1)))
struct KithProcessTests {
  private let shell = URL(fileURLWithPath: "/bin/sh")

  @Test("a run gives its exit code and both outputs")
  func outputs() throws {
    let result = try KithProcess.run(
      ["-c", "cat; echo $WORD >&2; exit 3"], input: "typed\n", environment: ["WORD": "heard"],
      program: shell)
    #expect(result == KithProcess.Result(code: 3, output: "typed\n", errors: "heard\n"))
  }

  @Test("megabytes in both directions do not block")
  func largeOutputs() throws {
    let text = String(repeating: "0123456789abcde\n", count: 1 << 16)
    let result = try KithProcess.run(["-c", "tee /dev/stderr"], input: text, program: shell)
    #expect(result.output == text)
    #expect(result.errors == text)
  }

  @Test("a line is waited for while the process runs on")
  func line() throws {
    let run = try KithProcess(
      ["-c", "echo starting; echo listening on 127.0.0.1:40123; read word; echo heard $word"],
      program: shell)
    #expect(try run.listeningAddress() == "127.0.0.1:40123")
    run.write("this\n")
    #expect(try run.line(containing: "heard") == "heard this")
    #expect(try run.result().code == 0)
  }

  @Test("a line that does not come before the end is an error that shows what came")
  func missingLine() throws {
    let run = try KithProcess(["-c", "echo something else"], program: shell)
    let error = #expect(throws: KithProcess.TimedOut.self) { try run.listeningAddress() }
    #expect(error?.description.contains("something else") == true)
  }

  @Test("signals end, freeze and thaw a process")
  func signals() throws {
    let run = try KithProcess(["-c", "echo ready; read word; echo $word"], program: shell)
    _ = try run.line(containing: "ready")
    run.send(.stop)
    run.write("late\n")
    #expect(throws: KithProcess.TimedOut.self) {
      try run.line(containing: "late", within: .milliseconds(50))
    }
    run.send(.resume)
    #expect(try run.line(containing: "late") == "late")

    let other = try KithProcess(["-c", "echo ready; read word"], program: shell)
    _ = try other.line(containing: "ready")
    other.send(.kill)
    #expect(try other.result().code == 128 + 9)
  }

  @Test("a run starts in the folder it is given")
  func directory() throws {
    let result = try KithProcess.run(
      ["-c", "pwd"], directory: URL(fileURLWithPath: "/usr"), program: shell)
    #expect(result.output == "/usr\n")
  }

  @Test("a program that is not there is an error")
  func missingProgram() {
    #expect(throws: (any Error).self) {
      try KithProcess.run([], program: URL(fileURLWithPath: "/usr/bin/there-is-no-such-program"))
    }
  }

  @Test("a run that takes too long is killed")
  func timeout() throws {
    #expect(throws: KithProcess.TimedOut.self) {
      try KithProcess.run(
        ["-c", "read word < /dev/zero"], timeout: .milliseconds(50), program: shell)
    }
  }

  @Test("the program is looked for beside the running one")
  func program() {
    #expect(KithProcess.program.lastPathComponent == "kith")
    #expect(FileManager.default.isExecutableFile(atPath: KithProcess.program.path))
  }
}
