public import CRDTCore

/// The digest by which two sides find out that they hold the same entries.
///
/// It covers the head of every log, and through the hash chains every entry; two different entries
/// under one dot make it differ where version vectors are equal.
public enum LogDigest {
  /// The digest of a replica whose logs end in `heads`, given in any order, one a log.
  ///
  /// - Complexity: O(*n* log *n*) in the number of logs.
  public static func digest(of heads: some Sequence<Dependency>) -> EntryHash {
    var writer = ByteWriter()
    for head in heads.sorted(by: { $0.dot < $1.dot }) {
      writer.write(fixed: head.dot.replica.rawValue)
      writer.write(fixed: head.dot.sequence)
      writer.write(hash: head.hash)
    }
    return Digests.digest(tag: "kith/log/1", [writer.bytes])
  }
}
