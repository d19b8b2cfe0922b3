package import ReplicaStore

/// Every kind of record the program knows, declared once.
///
/// Tables, commands, completion, import, export and documentation read it. Kinds and fields are only
/// ever added: their names are part of the log.
package struct EntityCatalog: Sendable {
  /// What a word that a person typed for a kind means.
  package struct KindWord: Hashable, Sendable {
    /// The kind.
    package let entity: Entity
    /// The word's narrower meaning: `leads` are some of the deals.
    package let subtype: Entity.Subtype?
  }

  /// The catalogue of this version of the program.
  package static let standard = EntityCatalog([
    .account, .contact, .deal, .engagement, .task, .product, .user, .order, .process, .stage,
    .exitCriterion, .stageVisit, .label, .team, .territory, .region, .picklist, .member, .node,
    .setting, .dismissal, .conflictHandling, .savedView, .commandAlias, .conflictPolicy,
    .rate, .project, .paymentTerms, .tax, .quota, .policy, .preference,
    .creditShare, .dealContact, .prospectLine, .handoverStep, .forecastSnapshot, .qualityCheck,
    .ownField,
    .touch, .scoreRule, .routingRule,
    .event, .eventAnswer, .serviceCase, .question, .commitment, .amendment, .followUp,
  ])

  /// The kinds, in the order in which help lists them.
  package let entities: [Entity]
  private let indexes: [String: Int]
  private let words: [String: KindWord]

  init(_ entities: [Entity]) {
    self.entities = entities
    indexes = Dictionary(uniqueKeysWithValues: entities.enumerated().map { ($1.name, $0) })
    var words: [String: KindWord] = [:]
    for entity in entities {
      for word in [entity.name, entity.plural] + entity.aliases {
        words[word] = KindWord(entity: entity, subtype: nil)
      }
      for subtype in entity.subtypes {
        for word in [subtype.word, subtype.plural] {
          words[word] = KindWord(entity: entity, subtype: subtype)
        }
      }
    }
    self.words = words
  }

  /// The kind of that stable name.
  package subscript(name: String) -> Entity? { indexes[name].map { entities[$0] } }

  /// The kind that a person's word names: name, plural, alias or subtype, whatever its case.
  package func kind(named word: String) -> KindWord? {
    words[word] ?? words[FieldName.normalized(word)]
  }

  /// The kind whose short ids begin with `letter`.
  package func kind(letter: Character) -> Entity? {
    entities.first { $0.letter == letter }
  }

  /// The word nearest to one that names no kind.
  package func closestKind(to word: String) -> String? {
    ClosestName.of(FieldName.normalized(word), among: words.keys.sorted())
  }

  /// The entity of a kind that the catalogue itself names.
  package func entity(_ name: String) -> Entity {
    guard let entity = self[name] else { preconditionFailure("The catalogue has no \(name).") }
    return entity
  }

  /// What the store is opened with.
  package var schema: ReplicaSchema {
    ReplicaSchema(kinds: entities.map(\.schema), constraints: Self.constraints)
  }
}
