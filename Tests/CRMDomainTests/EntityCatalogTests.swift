import CRDTCore
import CRMDomain
import Testing

@Suite("EntityCatalog")
struct EntityCatalogTests {
  private let catalog = EntityCatalog.standard

  @Test("every name of a kind or field is in the format's name table")
  func names() {
    for entity in catalog.entities {
      #expect(NameTable.indexes[entity.name] != nil, "\(entity.name) is spelt out in every entry.")
      for field in entity.fields {
        #expect(
          NameTable.indexes[field.name] != nil,
          "\(entity.name).\(field.name) is spelt out in every entry.")
      }
    }
  }

  @Test("words for kinds, and those for a kind's fields, mean one thing each")
  func words() {
    var kinds: [String: String] = [:]
    for entity in catalog.entities {
      let subtypes = entity.subtypes.flatMap { [$0.word, $0.plural] }
      for word in Set([entity.name, entity.plural] + entity.aliases + subtypes) {
        #expect(kinds.updateValue(entity.name, forKey: word) == nil, "“\(word)” means two kinds.")
      }
      var fields: [String: String] = [:]
      for field in entity.fields {
        for word in [field.name] + field.aliases {
          #expect(
            fields.updateValue(field.name, forKey: word) == nil,
            "“\(word)” means two fields of \(entity.name).")
        }
      }
    }
  }

  @Test("short ids of every kind begin with a letter of their own")
  func letters() {
    // Quotes, contracts, invoices, conflicts and operations are to come, or no records.
    var taken: Set<Character> = ["q", "k", "i", "x", "z"]
    for letter in catalog.entities.compactMap(\.letter) {
      #expect(taken.insert(letter).inserted, "Two kinds have the letter \(letter).")
    }
  }

  @Test("what an entity says of its fields names fields it has")
  func consistency() throws {
    for entity in catalog.entities {
      for name in entity.lookupFields + entity.columns
        + [entity.boardField, entity.orderField]
        .compactMap(\.self)
      {
        #expect(entity.field(named: name)?.name == name, "\(entity.name) has no field \(name).")
      }
      for words in entity.shortcuts.values.map({ $0 }) + entity.subtypes.map(\.path) {
        _ = try FieldPath(words, from: entity, in: catalog)
      }
      for field in entity.fields {
        #expect(!field.isSet || field.format != .money, "A set's table has no currencies.")
        #expect(field.target.map { catalog[$0] != nil } ?? true, "\(field.name) refers to nothing.")
        #expect(field.help.hasSuffix("."), "\(entity.name).\(field.name) lacks a sentence.")
      }
    }
  }

  @Test(
    "a kind is found by any of its words",
    arguments: [
      ("deal", "deal", nil), ("Deals", "deal", nil), ("entry", "deal", nil),
      ("company", "account", nil), ("opportunities", "deal", "opportunity"),
      ("lead", "deal", "lead"), ("visit", "engagement", "visit"), ("activity", "engagement", nil),
      ("catalogue item", "product", nil),
    ] as [(String, String, String?)])
  func kinds(word: String, kind: String, subtype: String?) {
    let found = catalog.kind(named: word)
    #expect(found?.entity.name == kind)
    #expect(found?.subtype?.word == subtype)
  }

  @Test(
    "a field is found by name, label or alias",
    arguments: [
      ("deal", "value", "amount"), ("deal", "close", "target_close"),
      ("deal", "product", "products"),
      ("deal", "Target close", "target_close"), ("account", "sector", "industry"),
      ("account", "manager", "owner"), ("account", "subsidiary_of", "parent"),
      ("user", "manager", "manager"), ("product", "series", "category"), ("task", "name", "title"),
    ])
  func fields(kind: String, word: String, field: String) {
    #expect(catalog[kind]?.field(named: word)?.name == field)
  }

  @Test("a word that means nothing is met with the nearest that does")
  func suggestions() {
    #expect(catalog.closestKind(to: "dael") == "deal")
    #expect(catalog["deal"]?.closestField(to: "stgae") == "stage")
    #expect(catalog["deal"]?.closestField(to: "xyz") == nil)
  }

  @Test("paths follow references, parts and shortcuts")
  func paths() throws {
    let deal = try #require(catalog["deal"])
    let region = try FieldPath(["owner", "region"], from: deal, in: catalog)
    #expect(region.text == "owner.region")
    #expect(region.references.map(\.name) == ["owner"])
    let city = try FieldPath(["account", "city"], from: deal, in: catalog)
    #expect(city.text == "account.billing_address.city")
    #expect(city.part == "city")
    #expect(
      throws: FieldPathError.unknownField(name: "regoin", entity: "user", closest: "region")
    ) { try FieldPath(["owner", "regoin"], from: deal, in: catalog) }
    #expect(throws: FieldPathError.leadsNowhere(field: "amount", next: "currency")) {
      try FieldPath(["amount", "currency"], from: deal, in: catalog)
    }
  }
}
