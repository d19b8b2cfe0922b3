import CRDTCore

/// Three words that stand for a node's key, for two people to compare on the phone.
///
/// 24 bits: enough to tell the nodes of a company apart, not to withstand somebody who searches for a
/// key with the same words; the code and the roster pin the whole key.
enum KeyWords {
  /// The words of a key, from the first three bytes of its fingerprint.
  static func words(of key: NodePublicKey) -> String {
    key.fingerprint.prefix(3).map { byte in first[Int(byte >> 4)] + last[Int(byte & 15)] }
      .joined(separator: " ")
  }

  private static let first = [
    "amber", "birch", "cedar", "coral", "delta", "ember", "fern", "flint", "frost", "hazel",
    "iron", "maple", "north", "river", "silver", "winter",
  ]
  private static let last = [
    "bird", "brook", "dale", "falcon", "field", "fox", "gate", "harbour", "hill", "lake", "moon",
    "otter", "stone", "tide", "vale", "wood",
  ]
}
