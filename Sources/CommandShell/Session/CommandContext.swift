package import CRDTCore
package import CRMDomain
package import ReplicaStore
import Synchronization

/// Everything a command may use: the node, the time, who speaks, and where to write.
///
/// One for each command that runs; what lives longer is in ``SessionState``.
package struct CommandContext: Sendable {
  package let node: any NodeControl
  package let catalogs: WorkspaceCatalog
  /// The moment the command began, and the time zone of the person.
  package let calendar: LocalCalendar
  package let random: @Sendable (_ byteCount: Int) -> [UInt8]
  package let options: GlobalOptions
  package let output: CommandOutput
  package let state: SessionState
  /// Every command of the language.
  package let registry: CommandRegistry
  /// The command as typed, for the log.
  package let commandText: String
  /// The earlier state that records are read from; `nil` for that of now.
  package var past: PastView?
  /// What is settled on this machine.
  package let settings: Settings
  /// Runs another command, which hands what it says to `data` and `talk`; gives back when it ran.
  package let perform: Performing
  /// Which records were chosen where names meant several.
  package let choices = NameChoices()
  /// Runs the commands of a file under the options of this one.
  package let runScript: @Sendable (_ path: String) async throws -> ExitCode

  /// Runs a command within another.
  package typealias Performing =
    @Sendable (
      _ command: Command, _ data: @escaping @Sendable (String) -> Void,
      _ talk: @escaping @Sendable (String) -> Void
    ) async throws -> Instant

  package init(
    node: any NodeControl, catalogs: WorkspaceCatalog, calendar: LocalCalendar,
    random: @escaping @Sendable (_ byteCount: Int) -> [UInt8], options: GlobalOptions,
    output: CommandOutput, state: SessionState, registry: CommandRegistry, commandText: String,
    settings: Settings, perform: @escaping Performing,
    runScript: @escaping @Sendable (_ path: String) async throws -> ExitCode
  ) {
    self.node = node
    self.catalogs = catalogs
    self.calendar = calendar
    self.random = random
    self.options = options
    self.output = output
    self.state = state
    self.registry = registry
    self.commandText = commandText
    self.settings = settings
    self.perform = perform
    self.runScript = runScript
  }

  /// The kinds and fields of the workspace as of now; what reads records takes those of its snapshot.
  package var catalog: EntityCatalog { catalogs.current }

  /// Reads further lines, such as those that forms make.
  package var parser: CommandParser { CommandParser(vocabulary: registry.vocabulary) }

  /// Whether the answer is to be one JSON document.
  package var isJSON: Bool { options.format == "json" || options.format == "ndjson" }

  package var format: PeopleFormat { PeopleFormat(calendar: calendar) }
}

/// The options that every command takes.
package struct GlobalOptions: Hashable, Sendable {
  /// `table`, `card`, `json`, `ndjson`, `csv`, `tsv`, `md`, `ids`, `xlsx`; `nil` for the default.
  package var format: String?
  package var isYes = false
  package var isDryRun = false
  package var isQuiet = false
  /// Never ask; fail with code 5 instead.
  package var isNoInput = false
  package var isASCII = false
  /// Whether data that is taller than the screen goes through a pager.
  package var isPaged = true
  package var isFailOnConflict = false
  /// Whether each command says how long it took.
  package var isTimed = false
  /// Scripts go on after a failure.
  package var isKeepGoing = false
  /// `nil` for what is settled elsewhere.
  package var color: ColorChoice?
  /// The moment as of which records are read, as typed; `nil` for now.
  package var at: String?
  /// The user on whose behalf a command is meant to run; `nil` for whoever this node writes for.
  package var user: ValueText?
  /// The file that data goes to, in place of standard output.
  package var outputPath: String?

  package init() {}
}

/// Where a command writes: data to one stream, talk to another.
package struct CommandOutput: Sendable {
  /// Writes a line of data to standard output.
  package let data: @Sendable (String) -> Void
  /// Writes a line of talk to standard error.
  package let talk: @Sendable (String) -> Void
  /// Asks a question and waits for the line; `nil` where nobody can answer.
  package let ask: (@Sendable (_ question: String) -> String?)?
  /// Opens an editor for the lines of a form; `nil` where nobody can answer.
  package let openEditor: (@Sendable () throws -> any LineEditor)?
  /// Opens the person's editor on a text and gives back what was saved; `nil` where nobody has one.
  package var edit: (@Sendable (_ text: String) -> String?)?
  /// Waits for one key; `nil` where nobody can press one, and when the command was stopped.
  package var key: (@Sendable () -> Character?)?
  /// The terminal as a whole, for what draws itself anew in place; `nil` where data goes elsewhere.
  package var screen: Screen?
  /// Shows how far a long command has got; `nil` where no person would see it.
  package let progress: (@Sendable (String) -> Void)?
  /// How wide a line may be.
  package let width: Int
  /// Whether data goes to a terminal.
  package let isTerminal: Bool
  package let style: Style

  package init(
    data: @escaping @Sendable (String) -> Void, talk: @escaping @Sendable (String) -> Void,
    ask: (@Sendable (_ question: String) -> String?)?,
    openEditor: (@Sendable () throws -> any LineEditor)?, progress: (@Sendable (String) -> Void)?,
    width: Int, isTerminal: Bool, style: Style
  ) {
    self.data = data
    self.talk = talk
    self.ask = ask
    self.openEditor = openEditor
    self.progress = progress
    self.width = width
    self.isTerminal = isTerminal
    self.style = style
  }
}

