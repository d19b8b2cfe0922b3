import CRDTCore

/// How a peer's clock and this node's differ, in words that blame neither: which of them is wrong, no
/// two clocks can tell.
package struct ClockDifference: Hashable, Sendable {
  /// What a message may take on its way; a difference below it says nothing.
  private static let allowanceMilliseconds: Int64 = 1_000

  /// The peer's clock minus ours.
  let milliseconds: Int64

  /// Reads what an exchange has measured; `nil` if that says nothing.
  package init?(_ offset: Int64?) {
    guard let offset, offset.magnitude >= Self.allowanceMilliseconds.magnitude else { return nil }
    milliseconds = offset
  }

  /// Whether it is too small to matter: readings further ahead are flagged where they arrive.
  package var isFine: Bool { milliseconds.magnitude <= Limits.clockDriftMilliseconds }

  /// Whether this node's clock is ahead of the peer's.
  var isOursAhead: Bool { milliseconds < 0 }

  /// `its clock and yours differ by 2 s (1 s is allowed for the network); yours is ahead`.
  package var text: String {
    "its clock and yours differ by \(PeopleFormat.duration(milliseconds: milliseconds)) "
      + "(1 s is allowed for the network); \(isOursAhead ? "yours" : "its clock") is ahead"
  }

  /// What the clocks of all peers met say of this node's own; `nil` if they say nothing.
  ///
  /// Several that differ from it the same way do not all err.
  package static func ownFault(_ offsets: [Int64]) -> String? {
    let differences = offsets.compactMap { ClockDifference($0) }.filter { !$0.isFine }
    guard let first = differences.first, offsets.count > 1, differences.count == offsets.count,
      differences.allSatisfy({ $0.isOursAhead == first.isOursAhead })
    else { return nil }
    return "\(first.isOursAhead ? "ahead of" : "behind") every peer's; please check this machine's"
  }
}
