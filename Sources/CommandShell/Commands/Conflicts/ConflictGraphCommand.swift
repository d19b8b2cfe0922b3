import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict graph X`: who wrote which side after having seen what.
package struct ConflictGraphCommand: ShellCommand {
  package let name = "conflict graph"
  package let summary = "Draws how the sides of a conflict came about, newest on top."
  package let syntax = ["conflict graph X [at TIME]", "conflict graph REF[.FIELD] [at TIME]"]
  package let examples = [
    "conflict graph x7m2q",
    "conflict graph d7h2k.amount",
    "conflict graph müller",
    "conflict graph x7m2q --ascii",
  ]
  package let use = CommandUse(words: 1, clauses: [.at])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      guard let word = command.allWords.first else {
        throw RecordError.missing("a conflict", example: examples[0])
      }
      let finding = try ConflictFinding(view)
      for conflict in try conflicts(word, command, finding) {
        for line in try ConflictGraph(conflict).view().lines(style: context.output.style) {
          context.output.data(line)
        }
      }
      context.writeMoment()
    }
    return .done
  }

  /// The conflict of that id; else those of the record, or of its field.
  private func conflicts(
    _ word: String, _ command: Command, _ finding: ConflictFinding
  ) throws -> [ConflictDescription] {
    do {
      return [try finding.conflict(word)]
    } catch RecordError.noSuchConflict {
      let subject = try FieldSubject(of: command, finding.view, example: examples[1])
      let key = RecordKey(kind: subject.entity.name, id: subject.state.id)
      let found = finding.all.filter { conflict in
        conflict.conflict.records.contains(key)
          && (subject.field == nil || conflict.conflict.field == subject.field?.name)
      }
      guard !found.isEmpty else {
        throw RecordError.noConflictOn(
          try finding.view.label(subject.reference)
            + (subject.field.map { " · \($0.label)" } ?? ""), typed: word)
      }
      return found
    }
  }
}

/// A conflict as a graph: the conflict on top, its sides, and what all of them started from.
struct ConflictGraph {
  private let conflict: ConflictDescription
  private let account: ConflictAccount
  private var records: RecordView { conflict.view }

  init(_ conflict: ConflictDescription) throws {
    self.conflict = conflict
    account = try ConflictAccount(conflict)
  }

  func view() throws -> GraphView {
    let sides = conflict.conflict.sides
    let top = GraphView.Node(
      id: conflict.fullID, parents: sides.map { Self.id($0.stamp.dot) }, glyph: "x",
      cells: [
        GraphView.Cell("\(conflict.shortID) \(conflict.status.rawValue)", span: 4), try meeting(),
      ])
    var nodes = [top]
    if conflict.conflict.kind == .field {
      nodes += try account.origin.way(to: sides).map(node)
    } else {
      nodes += try sides.enumerated().reversed().map { index, side in
        GraphView.Node(
          id: Self.id(side.stamp.dot), parents: [],
          cells: try cells(
            ConflictDescription.letter(index), conflict.text(of: side), side.member, side.stamp,
            account.state(of: side)))
      }
    }
    return GraphView(nodes: nodes)
  }

  /// When the last of the sides came to this node.
  private func meeting() throws -> GraphView.Cell {
    let arrivals = conflict.conflict.sides.compactMap { account.origin.entry(of: $0)?.received }
    guard let last = arrivals.max() else { return "" }
    return GraphView.Cell("met here \(records.people.moment(Instant(last)))")
  }

  private func node(_ entry: ReplicaStore.HistoryEntry) throws -> GraphView.Node {
    let sides = conflict.conflict.sides
    let index = sides.firstIndex { $0.stamp.dot == entry.stamp.dot }
    let isBase = account.origin.ancestors.contains { $0.stamp.dot == entry.stamp.dot }
    let state = index.map { account.state(of: sides[$0]) }
    return GraphView.Node(
      id: Self.id(entry.stamp.dot), parents: entry.writes.flatMap(\.replaces).map(Self.id),
      cells: try cells(
        index.map(ConflictDescription.letter) ?? "",
        entry.writes.map(account.text).joined(separator: "; "), entry.member, entry.stamp,
        state ?? (isBase ? sides.count == 2 ? "both started here" : "all started here" : "")))
  }

  private func cells(
    _ letter: String, _ text: String, _ member: MemberID, _ stamp: Stamp, _ state: String
  ) throws -> [GraphView.Cell] {
    [
      GraphView.Cell(letter), GraphView.Cell(TextWidth.cut(PlainText.oneLine(text), to: 40)),
      GraphView.Cell(try conflict.names.author(member, records)),
      GraphView.Cell(try conflict.names.node(stamp.dot, records)),
      GraphView.Cell(records.people.stamp(ConflictAccount.time(stamp))), GraphView.Cell(state),
    ]
  }

  private static func id(_ dot: Dot) -> String {
    "\(Base32.text(of: dot.replica.rawValue))/\(dot.sequence)"
  }
}
