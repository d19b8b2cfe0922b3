package import CRDTCore
package import GRDB
package import ReplicaStore

/// To whom deals are credited where it is not to their owners alone.
///
/// The share of a user in a deal is one record, on whichever node it is typed. A value of one moment.
package struct CreditShares: Sendable {
  /// The kind of the records.
  package static let kind = "credit_share"

  /// What a user has of a deal.
  package struct Share: Hashable, Sendable {
    package let user: RecordID
    package let percent: DecimalNumber

    package init(user: RecordID, percent: DecimalNumber) {
      self.user = user
      self.percent = percent
    }
  }

  /// The shares of the deals that have any, by user.
  private let shares: [RecordID: [Share]]

  /// Reads the shares of one deal, or of all.
  package init(of deal: RecordID? = nil, in database: Database) throws {
    let condition = deal == nil ? "" : "AND deal = ?"
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT deal, user, percent FROM credit_share
        WHERE _hidden IS NULL AND percent IS NOT NULL \(condition) ORDER BY deal, user, id
        """, arguments: StatementArguments(deal.map { [$0.databaseValue] } ?? []))
    shares = rows.reduce(into: [:]) { shares, row in
      guard let deal = RecordID(row[0] as DatabaseValue),
        let user = RecordID(row[1] as DatabaseValue),
        let percent = (row[2] as String?).flatMap({ DecimalNumber($0) }),
        percent > DecimalNumber(0), percent <= DecimalNumber(100)
      else { return }
      shares[deal, default: []].append(Share(user: user, percent: percent))
    }
  }

  package var isEmpty: Bool { shares.isEmpty }

  /// The shares of a deal, by user; empty where all of it is its owner's.
  package subscript(deal: RecordID) -> [Share] { shares[deal] ?? [] }

  /// Whether shares are all of a deal.
  package static func areWhole(_ shares: [Share]) -> Bool {
    shares.reduce(Int128(0)) { $0 + $1.percent.billionths } == 100 * 1_000_000_000
  }

  /// What is credited of an amount of a deal, and to whom, by user.
  ///
  /// The parts add up to the amount, also where the shares, changed in two places at once, do not add up to
  /// 100 %: what is left over by rounding goes to those who were cut most, the first of them first.
  package func credited(
    _ minorUnits: Int128, of deal: RecordID, owner: RecordID?
  ) -> [(user: RecordID?, minorUnits: Int128)] {
    let own = self[deal]
    guard !own.isEmpty else { return [(owner, minorUnits)] }
    let parts = Apportionment.parts(of: minorUnits, by: own.map(\.percent.billionths))
    return zip(own, parts).map { ($0.user, $1) }
  }
}

// MARK: - Changes

extension CreditShares {
  /// The record of a user's share in a deal.
  package static func id(of user: RecordID, in deal: RecordID) -> RecordID {
    RecordID(derivedFrom: kind, [deal.rawValue.bigEndianBytes, user.rawValue.bigEndianBytes])
  }

  /// Credits a deal to users; whoever is not named has no share any more.
  ///
  /// - Throws: ``CreditError/notWhole(_:)`` where there are shares and they are not 100 %.
  package static func set(
    _ shares: [Share], of deal: RecordID, in transaction: Transaction
  ) throws {
    guard shares.isEmpty || areWhole(shares) else {
      throw CreditError.notWhole(shares.map(\.percent))
    }
    let present = try CreditShares(of: deal, in: transaction.snapshot.database)[deal]
    for share in present where !shares.contains(where: { $0.user == share.user }) {
      let id = id(of: share.user, in: deal)
      guard let state = try transaction.snapshot.record(kind, id), !state.isDeleted else {
        continue
      }
      try transaction.delete(kind, id, basis: state.basis)
    }
    for share in shares {
      let id = id(of: share.user, in: deal)
      let state = try transaction.snapshot.record(kind, id)
      var changes = [FieldChange("percent", .set(.decimal(share.percent)))]
      if state == nil {
        changes =
          [
            FieldChange("deal", .set(.reference(deal))),
            FieldChange("user", .set(.reference(share.user))),
          ] + changes
      }
      if let state, state.isDeleted {
        try transaction.restore(kind, id, basis: state.basis, changes)
      } else if state?["percent"] != .decimal(share.percent)
        || (state?.basis.heads["percent"]?.count ?? 0) > 1
      {
        try transaction.edit(kind, id, basis: state?.basis ?? Basis(), changes)
      }
    }
  }
}

/// Shares that cannot be credited; nothing was written.
package enum CreditError: Error, Hashable, Sendable {
  case notWhole([DecimalNumber])
}

extension CreditError: UserFacingError {
  package var summary: String {
    switch self {
    case .notWhole(let shares):
      "\(shares.map { "\($0) %" }.joined(separator: " + ")) is not 100 %."
    }
  }

  package var hint: String? {
    switch self {
    case .notWhole: "Name everybody who has a share, with shares that add up to 100."
    }
  }
}
