import CRDTCore

/// What the values of a workspace's own field are.
///
/// The words are stored, so each means for ever what it means here. A word of a later program is none of these:
/// its field waits in the log until a program knows it.
package enum OwnFieldType: Hashable, Sendable {
  case text
  case longText
  case wholeNumber
  case decimal
  case percent
  case money
  case date
  case moment
  case yesOrNo
  /// A value of the field's own list.
  case oneOfList
  /// Values of the field's own list.
  case severalOfList
  /// A record of that kind.
  case reference(to: String)

  private static let words: [(word: String, type: OwnFieldType)] = [
    ("text", .text), ("long text", .longText), ("whole number", .wholeNumber),
    ("decimal", .decimal), ("percent", .percent), ("money", .money), ("date", .date),
    ("moment", .moment), ("yes or no", .yesOrNo), ("one of a list", .oneOfList),
    ("several of a list", .severalOfList),
  ]

  private static let referencePrefix = "reference to "

  /// The words that name a type by themselves.
  package static var simpleWords: [String] { words.map(\.word) }

  /// The type that a stored word names.
  package init?(_ word: String) {
    if let known = Self.words.first(where: { $0.word == word }) {
      self = known.type
    } else if word.hasPrefix(Self.referencePrefix) {
      let kind = String(word.dropFirst(Self.referencePrefix.count))
      guard OwnFields.isKey(kind) else { return nil }
      self = .reference(to: kind)
    } else {
      return nil
    }
  }

  /// The word as it is stored.
  package var word: String {
    if case .reference(let kind) = self { return Self.referencePrefix + kind }
    return Self.words.first { $0.type == self }?.word ?? ""
  }

  /// The field that the store makes of it.
  func schema(named name: String) -> FieldSchema {
    switch self {
    case .text, .longText: FieldSchema(name, .text)
    case .wholeNumber: FieldSchema(name, .integer)
    case .decimal, .percent: FieldSchema(name, .decimal)
    case .money: FieldSchema(name, .money)
    case .date: FieldSchema(name, .date)
    case .moment: FieldSchema(name, .instant)
    case .yesOrNo: FieldSchema(name, .bool)
    case .oneOfList: FieldSchema(name, .reference(to: "picklist"))
    case .severalOfList: FieldSchema(name, .reference(to: "picklist"), merge: .set(.addWins))
    case .reference(let kind): FieldSchema(name, .reference(to: kind))
    }
  }
}
