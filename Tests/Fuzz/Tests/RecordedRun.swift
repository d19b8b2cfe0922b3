import CRDTCore
import Foundation
import NodeRuntime
import ReplicaStore
import SyncEngine
import TestSupport

/// A run of real processes that leaves behind bytes of every kind that peers and people send: an
/// office and a representative who import, write, disagree, settle and sync over TLS.
final class RecordedRun {
  private let folder: TemporaryDirectory
  /// The command lines of the run, and what became of the code.
  private(set) var lines: [[String]] = []
  let code: String
  let exports: [String]

  init() throws {
    let folder = try TemporaryDirectory()
    self.folder = folder
    var lines: [[String]] = []
    @discardableResult
    func kith(_ node: String, _ words: String...) throws -> String {
      lines.append(words)
      let result = try KithProcess.run(["--store", folder.path("\(node).sqlite")] + words)
      guard result.code == 0 else { throw Failed(description: "\(words): \(result.errors)") }
      return result.output
    }
    try kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    try Data(Self.accounts.utf8).write(to: folder.url.appendingPathComponent("accounts.csv"))
    try kith("office", "import", "accounts", folder.path("accounts.csv"))
    try kith(
      "office", "new", "deal", "Pump", "account=Müller", "amount=18400",
      "notes=Prefers calls after lunch. Decides alone.")
    try kith("office", "new", "contact", "Jonas Weber")
    let office = try KithProcess([
      "--store", folder.path("office.sqlite"), "serve", "--listen", "127.0.0.1:0",
    ])
    _ = try office.listeningAddress()
    code = try kith("office", "peer", "invite", "rep", "--role", "representative", "--quiet")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try kith("rep", "join", code, "--node", "rep", "--user", "Lena Vogt")
    try kith("rep", "edit", "Pump", "amount=17900", "because", "said so on site")
    try kith("office", "edit", "Pump", "amount=18000", "close_date=2027-03-01")
    try kith("rep", "edit", "Pump", "stage=Engaging", "notes=Prefers calls before 10.")
    try kith("office", "edit", "Pump", "stage=Won")
    try kith("rep", "delete", "Jonas Weber", "because", "left in February")
    try kith("office", "edit", "Jonas Weber", "job_title=Head of Pumps")
    try kith("rep", "sync")
    try kith("rep", "edit", "Pump", "amount=18200", "because", "agreed by phone")
    try kith("rep", "sync")
    exports = [
      try kith("rep", "list", "accounts", "--format", "csv"),
      try kith("rep", "list", "deals", "--format", "csv"),
    ]
    self.lines = lines
    office.send(.terminate)
    _ = try office.result()
  }

  struct Failed: Error, CustomStringConvertible { let description: String }

  private static let accounts =
    "Name;City;Employees\n" + (1...40).map { "Account \($0);Bremen;\($0 * 10)\n" }.joined()
    + "\"Müller \"\"Pumpen\"\" GmbH\";\"Bremen\nNord\";250\n"

  /// All that the representative's node holds, in batches as it would send them, and a batch that goes on
  /// by hash from the middle of each log.
  func batches() throws -> [EntryBatch] {
    let replica = try KithNode(storePath: folder.path("rep.sqlite")).replica()
    try replica.sealTip()
    var batches: [EntryBatch] = []
    var cursor: Int64 = 0
    while true {
      let extracted = try replica.extract(
        lackedBy: VersionVector(), after: cursor, byteLimit: 2_048)
      if let bytes = extracted.bytes { batches.append(try EntryBatch(decoding: bytes)) }
      if extracted.isLast { break }
      cursor = extracted.cursor
    }
    let held = try replica.holdings().vector
    let half = VersionVector(
      held.dots.map { Dot(replica: $0.replica, sequence: max(1, $0.sequence / 2)) })
    let rest = try replica.extract(
      lackedBy: half, parted: Set(held.dots.map(\.replica)), after: 0, byteLimit: 2_048)
    if let bytes = rest.bytes { batches.append(try EntryBatch(decoding: bytes)) }
    return batches
  }

  /// One message of each type, about what the representative's node holds.
  func messages(carrying batch: EntryBatch) throws -> [SyncMessage] {
    let replica = try KithNode(storePath: folder.path("rep.sqlite")).replica()
    let held = try replica.holdings()
    guard let origin = batch.items.lazy.compactMap(\.header.origin).first else { return [] }
    let hello = Hello(
      workspace: replica.workspace, node: origin.key, replica: held.own, logDigest: held.digest,
      schemaDigest: replica.schema.digest, wall: SystemEnvironment.now(), creditBytes: 4 << 20)
    let later = Hello(
      versions: 1...3, workspace: replica.workspace, node: origin.key, replica: held.own,
      logDigest: held.digest, schemaDigest: replica.schema.digest, wall: SystemEnvironment.now(),
      features: 300, creditBytes: 1 << 20)
    let verification = Verification(
      vector: held.vector, logDigest: held.digest, stateDigest: held.digest)
    let join = JoinRequest(
      proof: [UInt8](repeating: 0x50, count: 32), nodeName: "rep", userName: "Lena Vogt")
    let grant = JoinGrant(
      member: origin.member, founder: origin.key, workspaceNonce: origin.nonce, extra: [1, 2])
    return [
      .hello(hello), .hello(later), .vector(held.tips), .parted([]), .parted([held.own]),
      .entries(number: 1, batch: batch.encoded(level: 1)), .ack(upTo: 1, holds: held.vector),
      .caughtUp, .verify(verification), .ping, .bye(Bye(.done, "In sync.")),
    ] + [join.map(SyncMessage.join), grant.map(SyncMessage.joined)].compactMap(\.self)
  }
}
