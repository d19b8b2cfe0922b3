import CRDTCore
import Foundation
import FuzzTargets
import SyncEngine
import TestSupport
import Testing

/// Where the corpus began: `RECORD=1 swift test --filter CorpusRecording` adds what a new run leaves.
@Suite("Recording a corpus")
struct CorpusRecording {
  private static let isWanted = ProcessInfo.processInfo.environment["RECORD"] == "1"
  private static let inputBytesMax = 4 << 10
  private static let inputsPerKindMax = 24

  @Test("bytes of a real run become inputs", .enabled(if: isWanted))
  func record() throws {
    let run = try RecordedRun()
    let batches = try run.batches()
    let messages = try batches.first.map { try run.messages(carrying: $0).map(\.encoded) } ?? []
    try add(
      batches.map { $0.encoded(level: 1) } + batches.map { $0.encoded(level: nil) }, to: .batches)
    try add(messages, to: .messages)
    try add(Self.streams(of: messages), to: .frames)
    let items = batches.flatMap(\.items)
    try add(items.map(\.header.encoded), to: .headers)
    try add(items.map(\.payload.bytes), to: .payloads)
    try add(Self.values(of: batches), to: .values)
    try add(Self.codes(like: run.code), to: .invites)
    try add(run.exports.flatMap(Self.tables(like:)), to: .tables)
    let lines = run.lines.map { $0.joined(separator: " ") } + Self.lines
    try add(
      lines.map { Array($0.utf8) } + run.lines.map { Array($0.joined(separator: "\n").utf8) },
      to: .commands)
  }

  /// Records inputs of as many shapes as there are: of those of about the same length, one.
  private func add(_ inputs: [[UInt8]], to target: FuzzTarget) throws {
    var lengths: Set<Int> = []
    let chosen = inputs.filter { input in
      input.count <= Self.inputBytesMax && lengths.insert(input.count / 4).inserted
    }
    for (index, input) in chosen.prefix(Self.inputsPerKindMax).enumerated() {
      #expect(target.violation(of: input) == nil)
      try Corpus(of: target).record(input, as: "run-\(index)")
    }
  }

  /// Streams of all messages, to arrive at once, byte by byte and in pieces.
  private static func streams(of messages: [[UInt8]]) -> [[UInt8]] {
    let stream = messages.flatMap { message in
      var writer = ByteWriter()
      writer.write(fixed: UInt32(message.count))
      return writer.bytes + message
    }
    return [
      [0] + stream, [1] + stream.prefix(700), [7] + stream.dropLast(), [0, 0, 0, 0, 0],
      [3, 0xFF, 0xFF, 0xFF, 0xFF, 1], [200] + stream.prefix(300), [0, 0, 0],
    ]
  }

  private static func values(of batches: [EntryBatch]) -> [[UInt8]] {
    let payloads = batches.flatMap { batch in
      batch.items.compactMap {
        try? Payload(decoding: $0.payload, author: batch.logs[$0.log].replica)
      }
    }
    var random = Seed(1).generator()
    let drawn = (0..<60).map { _ in Value.random(using: &random) }
    let written = payloads.flatMap(\.writes).compactMap { write -> Value? in
      if case .register(let value) = write.change { value } else { nil }
    }
    return (drawn + written).map { value in
      var writer = ByteWriter()
      writer.write(value: value)
      return writer.bytes
    }
  }

  /// The code, what it says before its checksum, and addresses of every form.
  private static func codes(like code: String) -> [[UInt8]] {
    let said = Base32.bytes(from: code.dropFirst(5)).map { Array($0.dropLast(2)) }
    return [Array(code.utf8), said ?? []]
      + ["127.0.0.1:7411", "[::1]:7411", "office.example:1", "kith-", "kith-0ildet"]
      .map { Array($0.utf8) }
  }

  /// The table, to arrive at once and in pieces, and with other separators and line ends.
  private static func tables(like table: String) -> [[UInt8]] {
    let short = table.split(separator: "\n").prefix(12).joined(separator: "\n") + "\n"
    return [
      [0] + short.utf8, [1] + short.replacing(",", with: ";").utf8,
      [5, 0xEF, 0xBB, 0xBF] + short.replacing("\n", with: "\r\n").utf8,
      [64] + short.replacing(",", with: "\t").dropLast().utf8,
      [0] + "a,b\n\"x\"\"y\n\",\n\n,\"\"\n".utf8,
    ]
  }

  private static let lines = [
    "list deals where amount>10k and (stage=Won or owner=me) sort amount desc limit 5",
    "list accounts where name~/pump/ cols name, city", "count deals by stage sum amount",
    "edit @1 labels+=(a, \"b c\") notes=<<END\nfor\nmore\nEND", "show d7h2k; status # nothing",
    "edit deals where stage=Prospecting set owner=lena if amount=18400 because \"handed over\"",
    "list deals where close_date in 2026-02 and not labels has any (x, y)", "history pump --graph",
  ]
}
