import CRMDomain
import ReplicaStore

/// A saved view, read.
struct SavedView {
  /// The commands that a view may keep.
  static let verbs: Set<String> = ["list", "board", "count"]

  /// As it was typed.
  let text: String
  let command: Command

  /// The view of a name.
  ///
  /// - Throws: ``SavedCommandError/noSuchView(_:nearest:)``, or ``ParseError`` where what is kept cannot be read.
  init(named name: String, in snapshot: Snapshot, _ parser: CommandParser) throws {
    guard let saved = try SavedCommand.named(name, .view, in: snapshot.database) else {
      throw try SavedCommandError.noSuch(.view, name, in: snapshot)
    }
    try self.init(saved.command, parser)
  }

  /// A view of a command as typed.
  ///
  /// - Throws: ``SavedCommandError/noListing(_:)`` for what is no single listing, or ``ParseError``.
  init(_ text: String, _ parser: CommandParser) throws {
    let commands = try parser.parse(text)
    guard commands.count == 1, case .record(let verb) = commands[0].action,
      Self.verbs.contains(verb), commands[0].kind != nil, commands[0].options.isEmpty
    else { throw SavedCommandError.noListing(text) }
    self.text = text
    command = commands[0]
  }
}

/// A command about a saved view, with what the view keeps in its place.
struct ViewExpansion: CustomStringConvertible {
  let command: Command
  /// What the view's name stands for, to be told: `%stale = list deals where stale`.
  let description: String

  /// `nil` for a command that is about no view.
  init?(
    of command: Command, for use: CommandUse, _ node: any NodeControl, _ parser: CommandParser
  ) throws {
    guard case .record(let verb) = command.action, command.kind == nil,
      SavedView.verbs.contains(verb) || verb == "export",
      case .word(let word)? = command.targets.first, word.form == .bare, word.text.first == "%"
    else { return nil }
    let name = String(word.text.dropFirst())
    let view = try node.replica().read { try SavedView(named: name, in: $0, parser) }
    self.command = Command(
      action: command.action, kind: view.command.kind, targets: Array(command.targets.dropFirst()),
      assignments: command.assignments,
      clauses: command.clauses.narrowing(view.command.clauses, as: use.clauses),
      options: command.options, source: command.source, range: command.range)
    description = "%\(name) = \(view.text)"
  }
}

extension Clauses {
  /// These clauses on top of those of a view, as far as a command takes them.
  fileprivate func narrowing(_ base: Clauses, as taken: [ClauseWord]) -> Clauses {
    var whole = self
    for word in base.words where taken.contains(word) {
      switch word {
      case .where:
        whole.filter = filter.map { .all([base.filter, $0].compactMap(\.self)) } ?? base.filter
      case .sort where sort.isEmpty: whole.sort = base.sort
      case .limit where limit == nil: whole.limit = base.limit
      case .cols where !columns.contains(where: { $0.change == .exactly }):
        whole.columns = base.columns + columns
      case .by where groups.isEmpty: whole.groups = base.groups
      case .sum where sums.isEmpty: whole.sums = base.sums
      case .at where at == nil: whole.at = base.at
      case .sort, .limit, .cols, .by, .sum, .at, .since, .until, .if, .because, .using: continue
      }
      if !whole.words.contains(word) { whole.words.append(word) }
    }
    return whole
  }
}

/// A saved command that cannot be kept or found.
enum SavedCommandError: Error, Hashable, Sendable {
  case noSuchView(String, nearest: [String])
  case noSuchAlias(String, nearest: [String])
  /// A view keeps one listing, without options.
  case noListing(String)
  /// A view of an earlier state cannot stand for records that are to be changed.
  case earlierState(String)
  /// Names are words.
  case badName(String)
  /// The word is a command, or a kind, already.
  case takenName(String)
}

extension SavedCommandError {
  /// That nothing is saved under a name, with the names near it.
  static func noSuch(
    _ sort: SavedCommand.Sort, _ name: String, in snapshot: Snapshot
  ) throws -> SavedCommandError {
    let names = try SavedCommand.all(sort, in: snapshot.database).map(\.name)
    let nearest = Nearest.words(to: name, in: names)
    switch sort {
    case .view: return .noSuchView(name, nearest: nearest)
    case .alias: return .noSuchAlias(name, nearest: nearest)
    }
  }
}

extension SavedCommandError: NodeError {
  var exitCode: Int32 {
    switch self {
    case .noSuchView, .noSuchAlias: ExitCode.noSuchRecord.rawValue
    case .noListing, .earlierState, .badName: ExitCode.unparsable.rawValue
    case .takenName: ExitCode.refused.rawValue
    }
  }

  var summary: String {
    switch self {
    case .noSuchView(let name, _): "There is no view “\(name)”."
    case .noSuchAlias(let name, _): "There is no alias “\(name)”."
    case .noListing(let text): "“\(text)” is not one list, board or count without options."
    case .earlierState(let name):
      "The view “\(name)” lists an earlier state, which can only be looked at."
    case .badName(let name): "“\(name)” is no name of letters, digits, - and _."
    case .takenName(let name): "“\(name)” means something already."
    }
  }

  var hint: String? {
    switch self {
    case .noSuchView(_, []): "See: view list"
    case .noSuchAlias(_, []): "See: alias list"
    case .noSuchView(_, let nearest), .noSuchAlias(_, let nearest):
      "Did you mean \(nearest.joined(separator: " or "))?"
    case .noListing: "Write it like this: view save stale = list deals where stale"
    case .earlierState: "Name the records, or list them and use @all."
    case .badName, .takenName: "Choose another name."
    }
  }
}
