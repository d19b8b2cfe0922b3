public import CRDTCore

/// What one side holds and made of it, in digests; sent once, when both sides believe to be equal.
public struct Verification: Hashable, Sendable {
  /// Digest of the version vector at which the others were taken.
  public let vectorDigest: EntryHash
  /// Digest of every log's last hash.
  public let logDigest: EntryHash
  /// Digest of the canonical state; `nil` if it was not computed.
  public let stateDigest: EntryHash?

  /// Creates a verification from digests.
  public init(vectorDigest: EntryHash, logDigest: EntryHash, stateDigest: EntryHash?) {
    self.vectorDigest = vectorDigest
    self.logDigest = logDigest
    self.stateDigest = stateDigest
  }

  /// Creates a verification of the entries that `vector` covers.
  public init(vector: VersionVector, logDigest: EntryHash, stateDigest: EntryHash?) {
    var writer = ByteWriter(capacity: vector.count * 20 + 3)
    writer.write(vector: vector)
    self.init(
      vectorDigest: Digests.digest(tag: "kith/vector/1", [writer.bytes]), logDigest: logDigest,
      stateDigest: stateDigest)
  }

  /// What differs although it should not; `nil` if nothing does or the two were taken of different
  /// entries and cannot be compared.
  func divergence(from other: Self) -> Divergence? {
    guard vectorDigest == other.vectorDigest else { return nil }
    guard logDigest == other.logDigest else { return .logs }
    guard let stateDigest, let theirs = other.stateDigest else { return nil }
    return stateDigest == theirs ? nil : .state
  }
}

/// How two replicas differ that hold the same dots.
public enum Divergence: Hashable, Sendable {
  /// Two different entries go under one dot: a log has forked.
  case logs
  /// The entries are the same and programs of the same schema made different states of them.
  case state
}
