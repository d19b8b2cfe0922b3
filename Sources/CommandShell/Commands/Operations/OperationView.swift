import CRDTCore
import CRMDomain
import ReplicaStore

/// How operations are named and told about.
struct OperationView {
  let view: RecordView
  let log: OperationLog
  private let idLength: Int

  init(_ view: RecordView) throws {
    self.view = view
    log = OperationLog(view.snapshot)
    idLength = try log.idLength()
  }

  /// `zhk2q`.
  func shortID(_ id: OperationID) -> String { "z" + id.text.prefix(idLength) }

  /// The short id of what this node has just done by a command.
  func lastID(of command: String) throws -> String {
    guard let author = try view.snapshot.ownAuthor(),
      let id = try log.lastID(of: command, by: author)
    else { return "" }
    return shortID(id)
  }

  /// `you`, or what the author is called.
  func who(_ author: LogAuthor) throws -> String {
    try view.snapshot.ownAuthor()?.member == author.member
      ? "you" : try view.authorName(author.member)
  }

  func nodeName(_ author: LogAuthor) throws -> String {
    try view.lookup.nodeName(of: author.key) ?? "a node"
  }

  func time(_ stamp: Stamp) -> Instant {
    Instant(milliseconds: Int64(clamping: stamp.time.wallMilliseconds))
  }

  /// `3 contacts`, or the one record's id and name.
  func records(_ keys: [RecordKey]) throws -> String {
    if keys.count == 1, let key = keys.first { return try label(key) }
    return RecordCounts(keys).text(view.catalog)
  }

  /// Id and name, of a deleted record too.
  func label(_ key: RecordKey) throws -> String {
    guard let entity = view.catalog[key.kind],
      let reference = try view.lookup.record(key.id, of: entity)
    else { return key.id.description }
    return "\(try view.shortID(key)) \(reference.name ?? "")"
  }

  /// The one operation whose id a person typed.
  func operation(named text: String) throws -> CRMDomain.Operation {
    guard let id = ShortID(text), id.letter == "z" else {
      throw OperationError.noSuchOperation(text)
    }
    let found = try log.operations(beginningWith: id.digits)
    guard let first = found.first else { throw OperationError.noSuchOperation(text) }
    guard found.count == 1 else {
      throw OperationError.ambiguous(text, candidates: try found.map(line))
    }
    return first
  }

  private func line(_ operation: CRMDomain.Operation) throws -> String {
    "z\(operation.id.text)  \(view.people.moment(time(operation.stamp)))  \(operation.command ?? "")"
  }
}

/// How many records of which kinds.
struct RecordCounts {
  private var counts: [(kind: String, count: Int)] = []

  init(_ keys: [RecordKey]) {
    for key in keys {
      if let index = counts.firstIndex(where: { $0.kind == key.kind }) {
        counts[index].count += 1
      } else {
        counts.append((key.kind, 1))
      }
    }
  }

  /// The kinds of `keys` as if they were `count`: of records of one kind, all that a command is about.
  init(_ keys: [RecordKey], of count: Int) {
    self.init(keys)
    if counts.count == 1 { counts[0].count = count }
  }

  /// `3 contacts, 1 account`.
  func text(_ catalog: EntityCatalog) -> String {
    counts.map { kind, count in
      let words = catalog[kind].map { count == 1 ? $0.name : $0.plural } ?? kind
      return "\(PeopleFormat.number(count)) \(words)"
    }.joined(separator: ", ")
  }
}

/// An operation that cannot be named or taken back.
enum OperationError: Error, Hashable, Sendable {
  case nothingToUndo
  case nothingToRedo
  case noSuchOperation(String)
  case ambiguous(String, candidates: [String])
  /// `by` is the operation that took it back.
  case undoneAlready(String, by: String)
  /// It let somebody in, or changed who may act.
  case aboutRoster(String)
  /// It was set aside, and so has changed nothing.
  case setAside(String)
  case noSuchAuthor(String)
}

extension OperationError: NodeError {
  var exitCode: Int32 {
    switch self {
    case .nothingToUndo, .nothingToRedo, .noSuchOperation, .noSuchAuthor:
      ExitCode.noSuchRecord.rawValue
    case .ambiguous: ExitCode.ambiguous.rawValue
    case .undoneAlready, .aboutRoster, .setAside: ExitCode.refused.rawValue
    }
  }

  var summary: String {
    switch self {
    case .nothingToUndo: "You have done nothing on this node that is not undone."
    case .nothingToRedo: "You have undone nothing on this node that is not redone."
    case .noSuchOperation(let text): "There is no operation “\(text)”."
    case .ambiguous(let text, let candidates):
      "“\(text)” may be any of \(candidates.count) operations."
    case .undoneAlready(let id, let other): "\(id) was taken back already, by \(other)."
    case .aboutRoster(let id): "\(id) changed who may act, which no undo does."
    case .setAside(let id): "\(id) was set aside and has changed nothing."
    case .noSuchAuthor(let text): "There is no user and no node “\(text)”."
    }
  }

  var hint: String? {
    switch self {
    case .nothingToUndo, .noSuchOperation: "See what was done: ops"
    case .nothingToRedo: nil
    case .ambiguous(_, let candidates):
      "Use more of its id:\n"
        + candidates.prefix(10).map { "  " + $0 }.joined(separator: "\n")
    case .undoneAlready(_, let other): "Do it again with: undo \(other)"
    case .aboutRoster, .setAside: nil
    case .noSuchAuthor: "See who there is: list users, or list nodes"
    }
  }
}
