import CRDTCore
import Foundation
import ReplicaStore
import TestSupport

/// Rows 1 to 9 of the budgets: the store against plain SQLite, in one run.
struct StoreBenchmarks {
  let folder: URL
  let rows: [[String]]
  let rounds: Int

  private var columns: [String] { BenchmarkNode.columns }
  private var rawBytes: Int { rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.utf8.count } } }

  init(folder: URL, count: Int, rounds: Int) {
    self.folder = folder
    self.rounds = rounds
    let sample = SampleData()
    rows = (0..<count).map(sample.account)
  }

  func run(_ report: (Measurement) -> Void) throws {
    let baseline = try measureBaseline()
    for shape in [Shape.importShaped, .oneRecord] {
      try measure(shape, against: baseline, report)
    }
  }

  private enum Shape {
    case importShaped, oneRecord

    var recordsPerTransaction: Int { self == .importShaped ? 1_000 : 1 }
    var words: String { self == .importShaped ? "1,000 a transaction" : "one a transaction" }
  }

  private struct Baseline {
    var insert = Double.infinity
    var read = Double.infinity
    var update = Double.infinity
    var fileBytes = 0
  }

  private func measureBaseline() throws -> Baseline {
    var baseline = Baseline()
    let ids = rows.indices.map {
      RecordID(
        time: HybridTimestamp(wallMilliseconds: 1_800_000_000_000 + UInt64($0 / 1_000), counter: 0),
        ordinal: UInt16($0 % 1_000), random: UInt64($0) &* 0x9E37_79B9_7F4A_7C15)
    }
    for round in 0..<rounds {
      let path = folder.appendingPathComponent("plain\(round).sqlite").path
      let plain = try PlainSQLite(path: path, columns: columns)
      baseline.insert = min(
        baseline.insert, try shortest(of: 1) { try plain.insert(rows, ids: ids, columns: columns) })
      baseline.read = min(
        baseline.read, try shortest(of: 3) { _ = try plain.readAll(columns: columns.count) })
      let some = Array(ids.prefix(20_000))
      baseline.update = min(
        baseline.update,
        try shortest(of: 1) { try plain.update("segment", of: some) { "segment \($0)" } })
      try plain.run("PRAGMA wal_checkpoint(TRUNCATE)")
      plain.close()
      if round == 0 {
        baseline.fileBytes =
          try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      }
      try FileManager.default.removeItem(atPath: path)
    }
    return baseline
  }

  private func measure(
    _ shape: Shape, against baseline: Baseline, _ report: (Measurement) -> Void
  ) throws {
    var write = Double.infinity
    var apply = Double.infinity
    var extract = Double.infinity
    var wireBytes = 0
    var fileBytes = 0
    for round in 0..<rounds {
      let name = "\(shape)\(round)"
      let office = try BenchmarkNode.founder(in: folder, name: "office-\(name)")
      let peer = try office.enrol(in: folder, name: "rep-\(name)")
      try peer.apply(try office.extractAll(lackedBy: VersionVector()))
      let vector = try peer.replica.holdings().vector
      var ids: [RecordID] = []
      write = min(
        write,
        try shortest(of: 1) {
          ids = try office.insert(rows, recordsPerTransaction: shape.recordsPerTransaction)
        })
      var batches: [[UInt8]] = []
      extract = min(
        extract, try shortest(of: 3) { batches = try office.extractAll(lackedBy: vector) })
      wireBytes = batches.reduce(0) { $0 + $1.count }
      apply = min(apply, try shortest(of: 1) { try peer.apply(batches) })
      fileBytes = try office.fileBytes()
      if shape == .importShaped, round == 0 {
        try measureUpdates(office: office, peer: peer, ids: ids, baseline: baseline, report)
      }
    }
    let isImport = shape == .importShaped
    report(
      against(baseline.insert, write, "local write, \(shape.words)", budget: isImport ? 1.8 : 2.8))
    report(
      against(baseline.insert, apply, "apply on a peer, \(shape.words)", budget: isImport ? 1.8 : 3)
    )
    if isImport {
      report(against(baseline.read, extract, "extract everything for a fresh peer", budget: 0.7))
    }
    report(
      Measurement(
        name: "file size, \(shape.words)", figure: "\(fileBytes / 1024) KiB",
        baseline: "plain \(baseline.fileBytes / 1024) KiB",
        ratio: Double(fileBytes) / Double(baseline.fileBytes), budget: isImport ? 1.5 : 2.2,
        unit: "×"))
    if isImport {
      report(
        Measurement(
          name: "wire bytes of the full change set", figure: "\(wireBytes / 1024) KiB",
          baseline: "raw \(rawBytes / 1024) KiB", ratio: Double(wireBytes) / Double(rawBytes),
          budget: 0.33, unit: "×"))
    }
  }

  private func measureUpdates(
    office: BenchmarkNode, peer: BenchmarkNode, ids: [RecordID], baseline: Baseline,
    _ report: (Measurement) -> Void
  ) throws {
    let some = Array(ids.prefix(20_000))
    try update(some, on: office, to: "segment")
    let updates = try office.extractAll(lackedBy: try peer.replica.holdings().vector)
    let apply = try shortest(of: 1) { try peer.apply(updates) }
    report(against(baseline.update, apply, "apply 20,000 one-field updates", budget: 3))

    // Both sides edit the same field of the same records without having seen each other.
    let contested = Array(ids.prefix(5_000))
    let before = try peer.replica.holdings().vector
    try update(contested, on: office, to: "ours")
    try update(contested, on: peer, to: "theirs")
    let concurrent = try office.extractAll(lackedBy: before)
    let merge = try shortest(of: 1) { try peer.apply(concurrent) }
    report(against(baseline.update / 4, merge, "merge 5,000 concurrent edits", budget: 6))

    let vector = try office.replica.holdings().vector
    try update(Array(ids.suffix(1)), on: office, to: "wire")
    let bytes = try office.extractAll(lackedBy: vector).reduce(0) { $0 + $1.count }
    report(
      Measurement(
        name: "one-field change: bytes on the wire", figure: "\(bytes) bytes", baseline: "–",
        ratio: Double(bytes + Self.frameBytes), budget: 200, unit: "bytes"))
  }

  /// What frame and TLS record add to a message: 4 + 1 + 4 of the protocol, 5 + 1 + 16 of TLS 1.3.
  private static let frameBytes = 31

  private func update(_ ids: [RecordID], on node: BenchmarkNode, to text: String) throws {
    for start in stride(from: 0, to: ids.count, by: 1_000) {
      try node.replica.write { transaction in
        for id in ids[start..<min(start + 1_000, ids.count)] {
          guard let state = try transaction.snapshot.record("account", id) else { continue }
          try transaction.edit(
            "account", id, basis: state.basis,
            [FieldChange("segment", .set(.text("\(text) \(id.shortText)")))])
        }
      }
    }
  }

  private func against(
    _ baseline: Double, _ figure: Double, _ name: String, budget: Double
  ) -> Measurement {
    Measurement(
      name: name, figure: "\(figure.rounded(1)) ms", baseline: "plain \(baseline.rounded(1)) ms",
      ratio: figure / baseline, budget: budget, unit: "×")
  }
}
