/// How likely two records of a kind are one and the same, and why: the same on every node that holds
/// the same of them.
package struct Likeness: Hashable, Sendable {
  /// From 0 to 100.
  package let score: Int
  /// What speaks for it, in words, the strongest first.
  package let reasons: [String]

  /// From what on a report lists a pair unless told otherwise.
  package static let reported = 50
  /// From what on a person is asked who is about to make a second record: one thing in common.
  package static let asked = 45
  /// How alike two companies' names are, of 100, to be called similar.
  private static let similar = 75

  /// Something that two records have in common, and how sure it would make one of 100.
  private typealias Evidence = (weight: Int, reason: String)

  /// Compares two records of one kind.
  ///
  /// Each thing in common takes away its share of the doubt that the others have left.
  package init(_ one: LikenessProfile, _ other: LikenessProfile) {
    var found: [Evidence]
    switch one.entity.name {
    case "account": found = Self.accounts(one, other)
    case "contact": found = Self.contacts(one, other)
    case _: found = Self.records(one, other)
    }
    if one.shares(.joined, with: other) { found.append((100, "one record was joined into both")) }
    found.sort { $0.weight > $1.weight }
    let doubt = found.reduce(10_000) { $0 * (100 - $1.weight) / 100 }
    score = 100 - (doubt + 99) / 100
    reasons = found.map(\.reason)
  }

  private static func accounts(
    _ one: LikenessProfile, _ other: LikenessProfile
  ) -> [Evidence] {
    var found: [Evidence] = []
    if one.shares(.host, with: other) { found.append((60, "same website")) }
    var isNamed = true
    if !one.names.full.isEmpty, one.names.full == other.names.full {
      found.append((65, "same name"))
    } else if one.shares(.company, with: other) {
      found.append((60, "same name but for the legal form"))
    } else if LikenessText.likeness(one.pairs, other.pairs) >= similar {
      found.append((45, "similar name"))
    } else {
      isNamed = false
    }
    // A city says nothing by itself.
    if isNamed, !one.place.isEmpty, one.place == other.place { found.append((20, "same city")) }
    return found
  }

  private static func contacts(
    _ one: LikenessProfile, _ other: LikenessProfile
  ) -> [Evidence] {
    var found: [Evidence] = []
    if one.shares(.email, with: other) { found.append((80, "same email")) }
    if one.shares(.phone, with: other) { found.append((60, "same phone")) }
    var isNamed = true
    if one.shares(.person, with: other) {
      found.append((45, "same name"))
    } else if !one.family.isEmpty, one.family == other.family, let initial = one.given.first,
      initial == other.given.first, one.given.count == 1 || other.given.count == 1
    {
      found.append((40, "similar name"))
    } else {
      isNamed = false
    }
    if isNamed, let account = one.account, account == other.account {
      found.append((25, "same account"))
    }
    return found
  }

  /// Records that nobody joins: bearing one name is worth a look.
  private static func records(
    _ one: LikenessProfile, _ other: LikenessProfile
  ) -> [Evidence] {
    one.entity.lookupFields.compactMap { name in
      guard let text = one.texts[name], text == other.texts[name],
        let field = one.entity.field(named: name)
      else { return nil }
      return (60, "same \(field.label)")
    }
  }
}
