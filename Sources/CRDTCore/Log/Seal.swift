/// Signs what leaves the node: the port behind which the node key lives.
///
/// ECDSA signatures differ from call to call, so nothing orders or digests by them; simulations lend
/// a signer of their own.
public protocol EntrySigner: Sendable {
  /// The public half of the key.
  var publicKey: NodePublicKey { get }
  /// Signs a message: 64 bytes, r ‖ s.
  func signature(for message: [UInt8]) throws -> [UInt8]
}

/// A signature over one entry's hash, and so, through the hash chain, over its log up to there.
public enum Seal {
  /// How many bytes a signature takes.
  public static let byteCount = 64

  /// What is signed: tag, workspace (16 bytes), replica (16), sequence (8), entry hash (32).
  public static func message(workspace: WorkspaceID, dot: Dot, hash: EntryHash) -> [UInt8] {
    var writer = ByteWriter(capacity: 88)
    writer.write(bytes: "kith/seal/1".utf8)
    writer.write(byte: 0)
    writer.write(fixed: workspace.rawValue)
    writer.write(fixed: dot.replica.rawValue)
    writer.write(fixed: dot.sequence)
    writer.write(hash: hash)
    return writer.bytes
  }
}
