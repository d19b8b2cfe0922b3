import CRDTCore
import CRMDomain
import CommandShell
import ReplicaStore
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
      registry: CommandRegistry(
        records: RecordCommands.all, verbs: RecordCommands.verbs, nouns: RecordCommands.nouns,
        options: RecordCommands.options, kinds: CatalogVocabulary.kinds(of: .standard)),
      environment: environment, arguments: try ProgramArguments(arguments))
    let code = await program.run()
    return Outcome(code: code, output: output.text, talk: talk.text)
  }

  @Test("help says which exit codes a command can give")
  func helpExits() async throws {
    let edit = try await run("help", "edit").output
    #expect(edit.contains("3 not found") && edit.contains("10 a rule refused it"))
    #expect(!edit.contains("7 a peer not reached"))
    #expect(try await run("help", "sync").output.contains("8 a peer's key not the known one"))
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

  @Test(
    "every error has its exit code, whichever module throws it",
    arguments: [
      (CSVError.empty, 1), (ImportError.unmappedKey(field: "name"), 2),
      (FieldPathError.unknownField(name: "x", entity: "deal", closest: nil), 2),
      (ReadingError.unknownCurrency("X", nearest: []), 2),
      (QueryError.noSuchRecord(text: "x", kind: "deal", closest: nil), 3),
      (QueryError.notSortable(field: "x"), 2),
      (EditError.noSuchRecord(text: "x", field: "a", kind: "account", closest: nil), 3),
      (EditError.ambiguousReference(text: "x", field: "a", kind: "a", candidates: []), 4),
      (EditError.missingFields(["name"], entity: "deal"), 10),
      (RecordError.noSuchConflict("x1"), 3), (RecordError.ambiguous("x", candidates: []), 4),
      (RecordError.needsAnswer(what: "It", command: "edit"), 5),
      (RecordError.deleted("x", act: "", id: "d7h2k"), 10), (StoreError.locked, 9),
      (ReplicaError.wrongEdit(kind: "deal", field: "stock"), 10), (CancellationError(), 130),
    ] as [(any Error, Int32)])
  func codes(error: any Error, code: Int32) {
    #expect(ErrorReport(error).code == code)
  }

  @Test(
    "what a command does not take is refused and pointed at, never ignored",
    arguments: [
      ("list deals foo", "foo"), ("list deals since monday", "since"),
      ("list deals --max 3", "--max 3"), ("edit d7h2k amount=3 at friday", "at"),
      ("edit d7h2k amount=3 --at friday", "--at friday"), ("status --at friday", "--at friday"),
      ("count deals sort name", "sort"),
      ("edit d7h2k amount=3 --format csv", "csv"), ("show d7h2k name=X", "name=X"),
      ("show (deals where mine)", "(deals where mine)"), ("sync --dry-run", "--dry-run"),
      ("init --dry-run", "--dry-run"), ("conflict list sort kind", "sort"),
      ("conflict keep x7m2q where mine", "where"), ("peer list extra", "extra"),
      ("help list --format ids", "ids"), ("status because x", "because"),
    ])
  func refusals(line: String, part: String) async throws {
    let outcome = try await run("-c", line)
    #expect(outcome.code == 2)
    let lines = outcome.talk.split(separator: "\n", omittingEmptySubsequences: false)
    let caret = try #require(lines.first { $0.contains("^") })
    let place = try #require(line.firstRange(of: part))
    #expect(
      caret.prefix { $0 != "^" }.count - 2
        == line.distance(from: line.startIndex, to: place.lowerBound))
    #expect(caret.count { $0 == "^" } == part.count)
  }

  @Test("a dry run asked of a whole session holds for every command that changes something")
  func sessionDryRun() async throws {
    #expect(try await run("--dry-run", "-c", "sync").code == 2)
    #expect(try await run("--dry-run", "-c", "status").code == 9)
  }

  @Test("a moment asked of a whole session holds for what only reads, and nothing else is done")
  func sessionMoment() async throws {
    let edit = try await run("--at", "friday", "-c", "edit d7h2k amount=3")
    #expect(edit.code == 2 && edit.talk.contains("an earlier state can only be looked at"))
    #expect(try await run("--at", "friday", "-c", "help").code == 0)
    #expect(try await run("--at", "tomorrow", "-c", "list deals").talk.contains("still to come"))
    #expect(try await run("-c", "list deals at 31 feb").code == 2)
    #expect(try await run("-c", "list deals at 1970-01-01").code == 9)
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

  @Test(
    "--help and -h with a command are help on it, whatever else was typed",
    arguments: [
      ("list", "list --help"), ("peer invite", "peer invite -h"), ("sync", "sync run hamburg -h"),
      ("new", "new --format json --help name=X"), ("help", "? --help"), ("peer", "peer --help"),
    ])
  func helpOption(topic: String, line: String) async throws {
    let page = try await run("-c", "help \(topic)")
    #expect(page.code == 0)
    #expect(try await run("-c", line) == page)
  }

  @Test("--help with a command of a shell's is help on it, and of an unknown one an error")
  func helpArguments() async throws {
    #expect(try await run("edit", "--help") == run("help", "edit"))
    #expect(try await run("shwo", "--help").talk.contains("Did you mean \"show\"?"))
  }

  @Test(
    "a personal workspace's node is called like the machine, as far as a node can be",
    arguments: [("Lena-X1.local", "lena-x1"), ("my pc!", "mypc"), ("", "home"), ("--", "home")])
  func hostNames(host: String, node: String) {
    #expect(NodeName.of(host: host) == node)
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
