package import ReplicaStore

/// What a person says of a new field's values: a type, and what a list holds to begin with.
package struct OwnFieldReading: Hashable, Sendable {
  package let type: OwnFieldType
  /// The values of its list, in order; none of other types.
  package let options: [String]

  private static let lists: [(prefix: String, type: OwnFieldType)] = [
    ("one of ", .oneOfList), ("several of ", .severalOfList),
  ]

  private static let further: [String: OwnFieldType] = [
    "longtext": .longText, "notes": .longText, "number": .wholeNumber, "integer": .wholeNumber,
    "whole": .wholeNumber, "amount": .money, "day": .date, "time": .moment,
    "date and time": .moment, "yes/no": .yesOrNo, "bool": .yesOrNo, "boolean": .yesOrNo,
    "percentage": .percent,
  ]

  /// Reads `money`, `one of low, medium, high`, `reference to account`.
  ///
  /// - Throws: ``OwnFieldError``.
  package init(_ text: String, in catalog: EntityCatalog) throws(OwnFieldError) {
    let words = FieldName.words(of: NameFolding.normalized(text).trimmed)
    let folded = words.lowercased()
    for list in Self.lists where folded.hasPrefix(list.prefix) {
      try self.init(list.type, options: String(words.dropFirst(list.prefix.count)))
      return
    }
    if folded.hasPrefix("reference to ") || folded.hasPrefix("link to ") {
      let word = folded.split(separator: " ").dropFirst(2).joined(separator: " ")
      guard let target = catalog.kind(named: word)?.entity, target.role != .system else {
        throw .unknownTarget(word, closest: catalog.closestKind(to: word))
      }
      self.init(type: .reference(to: target.name), options: [])
      return
    }
    let simple = OwnFieldType.simpleWords.filter { !$0.hasSuffix("of a list") }
    let known = simple.contains(folded) ? OwnFieldType(folded) : Self.further[folded]
    guard let known else {
      throw .unknownType(text, closest: ClosestName.of(folded, among: simple))
    }
    self.init(type: known, options: [])
  }

  private init(type: OwnFieldType, options: [String]) {
    self.type = type
    self.options = options
  }

  private init(_ type: OwnFieldType, options text: String) throws(OwnFieldError) {
    let options = Self.options(in: text)
    guard !options.isEmpty else { throw .noOptions }
    self.init(type: type, options: options)
  }

  /// The values of a list as people write them: between commas.
  package static func options(in text: String) -> [String] {
    var seen: Set<String> = []
    return text.split(separator: ",").map { NameFolding.normalized(String($0)).trimmed }
      .filter { !$0.isEmpty && seen.insert(NameFolding.folded($0)).inserted }
  }
}
