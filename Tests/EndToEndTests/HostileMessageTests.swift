import CRDTCore
import Foundation
import PeerTransport
import SyncEngine
import TestSupport
import Testing

extension HostilePeerTests {
  /// A node of the roster that breaks the protocol: it is told why it is left, and changes nothing.
  @Suite("A hostile member's messages", .timeLimit(.minutes(5)))
  struct HostileMessageTests {
    /// How far the bad node plays by the rules.
    private enum Stage { case connected, greeted, met }

    private struct Case {
      let name: String
      let stage: Stage
      let frames: [[UInt8]]
      let reason: ByeReason

      init(_ name: String, _ stage: Stage, _ frames: [[UInt8]], _ reason: ByeReason) {
        self.name = name
        self.stage = stage
        self.frames = frames
        self.reason = reason
      }

      init(_ name: String, _ stage: Stage, _ messages: SyncMessage..., reason: ByeReason) {
        self.init(name, stage, messages.map(\.encoded), reason)
      }
    }

    /// Plays every case against one office, which must be unharmed and have logged every reason.
    private func play(_ cases: [Case], on site: HostileSite) async throws {
      var texts: [String] = []
      for item in cases {
        let bye = try await site.withCrook { peer -> Bye? in
          switch item.stage {
          case .connected: break
          case .greeted: try await peer.say(.hello(site.crook.hello))
          case .met: try await peer.meet(as: site.crook)
          }
          for frame in item.frames {
            // The office may have left already.
            guard (try? await peer.say(frame)) != nil else { break }
          }
          return try await peer.bye()
        }
        #expect(bye?.reason == item.reason, "\(item.name): \(bye?.text ?? "no bye")")
        if let bye { texts.append(bye.text) }
      }
      let log = try await site.expectUnharmed()
      for text in Set(texts) {
        let lines = log.split(separator: "\n").filter { $0.hasSuffix(text) }
        #expect(lines.count == texts.count { $0 == text }, "\(text)\n\(log)")
        #expect(lines.allSatisfy { $0.contains("warning") && $0.contains("crook (127.0.0.1:") })
      }
    }

    @Test("out of turn")
    func outOfTurn() async throws {
      let site = try await HostileSite()
      let (hello, vector) = (
        SyncMessage.hello(site.crook.hello), SyncMessage.vector(site.crook.tips)
      )
      let batch = site.crook.batch.encoded(level: nil)
      let entries = SyncMessage.entries(number: 1, batch: batch)
      let ack = SyncMessage.ack(upTo: 1, holds: VersionVector())
      let hash = site.crook.hello.logDigest
      let verify = SyncMessage.verify(
        Verification(vectorDigest: hash, logDigest: hash, stateDigest: nil))
      let grant = try #require(
        JoinGrant(
          member: MemberID(rawValue: 1), founder: site.crook.key.publicKey,
          workspaceNonce: [UInt8](repeating: 1, count: 16)))
      let request = try #require(
        JoinRequest(
          proof: [UInt8](repeating: 1, count: 32), nodeName: "crook", userName: "Carl"))
      let parted = SyncMessage.parted([])
      var cases = [vector, parted, entries, ack, .caughtUp, verify, .ping, .joined(grant)].map {
        Case("\($0.kind) before hello", .connected, $0, reason: .outOfPlace)
      }
      cases += [hello, parted, .joined(grant), .join(request), entries, ack, verify].map {
        Case("\($0.kind) before a vector", .greeted, $0, reason: .outOfPlace)
      }
      cases += [hello, vector, parted, .joined(grant), .join(request), ack, verify].map {
        Case("\($0.kind) after the vectors", .met, $0, reason: .outOfPlace)
      }
      cases += [
        Case("caught up twice", .met, .caughtUp, .caughtUp, reason: .outOfPlace),
        Case(
          "a batch's number left out", .met, .entries(number: 2, batch: batch), reason: .outOfPlace),
      ]
      try await play(cases, on: site)
    }

    @Test("that cannot be read, or are too long")
    func malformed() async throws {
      let site = try await HostileSite()
      var random = SplitMix64(seed: 5)
      let hello = SyncMessage.hello(site.crook.hello).encoded
      var cases = (0..<24).map { index in
        // The first byte is of no known type, or the bytes might happen to be a message.
        let noise = [UInt8](repeating: 0, count: 1 << (index % 20)).map { _ in
          UInt8.random(in: 11...255, using: &random)
        }
        return Case("noise \(index)", index < 12 ? .connected : .met, [noise], .malformed)
      }
      cases += stride(from: 1, to: hello.count, by: 12).map {
        Case("hello cut at \($0)", .connected, [Array(hello.prefix($0))], .malformed)
      }
      cases.append(Case("hello with more behind it", .connected, [hello + [0]], .malformed))
      let limit = SessionLimits.messageBytesMax
      cases += [1, limit].map {
        Case("too long by \($0)", .met, [[UInt8](repeating: 3, count: limit + $0)], .overLimit)
      }
      try await play(cases, on: site)
    }

    @Test("with a hello of another workspace, key or version")
    func foreignHello() async throws {
      let site = try await HostileSite()
      let real = site.crook.hello
      func hello(
        workspace: WorkspaceID? = nil, node: NodePublicKey? = nil,
        versions: ClosedRange<UInt8> = 1...1
      ) -> SyncMessage {
        .hello(
          Hello(
            versions: versions, workspace: workspace ?? real.workspace, node: node ?? real.node,
            replica: real.replica, logDigest: real.logDigest, schemaDigest: real.schemaDigest,
            wall: real.wall, creditBytes: real.creditBytes))
      }
      try await play(
        [
          Case(
            "another workspace", .connected, hello(workspace: WorkspaceID(rawValue: 1)),
            reason: .wrongWorkspace),
          Case(
            "a key that is not its own", .connected, hello(node: NodeKey.generate().publicKey),
            reason: .wrongKey),
          Case("later versions", .connected, hello(versions: 9...12), reason: .noCommonVersion),
        ], on: site)
    }
  }
}