/// One command of the language: a file in `Commands/` and a line in `CommandRegistry`.
package protocol ShellCommand: Sendable {
  /// Its verb (`list`) or its noun and verb (`peer invite`); the key of the registry.
  var name: String { get }
  /// One sentence for `help`.
  var summary: String { get }
  /// The syntax, one line each.
  var syntax: [String] { get }
  /// Examples that can be typed as they are.
  var examples: [String] { get }
  /// What it takes; the session refuses whatever else was typed.
  var use: CommandUse { get }

  /// What it takes in the form that was typed, where one that only shows has the name of one that changes.
  func use(of command: Command) -> CommandUse

  /// Runs the command.
  ///
  /// - Throws: A ``CRDTCore/UserFacingError``; the session renders it and picks the exit code.
  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode
}

extension ShellCommand {
  package func use(of command: Command) -> CommandUse { use }
}

/// The exit codes; docs/commands.md lists them.
package enum ExitCode: Int32, Sendable {
  case done = 0
  case failed = 1
  case unparsable = 2
  case noSuchRecord = 3
  case ambiguous = 4
  case needsAnswer = 5
  case openConflicts = 6
  case unreachable = 7
  case wrongKey = 8
  case store = 9
  case refused = 10
  /// A person or the system stopped the command.
  case interrupted = 130

  /// What it means, in a few words for help.
  var words: String {
    switch self {
    case .done: "done"
    case .failed: "failed"
    case .unparsable: "not understood"
    case .noSuchRecord: "not found"
    case .ambiguous: "ambiguous"
    case .needsAnswer: "needs an answer or --yes"
    case .openConflicts: "open conflicts"
    case .unreachable: "a peer not reached"
    case .wrongKey: "a peer's key not the known one"
    case .store: "store missing, locked or damaged"
    case .refused: "a rule refused it"
    case .interrupted: "interrupted"
    }
  }
}

/// What a session remembers between commands: rows of the last listing, the last record.
///
/// Commands of one session run one after another; one lock keeps a few words of state.
package final class SessionState: Sendable {
  private let memory = Mutex(Memory())
  /// What the prompt shows of conflicts.
  let conflicts = ConflictCounter()

  private struct Memory {
    var shown = ShownRecords()
    var listed: [RecordKey] = []
    var marked: [RecordKey] = []
    var last: RecordKey?
    var isLeaving = false
    var isTimed = false
    var tee: OutputFile?
    var background: BackgroundSync?
  }

  package init() {}

  /// The rows of the last listing, which `@1` and following refer to.
  package var listed: [RecordKey] {
    get { memory.withLock { $0.listed } }
    set { memory.withLock { $0.listed = newValue } }
  }

  /// The records that `mark` put aside: `@marked`.
  package var marked: [RecordKey] {
    get { memory.withLock { $0.marked } }
    set { memory.withLock { $0.marked = newValue } }
  }

  /// The record last created, edited or shown: `@last`.
  package var last: RecordKey? {
    get { memory.withLock { $0.last } }
    set { memory.withLock { $0.last = newValue } }
  }

  /// What the records said that were shown one by one.
  package var shown: ShownRecords {
    get { memory.withLock { $0.shown } }
    set { memory.withLock { $0.shown = newValue } }
  }

  /// Forgets every record: those of another workspace have nothing to do with them.
  func forgetRecords() {
    memory.withLock { memory in
      memory.shown = ShownRecords()
      memory.listed = []
      memory.marked = []
      memory.last = nil
    }
    conflicts.forget()
  }

  /// What exchanges beside the prompt; `nil` where there is none.
  var background: BackgroundSync? {
    get { memory.withLock { $0.background } }
    set { memory.withLock { $0.background = newValue } }
  }

  /// Whether `quit` was said.
  package var isLeaving: Bool {
    get { memory.withLock { $0.isLeaving } }
    set { memory.withLock { $0.isLeaving = newValue } }
  }

  /// Whether `timing on` was said.
  var isTimed: Bool {
    get { memory.withLock { $0.isTimed } }
    set { memory.withLock { $0.isTimed = newValue } }
  }

  /// The file that what is shown goes to as well.
  var tee: OutputFile? {
    get { memory.withLock { $0.tee } }
    set { memory.withLock { $0.tee = newValue } }
  }
}
