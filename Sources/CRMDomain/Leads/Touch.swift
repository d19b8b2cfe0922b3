package import CRDTCore
import ReplicaStore

/// Something by which a lead or a contact came to know us.
package enum Touch {
  /// The kind of the records.
  package static let kind = "touch"
  /// What the touch says that a new lead gets of itself.
  package static let firstText = "first touch"

  /// The id of the touch by which a new lead came: two nodes that take over one lead make one.
  package static func firstID(of deal: RecordID) -> RecordID {
    RecordID(derivedFrom: kind, [deal.rawValue.bigEndianBytes])
  }

  /// Writes the touch by which a new lead came.
  static func writeFirst(
    of deal: RecordID, source: RecordID, at moment: Instant, in transaction: Transaction
  ) throws {
    try transaction.create(
      kind, id: firstID(of: deal),
      [
        FieldChange("deal", .set(.reference(deal))),
        FieldChange("source", .set(.reference(source))),
        FieldChange("at", .set(.instant(moment))), FieldChange("text", .set(.text(firstText))),
      ])
  }
}
