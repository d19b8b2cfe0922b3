import CRDTCore
import CRMDomain
import CommandShell
import Synchronization
import Testing

@Suite("ShellProgram")
struct ShellProgramTests {
  /// What a run of the program left behind.
  struct Outcome: Equatable {
    let code: Int32
    let output: String
    let talk: String
  }

  private func run(_ arguments: String...) async throws -> Outcome {
    let output = Transcript()
    let talk = Transcript()
    var environment = ShellEnvironment(
      now: { WallTime(milliseconds: 1_000) }, random: { [UInt8](repeating: 0, count: $0) },
      output: { output.add($0) }, talk: { talk.add($0) })
    environment.version = "0.1"
    let program = ShellProgram(
      node: ScriptedNode(), catalog: .standard,
      registry: CommandRegistry(records: [], verbs: [], nouns: [], options: [], kinds: []),
      environment: environment, arguments: try ProgramArguments(arguments))
    let code = await program.run()
    return Outcome(code: code, output: output.text, talk: talk.text)
  }

  @Test(
    "every failure has the exit code of its kind",
    arguments: [
      (["shwo"], 2), (["peer"], 2), (["init", "office"], 2), (["status", "--format", "pdf"], 2),
      (["status"], 9), (["init", "office", "--workspace", "W", "--user", "U"], 9),
      (["join", "CODE", "--node", "n", "--user", "u"], 8), (["sync"], 130), (["quit"], 0),
    ] as [([String], Int32)])
  func exitCodes(arguments: [String], code: Int32) async throws {
    let line = arguments.joined(separator: " ")
    #expect(try await run("-c", line).code == code)
  }

  @Test("the code of an invitation stands alone on standard output")
  func invite() async throws {
    let outcome = try await run("peer", "invite", "lena-x1", "--role", "rep")
    #expect(outcome.code == 0)
    #expect(outcome.output == "4H7K-lena-x1\n")
    #expect(outcome.talk.contains("amber falcon tide"))
  }

  @Test("serve says where it listens")
  func serve() async throws {
    let outcome = try await run("serve", "--listen", "127.0.0.1:7000")
    #expect(outcome == Outcome(code: 0, output: "listening on 127.0.0.1:7000\n", talk: ""))
  }

  @Test("an error is one JSON document where JSON was asked for")
  func jsonError() async throws {
    let outcome = try await run("status", "--format", "json")
    #expect(outcome.code == 9)
    #expect(
      outcome.talk == """
        {"schema":"kith.error/1","code":9,\
        "error":"There is no store at /nowhere/replica.sqlite.",\
        "hint":"Make one with: kith init NODE --workspace W --user U"}

        """)
  }

  @Test("a line stops at its first failure, unless it is to keep going")
  func keepGoing() async throws {
    let line = "status; serve --listen a:1"
    #expect(try await run("-c", line).output.isEmpty)
    let outcome = try await run("-c", line, "--keep-going")
    #expect(outcome.code == 9)
    #expect(outcome.output == "listening on a:1\n")
  }

  @Test("a sync that was stopped says what it has kept")
  func stoppedSync() async throws {
    let outcome = try await run("sync")
    #expect(
      outcome.talk
        == "Stopped after 120 of 300 changes from hamburg. They are saved; sync again for the rest.\n"
    )
  }

  @Test("help names every command, and the fields of a kind")
  func help() async throws {
    #expect(try await run("help").output.contains("peer invite"))
    #expect(try await run("help", "store", "check").output.contains("Verifies the file"))
    #expect(try await run("help", "fields", "deal").output.contains("stage"))
  }

  @Test("the store's path is taken out, wherever it stands")
  func storePath() throws {
    let before = try ProgramArguments(["--store", "/tmp/a", "status"])
    let after = try ProgramArguments(["status", "--store=/tmp/a"])
    #expect(before.storePath == "/tmp/a")
    #expect(before == after)
    #expect(before.source == .command(["status"]))
  }
}

/// Text that was written from anywhere.
private final class Transcript: Sendable {
  private let written = Mutex("")

  var text: String { written.withLock { $0 } }

  func add(_ text: String) { written.withLock { $0 += text } }
}
