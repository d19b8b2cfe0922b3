import CRDTCore
import CRMDomain
import ReplicaStore

/// `diff`: what one file holds that another lacks, and where their states differ.
struct InspectDiffCommand: ShellCommand {
  let name = "diff"
  let summary = "Says what each of two files holds that the other lacks, and where states differ."
  let syntax = ["diff"]
  let examples = ["diff", "diff --format json"]
  let use = CommandUse(formats: ["json"])
  /// The second file.
  let other: (any NodeControl)?

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let other else { throw InspectionError.missingFile }
    let replicas = (try context.node.replica(), try other.replica())
    guard replicas.0.workspace == replicas.1.workspace else {
      context.output.data("They are of different workspaces.")
      return .failed
    }
    return try replicas.0.read { first in
      try replicas.1.read { second in
        let views = (try RecordView(context, first), try RecordView(context, second))
        let comparison = try FileComparison(views.0, views.1)
        let paths = (context.node.storePath, other.storePath)
        if context.options.format == "json" {
          context.json(comparison.json(paths))
        } else {
          for line in comparison.lines(paths) { context.output.data(PlainText.oneLine(line)) }
        }
        return comparison.isSame ? .done : .failed
      }
    }
  }
}

/// Two files of one workspace compared.
private struct FileComparison {
  /// What one file holds that the other lacks, by the node that wrote it.
  private struct Surplus {
    var counts: [String: Int] = [:]
    var records: Set<RecordKey> = []
    var count: Int { counts.values.reduce(0, +) }
  }

  private static let differencesMax = 100

  private let surplus: (Surplus, Surplus)
  /// `deal d7h2k Pump · amount  €17,900 | €18,000`.
  private let differences: [String]
  private let digestsAgree: Bool

  var isSame: Bool { surplus.0.count == 0 && surplus.1.count == 0 && digestsAgree }

  init(_ first: RecordView, _ second: RecordView) throws {
    let tips = (try first.snapshot.holdings(), try second.snapshot.holdings())
    surplus = (
      try Self.surplus(of: first, over: second), try Self.surplus(of: second, over: first)
    )
    digestsAgree =
      try tips.0.digest != tips.1.digest
      || first.snapshot.digest() == second.snapshot.digest()
    let keys = surplus.0.records.union(surplus.1.records).sorted {
      ($0.kind, $0.id.rawValue) < ($1.kind, $1.id.rawValue)
    }
    var found: [String] = []
    for key in keys where found.count < Self.differencesMax {
      found += try Self.differences(of: key, first, second)
    }
    differences = found
  }

  /// The entries that one holds and the other does not, told apart by their hashes.
  private static func surplus(of one: RecordView, over other: RecordView) throws -> Surplus {
    var surplus = Surplus()
    let names = ConflictNames()
    try one.snapshot.forEachListedEntry { entry in
      guard try !other.snapshot.holds(entry.stamp) else { return true }
      surplus.counts[try names.node(entry.stamp.dot, one), default: 0] += 1
      for record in entry.records ?? [] { surplus.records.insert(record.key) }
      return true
    }
    return surplus
  }

  private static func differences(
    of key: RecordKey, _ first: RecordView, _ second: RecordView
  ) throws -> [String] {
    guard let entity = first.catalog[key.kind], entity.role == .business else { return [] }
    let states = (
      try first.snapshot.record(key.kind, key.id), try second.snapshot.record(key.kind, key.id)
    )
    let view = states.0 == nil ? second : first
    let name = try ConflictNames().record(key, view)
    let title = "\(key.kind) \(try view.shortID(key)) \(name)"
    guard let one = states.0, let other = states.1 else {
      return ["\(title)  only in the \(states.0 == nil ? "second" : "first")"]
    }
    var found: [String] = []
    if one.isDeleted != other.isDeleted {
      found.append("\(title)  deleted in the \(one.isDeleted ? "first" : "second") alone")
    }
    for field in entity.fields {
      let values = (
        try first.fields.reading(of: field, in: one),
        try second.fields.reading(of: field, in: other)
      )
      guard values.0 != values.1 else { continue }
      func said(_ value: FieldReading, _ view: RecordView) -> String {
        value == .empty ? "(empty)" : view.text(value, of: field)
      }
      found.append(
        "\(title) · \(field.label)  \(said(values.0, first)) | \(said(values.1, second))")
    }
    return found
  }

  func lines(_ paths: (String, String)) -> [String] {
    guard !isSame else { return ["Both hold the same entries, and say the same."] }
    var lines: [String] = []
    for (path, surplus) in [(paths.0, surplus.0), (paths.1, surplus.1)] {
      let nodes = surplus.counts.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }
      let count = surplus.count
      let entries = "\(count) entr\(count == 1 ? "y" : "ies") that the other lacks"
      lines.append(
        "\(path)  has \(count == 0 ? "nothing that the other lacks" : entries)"
          + (nodes.isEmpty ? "" : ": \(nodes.joined(separator: ", "))"))
    }
    if !digestsAgree {
      lines.append("Both hold the same entries, and yet say different things: check both.")
    }
    if !differences.isEmpty { lines.append("What they say differs:") }
    return lines + differences.map { "  " + $0 }
  }

  func json(_ paths: (String, String)) -> JSONValue {
    func side(_ path: String, _ surplus: Surplus) -> JSONValue {
      [
        "file": .string(path), "entries": .integer(Int64(surplus.count)),
        "nodes": .object(
          surplus.counts.sorted { $0.key < $1.key }.map {
            JSONValue.Member($0.key, .integer(Int64($0.value)))
          }),
      ]
    }
    return [
      "schema": "kith.diff/1", "same": .bool(isSame),
      "surplus": .array([side(paths.0, surplus.0), side(paths.1, surplus.1)]),
      "differences": .array(differences.map(JSONValue.string)),
    ]
  }
}
