import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore

/// `conflict apply FILE`: settles conflicts as a file says, each only while it is what its author saw.
package struct ConflictApplyCommand: ShellCommand {
  package let name = "conflict apply"
  package let summary = "Settles conflicts as a file says; those that changed since are skipped."
  package let syntax = [
    "conflict apply FILE.ndjson [--dry-run]",
    "each line  {\"id\":\"x…\",\"if_heads\":[…],DECISION,\"because\":\"WHY\"}",
    "DECISION   \"take\":\"A\"  \"keep\":true  \"merge\":true  \"value\":\"TEXT\"",
  ]
  package let examples = [
    "conflict apply decisions.ndjson",
    "conflict apply decisions.ndjson --dry-run",
    "conflict apply decisions.ndjson --format json",
    "conflict apply decisions.ndjson --quiet",
  ]
  package let use = CommandUse(
    words: 1, options: ["dry-run"], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let path = command.allWords.first else {
      throw RecordError.missing("a file", example: examples[0])
    }
    let lines = try DecisionFile(path: context.settings.path(path)).lines()
    var (decisions, skipped): ([(ConflictDecision, String?)], [Skipped]) = ([], [])
    try context.read { view in
      let finding = try ConflictFinding(view)
      for line in lines {
        do {
          if line.because == nil, context.settings.needsReason {
            throw ConflictError.reasonNeeded(command: "conflict apply")
          }
          decisions.append((try line.decision(finding), line.because))
        } catch let error as any NodeError {
          skipped.append(Skipped(id: line.id, why: error.summary))
        }
      }
    }
    let written = context.options.isDryRun ? decisions.map(\.0) : try context.write(decisions)
    let ids = Set(written.map(\.id))
    skipped += decisions.filter { !ids.contains($0.0.id) }.map {
      Skipped(id: $0.0.shortID, why: ConflictError.changed($0.0.shortID).summary)
    }
    tell(written, skipped, context)
    return skipped.isEmpty ? .done : .refused
  }

  private struct Skipped {
    let id: String
    let why: String
  }

  private func tell(
    _ written: [ConflictDecision], _ skipped: [Skipped], _ context: CommandContext
  ) {
    if context.options.format == "json" {
      for decision in written {
        context.json([
          "schema": "kith.applied/1", "id": .string("x" + decision.id.text), "applied": true,
          "outcome": .string(decision.text),
        ])
      }
      for one in skipped {
        context.json([
          "schema": "kith.applied/1", "id": .string(one.id), "applied": false,
          "outcome": .string(one.why),
        ])
      }
      return
    }
    for decision in written { context.output.data("\(decision.shortID)  \(decision.text)") }
    for one in skipped { context.talk("\(one.id)  skipped. \(one.why)") }
    let act = context.options.isDryRun ? "Would settle" : "Settled"
    context.talk("\(act) \(written.count), skipped \(skipped.count).")
  }
}

/// A file of decisions, one JSON object a line.
private struct DecisionFile {
  let path: String
  private static let bytesMax = 64 << 20

  /// - Throws: ``ConflictError/unreadableDecision(line:detail:)`` for the first line that says no
  ///   decision; then nothing of the file is done.
  func lines() throws -> [DecisionLine] {
    let next = try SourceFile(path: path).open()
    var bytes: [UInt8] = []
    while case let chunk = try next(), !chunk.isEmpty {
      bytes += chunk
      guard bytes.count <= Self.bytesMax else {
        throw ConflictError.unreadableDecision(line: 1, detail: "the file is too large")
      }
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var lines: [DecisionLine] = []
    let texts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, text) in texts.enumerated() where text.contains(where: { $0 > 32 }) {
      let line: DecisionLine
      do {
        line = try decoder.decode(DecisionLine.self, from: Data(text))
      } catch {
        throw ConflictError.unreadableDecision(
          line: index + 1, detail: "it needs \"id\" and \"if_heads\"")
      }
      guard line.wayCount == 1 else {
        throw ConflictError.unreadableDecision(
          line: index + 1, detail: "it needs one of \"take\", \"keep\", \"merge\" and \"value\"")
      }
      lines.append(line)
    }
    return lines
  }
}

/// One decision, as a script wrote it.
private struct DecisionLine: Decodable {
  let id: String
  let ifHeads: [String]
  let take: String?
  let keep: Bool?
  let merge: Bool?
  let value: String?
  let because: String?

  var wayCount: Int {
    (take == nil ? 0 : 1) + (keep == true ? 1 : 0) + (merge == true ? 1 : 0)
      + (value == nil ? 0 : 1)
  }

  /// - Throws: A ``NodeError`` where the conflict is not what the script saw, or nothing for it.
  func decision(_ finding: ConflictFinding) throws -> ConflictDecision {
    let conflict = try finding.conflict(id)
    guard Set(ifHeads) == Set(conflict.heads.map(ConflictDescription.headText)) else {
      throw ConflictError.changed(conflict.shortID)
    }
    let decision: ConflictDecision?
    if let take {
      decision = try conflict.decision(taking: conflict.side(named: take).side)
    } else if let value {
      decision = try conflict.decision(typed: value)
    } else if merge == true {
      decision = try conflict.decision(by: .words, roles: [:])
    } else {
      decision = try conflict.decision(taking: conflict.conflict.sides.last(where: \.isShowing))
    }
    guard let decision else { throw ConflictError.needsPerson(conflict.shortID) }
    return decision
  }
}
