import CRDTCore
import Foundation
import NodeRuntime
import PeerTransport
import ReplicaStore
import SyncEngine
import TestSupport
import Testing

/// All that a peer, or a stranger, may do to a real `kith serve`.
///
/// One after the other: each test runs several processes, which share two processors with all else.
@Suite("Hostile peers", .serialized)
struct HostilePeerTests {}

/// An office that serves, an honest node, and a node of the roster that has gone bad.
struct HostileSite {
  /// What the bad node has to say that would be lawful.
  struct Crook: Sendable {
    let key: NodeKey
    let hello: Hello
    let tips: [LogTip]
    /// Entries that the office lacks, all of them the bad node's own.
    let batch: EntryBatch
  }

  let folder: TemporaryDirectory
  let office: KithProcess
  let address: String
  let crook: Crook
  /// The office's digests before anything bad has happened.
  let digest: String

  init() async throws {
    let folder = try TemporaryDirectory()
    self.folder = folder
    _ = try await Self.kith(
      folder, "office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    let office = try KithProcess([
      "--store", folder.path("office.sqlite"), "serve", "--listen", "127.0.0.1:0",
    ])
    self.office = office
    let address = try await onOwnThread { try office.listeningAddress() }
    self.address = address
    for (node, user) in [("rep", "Lena"), ("crook", "Carl")] {
      let invited = try await Self.kith(
        folder, "office", "peer", "invite", node, "--role", "representative", "--address", address)
      let code = try #require(invited.split(separator: "\n").last.map(String.init))
      _ = try await Self.kith(folder, node, "join", code, "--node", node, "--user", user)
    }
    crook = try await Self.crook(in: folder)
    digest = try await Self.kith(folder, "office", "store", "digest")
  }

  /// Lets the bad node write while it is offline, and reads out what it would sync.
  private static func crook(in folder: TemporaryDirectory) async throws -> Crook {
    let path = folder.path("crook.sqlite")
    let known = try KithNode(storePath: path).replica().holdings().vector
    for number in 1...3 {
      _ = try await kith(folder, "crook", "new", "account", "name=Crooked \(number)")
    }
    let replica = try KithNode(storePath: path).replica()
    try replica.sealTip()
    let key = try NodeKey.load(from: path + ".key")
    let held = try replica.holdings()
    let bytes = try #require(try replica.extract(lackedBy: known, after: 0).bytes)
    let hello = Hello(
      workspace: replica.workspace, node: key.publicKey, replica: held.own, logDigest: held.digest,
      schemaDigest: replica.schema.digest, wall: SystemEnvironment.now(), creditBytes: 4 << 20)
    return Crook(
      key: key, hello: hello, tips: held.tips, batch: try EntryBatch(decoding: bytes))
  }

  private static func kith(
    _ folder: TemporaryDirectory, _ node: String, _ arguments: String...
  ) async throws -> String {
    let result = try await onOwnThread {
      try KithProcess.run(["--store", folder.path("\(node).sqlite")] + arguments)
    }
    try #require(result.code == 0, "\(arguments): \(result.errors)")
    return result.output
  }

  /// Lends a link with the bad node's key to `body`.
  func withCrook<Result: Sendable>(
    _ body: (inout HostilePeer) async throws -> Result
  ) async throws -> Result {
    try await HostilePeer.withLink(to: address, key: crook.key, body)
  }

  /// Has the honest node write and sync, while the office serves.
  func expectHonestSync(writing name: String) async throws {
    _ = try await Self.kith(folder, "rep", "new", "account", "name=\(name)")
    _ = try await Self.kith(folder, "rep", "sync")
    #expect(
      try await Self.kith(folder, "office", "store", "digest")
        == Self.kith(folder, "rep", "store", "digest"))
  }

  /// Has the honest node write, and serve, so that it dials the office and stays.
  func serveRep(afterWriting name: String) async throws -> KithProcess {
    _ = try await Self.kith(folder, "rep", "new", "account", "name=\(name)")
    return try KithProcess([
      "--store", folder.path("rep.sqlite"), "serve", "--listen", "127.0.0.1:0",
    ])
  }

  /// Expects the office to hold what it held, to serve others yet, and to end in good order.
  ///
  /// - Returns: What it has logged.
  func expectUnharmed() async throws -> String {
    #expect(try await Self.kith(folder, "office", "store", "digest") == digest)
    _ = try await Self.kith(folder, "office", "store", "check")
    try await expectHonestSync(writing: "Honest")
    return try await stop()
  }

  /// Ends the office in good order.
  ///
  /// - Returns: What it has logged.
  func stop() async throws -> String {
    office.send(.terminate)
    let result = try await onOwnThread { [office] in try office.result() }
    #expect(result.code == 0, "\(result.errors)")
    return result.errors
  }
}

/// One end of a link over real TLS that says whatever a test makes it say.
struct HostilePeer {
  private let link: PeerLink
  private var frames: InboundFrames.Iterator

  /// Lends a link with a node's key to `body` and closes it.
  static func withLink<Result: Sendable>(
    to address: String, key: NodeKey, _ body: (inout HostilePeer) async throws -> Result
  ) async throws -> Result {
    let address = try #require(PeerAddress(address))
    var limits = TransportLimits()
    limits.frameBytesMax *= 4
    return try await TransportThreads.run { threads in
      try await PeerDialer(key: key, threads: threads, limits: limits)
        .dial(address, expecting: .trusted(by: { _ in .known })) { link in
          var peer = HostilePeer(link: link, frames: link.frames.makeAsyncIterator())
          return try await body(&peer)
        }
    }
  }

  func say(_ message: SyncMessage) async throws { try await say(message.encoded) }

  func say(_ bytes: [UInt8]) async throws { try await link.send(bytes) }

  /// Waits for the next message; `nil` when the link has ended in good order.
  mutating func next() async throws -> SyncMessage? {
    try await frames.next().map { try SyncMessage(decoding: $0) }
  }

  /// Waits for a message of a kind, passing over others; `nil` if the link ends before.
  mutating func next(_ kind: SyncMessage.Kind) async throws -> SyncMessage? {
    while let message = try await next() {
      if message.kind == kind { return message }
    }
    return nil
  }

  /// Exchanges hellos, vectors and the answers to them as an honest node does.
  mutating func meet(as crook: HostileSite.Crook) async throws {
    try await say(.hello(crook.hello))
    try await say(.vector(crook.tips))
    try await say(.parted([]))
    _ = try #require(try await next(.parted))
  }

  /// Waits for the other side's bye, and for the link to end behind it.
  mutating func bye() async throws -> Bye? {
    guard case .bye(let bye) = try await next(.bye) else { return nil }
    #expect(try await next() == nil, "Nothing comes after a bye.")
    return bye
  }
}
