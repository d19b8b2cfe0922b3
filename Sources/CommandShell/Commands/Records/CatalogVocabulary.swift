package import CRMDomain

/// The catalogue's kinds as the parser knows them.
package enum CatalogVocabulary {
  /// Every kind, with its aliases and the words for some of its records.
  package static func kinds(of catalog: EntityCatalog) -> [Vocabulary.Kind] {
    catalog.entities.map { entity in
      Vocabulary.Kind(
        entity.name, plural: entity.plural,
        aliases: entity.aliases + entity.subtypes.flatMap { [$0.word, $0.plural] },
        letter: entity.letter)
    }
  }

  /// A vocabulary of kinds alone, for reading references.
  static func references(of catalog: EntityCatalog) -> Vocabulary {
    Vocabulary(verbs: [], nouns: [], kinds: kinds(of: catalog), options: [])
  }
}
