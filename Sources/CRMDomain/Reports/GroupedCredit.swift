import CRDTCore
import GRDB

/// Credits deals that are split to each user who has a share, where rows are grouped by owner.
final class GroupedCredit {
  private let shares: CreditShares?
  /// Which of the keys is the owner.
  private let place: Int
  /// The deals met whose shares are not all of them.
  private var uneven: Set<RecordID> = []

  init(_ paths: [FieldPath], in database: Database) throws {
    place = paths.firstIndex { $0.references.isEmpty && $0.field.name == "owner" } ?? -1
    shares = place < 0 ? nil : try CreditShares(in: database)
  }

  /// Whether one deal may count in the groups of several owners.
  var isSplitting: Bool { shares.map { !$0.isEmpty } ?? false }

  /// What of a deal's value belongs to which group.
  func parts(
    of minorUnits: Int128, deal: RecordID, key: [DatabaseValue]
  ) -> [(key: [DatabaseValue], minorUnits: Int128)] {
    guard let shares, !shares[deal].isEmpty else { return [(key, minorUnits)] }
    if !CreditShares.areWhole(shares[deal]) { uneven.insert(deal) }
    return shares.credited(minorUnits, of: deal, owner: nil).map { user, part in
      var key = key
      key[place] = user?.databaseValue ?? .null
      return (key, part)
    }
  }

  /// What is to be said of shares that do not add up.
  var notes: [String] {
    guard !uneven.isEmpty else { return [] }
    let deals = uneven.count == 1 ? "1 deal" : "\(uneven.count) deals"
    return ["\(deals) whose shares do not add up to 100 %; credited in proportion"]
  }
}
