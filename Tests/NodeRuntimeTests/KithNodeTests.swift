import CRDTCore
import CRMDomain
import CommandShell
import NodeRuntime
import PeerTransport
import ReplicaStore
import TestSupport
import Testing

@Suite("KithNode")
struct KithNodeTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func founded() throws -> KithNode {
    let node = KithNode(storePath: folder.path("office.sqlite"))
    _ = try node.found(
      FoundRequest(node: "office", workspace: "Pumps", user: "Priya", currency: .euro))
    return node
  }

  @Test("a founded node opens again, with its key beside it")
  func founding() throws {
    let node = try founded()
    #expect(try node.nodes().map(\.name) == ["office"])
    let again = KithNode(storePath: node.storePath)
    #expect(try again.actingMember() == node.actingMember())
    #expect(throws: NodeFailure.notEmpty(path: node.storePath)) {
      try again.found(
        FoundRequest(node: "office", workspace: "Pumps", user: "Priya", currency: .euro))
    }
  }

  @Test("a mistyped code is told from one that cannot be used")
  func mistypedCode() async throws {
    let invite = try founded().invite(node: "rep", role: .representative, address: "127.0.0.1:9")
    let rep = KithNode(storePath: folder.path("rep.sqlite"))
    let typed = invite.code.dropLast(3) + "000"
    await #expect(throws: NodeFailure.mistypedCode) {
      try await rep.join(
        JoinCommandRequest(code: String(typed), node: "rep", user: "Lena"), progress: { _ in })
    }
  }

  @Test("an address that is none, or not known, is said before anything is dialled")
  func addresses() async throws {
    let node = try founded()
    #expect(throws: NodeFailure.unreadableAddress("nowhere")) {
      try node.setAddress("nowhere", of: "office")
    }
    #expect(throws: NodeFailure.noSuchNode("munich", known: ["office"])) {
      try node.setAddress("127.0.0.1:9", of: "munich")
    }
    await #expect(throws: NodeFailure.noPeers) {
      try await node.sync(with: [], progress: { _ in })
    }
  }

  @Test("a founding that was interrupted before its first entry is finished by the next")
  func interruptedFounding() throws {
    struct Interruption: Error {}
    let path = folder.path("office.sqlite")
    let key = NodeKey.generate()
    try key.save(to: path + ".key")
    #expect(throws: Interruption.self) {
      try Replica.found(
        at: path, schema: EntityCatalog.standard.schema,
        environment: .fixed(signer: key)
      ) { _, _ in throw Interruption() }
    }
    let node = try founded()
    #expect(try node.nodes().map(\.name) == ["office"])
    #expect(try node.replica().check().faults == [])
    #expect(throws: NodeFailure.notEmpty(path: path)) { try founded() }
  }

  /// What joining says before anybody is dialled; if it finds nothing to say, nobody answers.
  private func joining(_ node: KithNode, by office: KithNode) async throws -> NodeFailure? {
    let code = try office.invite(node: "rep", role: .representative, address: "127.0.0.1:9").code
    return await #expect(throws: NodeFailure.self) {
      try await node.join(
        JoinCommandRequest(code: code, node: "rep", user: "Lena"), progress: { _ in })
    }
  }

  @Test("a store in which a person has written something does not make way, however short its log")
  func firstWriteIsKept() async throws {
    let office = try founded()
    let key = NodeKey.generate()
    let path = folder.path("founded.sqlite")
    try key.save(to: path + ".key")
    let replica = try Replica.joined(
      at: path, schema: EntityCatalog.standard.schema, environment: .fixed(signer: key),
      identity: NodeIdentity(
        founding: Founding(key: key.publicKey, nonce: [UInt8](repeating: 1, count: 16)),
        origin: LogOrigin(
          key: key.publicKey, nonce: [UInt8](repeating: 2, count: 16),
          member: MemberID(rawValue: 5))))
    guard case .joinFailed = try await joining(KithNode(storePath: path), by: office) else {
      Issue.record("An empty store did not make way.")
      return
    }
    try replica.write { try WorkspaceSettings.set(.workspace, to: "Mine", in: $0) }
    let failure = try await joining(KithNode(storePath: path), by: office)
    #expect(failure == .notEmpty(path: path))
  }

  @Test("three words stand for a key, the same each time")
  func words() throws {
    let node = try founded()
    let words = try #require(node.nodes().first?.words)
    #expect(words.wholeMatch(of: /[a-z]+ [a-z]+ [a-z]+/) != nil)
    #expect(try KithNode(storePath: node.storePath).nodes().first?.words == words)
  }
}

extension ReplicaEnvironment {
  fileprivate static func fixed(signer key: NodeKey) -> ReplicaEnvironment {
    ReplicaEnvironment(
      now: { WallTime(milliseconds: 1_800_000_000_000) },
      random: { [UInt8](repeating: 7, count: $0) }, signer: Signer(key: key))
  }
}

private struct Signer: EntrySigner {
  let key: NodeKey

  var publicKey: NodePublicKey { key.publicKey }

  func signature(for message: [UInt8]) throws -> [UInt8] { key.signature(for: message) }
}
