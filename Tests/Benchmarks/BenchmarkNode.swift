import CRDTCore
import Crypto
import Foundation
import NodeRuntime
import ReplicaStore
import TestSupport

/// A node as the store benchmarks need it: real files, in memory only its key.
final class BenchmarkNode {
  struct Signer: EntrySigner {
    let key = P256.Signing.PrivateKey()
    let publicKey: NodePublicKey

    init() throws {
      guard let bytes = NodePublicKey(bytes: key.publicKey.compressedRepresentation) else {
        throw StoreError.damaged(detail: "a key made by the library is none")
      }
      publicKey = bytes
    }

    func signature(for message: [UInt8]) throws -> [UInt8] {
      Array(try key.signature(for: message).rawRepresentation)
    }
  }

  static let columns = SampleData.accountColumns
  static let schema = ReplicaSchema(kinds: [
    KindSchema(
      name: "member", fields: [FieldSchema("name", .text), FieldSchema("role", .text)]),
    KindSchema(
      name: "node",
      fields: [FieldSchema("key", .bytes), FieldSchema("member", .reference(to: "member"))]),
    KindSchema(name: "account", fields: columns.map { FieldSchema($0, .text) }),
  ])

  let path: String
  let replica: Replica
  private let signer: Signer

  private init(path: String, replica: Replica, signer: Signer) {
    self.path = path
    self.replica = replica
    self.signer = signer
  }

  private static func environment(_ signer: Signer) -> ReplicaEnvironment {
    ReplicaEnvironment(
      now: SystemEnvironment.now, random: SystemEnvironment.random, signer: signer)
  }

  static func founder(in folder: URL, name: String) throws -> BenchmarkNode {
    let signer = try Signer()
    let path = folder.appendingPathComponent(name + ".sqlite").path
    let replica = try Replica.found(
      at: path, schema: schema, environment: environment(signer), durability: .normal
    ) { transaction, member in
      let id = RecordID(rawValue: member.rawValue)
      try transaction.create("member", id: id, [FieldChange("role", .set(.text("administrator")))])
    }
    return BenchmarkNode(path: path, replica: replica, signer: signer)
  }

  /// A node of the same workspace, with nothing but the roster.
  func enrol(in folder: URL, name: String) throws -> BenchmarkNode {
    let signer = try Signer()
    let member = try replica.write { transaction in
      let member = try transaction.create(
        "member", [FieldChange("role", .set(.text("representative")))])
      try transaction.create(
        "node",
        [
          FieldChange("key", .set(.bytes(signer.publicKey.bytes))),
          FieldChange("member", .set(.reference(member))),
        ])
      return MemberID(rawValue: member.rawValue)
    }
    let origin = LogOrigin(
      key: signer.publicKey,
      nonce: Array(name.utf8.prefix(16))
        + Array(repeating: 0, count: 16 - min(16, name.utf8.count)),
      member: member)
    let path = folder.appendingPathComponent(name + ".sqlite").path
    let replica = try Replica.joined(
      at: path, schema: Self.schema, environment: Self.environment(signer), durability: .normal,
      identity: NodeIdentity(founding: try replica.founding(), origin: origin))
    return BenchmarkNode(path: path, replica: replica, signer: signer)
  }

  /// Writes accounts, so many to a transaction, committed in groups of a thousand records.
  func insert(_ rows: [[String]], recordsPerTransaction: Int) throws -> [RecordID] {
    var ids: [RecordID] = []
    ids.reserveCapacity(rows.count)
    for start in stride(from: 0, to: rows.count, by: 1_000) {
      try replica.writeGroup { group in
        let end = min(start + 1_000, rows.count)
        for first in stride(from: start, to: end, by: recordsPerTransaction) {
          try group.write { transaction in
            for row in rows[first..<min(first + recordsPerTransaction, end)] {
              ids.append(
                try transaction.create(
                  "account", zip(Self.columns, row).map { FieldChange($0, .set(.text($1))) }))
            }
          }
        }
      }
    }
    return ids
  }

  /// Reads everything out for a peer that holds `vector`.
  func extractAll(lackedBy vector: VersionVector) throws -> [[UInt8]] {
    try replica.sealTip()
    var batches: [[UInt8]] = []
    var cursor: Int64 = 0
    while true {
      let batch = try replica.extract(lackedBy: vector, after: cursor)
      if let bytes = batch.bytes { batches.append(bytes) }
      cursor = batch.cursor
      if batch.isLast { return batches }
    }
  }

  func apply(_ batches: [[UInt8]]) throws {
    for batch in batches { _ = try replica.apply(batch) }
  }

  /// The size of the file once the write-ahead log is in it.
  func fileBytes() throws -> Int {
    try replica.checkpoint()
    return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }
}
