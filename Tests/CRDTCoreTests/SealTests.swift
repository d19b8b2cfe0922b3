import CRDTCore
import Crypto
import Foundation
import TestSupport
import Testing

@Suite("Seal")
struct SealTests {
  private struct Signer: EntrySigner {
    let key = P256.Signing.PrivateKey()

    var publicKey: NodePublicKey {
      guard let publicKey = NodePublicKey(bytes: key.publicKey.compressedRepresentation) else {
        preconditionFailure("A key's own public half is a point of the curve.")
      }
      return publicKey
    }

    func signature(for message: [UInt8]) throws -> [UInt8] {
      Array(try key.signature(for: Data(message)).rawRepresentation)
    }
  }

  private let workspace = WorkspaceID(rawValue: 1)
  private let dot = Dot(replica: ReplicaID(rawValue: 2), sequence: 3)
  private let hash = Digests.digest(tag: "test", [[4]])

  @Test("a seal holds for its workspace, dot and hash, under its key alone")
  func verification() throws {
    let signer = Signer()
    let message = Seal.message(workspace: workspace, dot: dot, hash: hash)
    let seal = try signer.signature(for: message)
    #expect(seal.count == Seal.byteCount)
    #expect(signer.publicKey.isValid(signature: seal, for: message))
    #expect(!Signer().publicKey.isValid(signature: seal, for: message))

    let others = [
      Seal.message(workspace: WorkspaceID(rawValue: 9), dot: dot, hash: hash),
      Seal.message(workspace: workspace, dot: Dot(replica: dot.replica, sequence: 9), hash: hash),
      Seal.message(
        workspace: workspace, dot: Dot(replica: ReplicaID(rawValue: 9), sequence: 3), hash: hash),
      Seal.message(workspace: workspace, dot: dot, hash: .none),
    ]
    #expect(others.allSatisfy { !signer.publicKey.isValid(signature: seal, for: $0) })
  }

  @Test("a damaged or cut seal is not valid, and does not trap")
  func damage() throws {
    let signer = Signer()
    let message = Seal.message(workspace: workspace, dot: dot, hash: hash)
    var seal = try signer.signature(for: message)
    for index in seal.indices {
      seal[index] ^= 1
      #expect(!signer.publicKey.isValid(signature: seal, for: message))
      seal[index] ^= 1
    }
    for wrong in [[], Array(seal.dropLast()), seal + [0], [UInt8](repeating: 0, count: 64)] {
      #expect(!signer.publicKey.isValid(signature: wrong, for: message))
    }
  }

  @Test("a fingerprint tells keys apart")
  func fingerprints() {
    #expect(Signer().publicKey.fingerprint != Signer().publicKey.fingerprint)
    #expect(Signer().publicKey.fingerprint.count == 32)
  }
}
