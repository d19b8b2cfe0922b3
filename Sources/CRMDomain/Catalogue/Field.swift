import CRDTCore
import ReplicaStore

/// One field of an entity, as the catalogue declares it.
package struct Field: Hashable, Sendable {
  /// The stable name, in the log, on the wire and of the column: `target_close`.
  package let name: String
  /// What its values, or a set's elements, are.
  package let format: FieldFormat
  /// How concurrent writes merge.
  package let mark: FieldMark
  /// One sentence on what the field says.
  package let help: String
  /// Other words that people may type for it.
  package let aliases: [String]
  /// Whether a new record must have it.
  package let isRequired: Bool
  /// Whether two live records with the same value are a conflict.
  package let isUnique: Bool
  /// Whether look-ups and sorting by it are quick.
  package let isIndexed: Bool
  /// Which numbers it takes; `nil` for all.
  package let bounds: FieldBounds?
  /// Whether its number is a name rather than an amount, such as a year: people write it plainly.
  package let isOrdinal: Bool
  /// How its text has to look; `nil` where any will do.
  package let form: TextForm?
  /// Whether what was once said is never changed, but another record made.
  package let isFixed: Bool
  /// The name as a heading: `target close`.
  package let label: String
  /// Whether its list takes no new words from who fills it in.
  package let isClosed: Bool
  /// Whether it is no longer to be filled in.
  package let isRetired: Bool

  init(
    _ name: String, _ format: FieldFormat, _ mark: FieldMark, _ help: String,
    aliases: [String] = [], isRequired: Bool = false, isUnique: Bool = false,
    isIndexed: Bool = false, bounds: FieldBounds? = nil, isOrdinal: Bool = false,
    form: TextForm? = nil, isFixed: Bool = false, label: String? = nil, isClosed: Bool = false,
    isRetired: Bool = false
  ) {
    self.name = name
    self.format = format
    self.mark = mark
    self.help = help
    self.aliases = aliases
    self.isRequired = isRequired
    self.isUnique = isUnique
    self.isIndexed = isIndexed
    self.bounds = bounds
    self.isOrdinal = isOrdinal
    self.form = form
    self.isFixed = isFixed
    self.label = label ?? FieldName.words(of: name)
    self.isClosed = isClosed
    self.isRetired = isRetired
  }

  /// Whether the workspace has added it to the catalogue.
  package var isOwn: Bool { name.hasPrefix(OwnFields.prefix) }

  /// Whether the field holds a set of ``format`` rather than one.
  package var isSet: Bool {
    switch mark {
    case .elements, .revocableElements: true
    case .latest, .held, .once, .earliest, .greatest, .ranked, .rankedHeld, .counted: false
    }
  }

  /// The kind that its references name; `nil` if it holds none, or ones of any kind.
  package var target: String? {
    switch format {
    case .reference(let kind): kind
    case .listed: "picklist"
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .money, .choice, .status, .structure, .anyReference:
      nil
    }
  }

  /// The field, under which further words people may type.
  func named(also words: [String]) -> Field {
    Field(
      name, format, mark, help, aliases: aliases + words, isRequired: isRequired,
      isUnique: isUnique, isIndexed: isIndexed, bounds: bounds, isOrdinal: isOrdinal, form: form,
      isFixed: isFixed, label: label, isClosed: isClosed, isRetired: isRetired)
  }

  /// What the store makes of it.
  var schema: FieldSchema {
    FieldSchema(
      name, format.type, merge: mark.merge, isUnique: isUnique, isIndexed: isIndexed)
  }
}

/// How the values of a field are written by people and stored.
package enum FieldFormat: Hashable, Sendable {
  case bool
  case integer
  case decimal
  /// A decimal of percent: 30 is 30 %.
  case percent
  case text
  /// Text of several lines, to which more is appended.
  case longText
  /// A key of fractional indexing: records order by it, byte by byte.
  case position
  case bytes
  case date
  case instant
  case money
  /// One of a few words that the program knows.
  case choice([String])
  /// A state of a machine.
  case status(StatusMachine)
  /// A record of that kind.
  case reference(to: String)
  /// A record of any kind.
  case anyReference
  /// A value of one of the workspace's own lists: a reference to a `picklist` record, made on demand.
  case listed(String)
  /// Named parts that belong together, merged as one value.
  case structure(StructureFormat)

  /// The type of the column.
  var type: FieldType {
    switch self {
    case .bool: .bool
    case .integer: .integer
    case .decimal, .percent: .decimal
    case .text, .longText, .position, .choice, .status: .text
    case .bytes: .bytes
    case .date: .date
    case .instant: .instant
    case .money: .money
    case .reference(let kind): .reference(to: kind)
    case .anyReference: .reference(to: "")
    case .listed: .reference(to: "picklist")
    case .structure: .structure
    }
  }
}

/// The parts of a structured value, and how people write one in plain text.
package enum StructureFormat: Hashable, Sendable {
  /// A postal address; plain text is its street.
  case address
  /// A person's name; the last word of plain text is the family name.
  case personName
  /// An e-mail address or telephone number with its kind: `mobile: +49 40 555`.
  case contactPoint
  /// From when until when, and where clocks show so.
  case timeSpan

  /// The parts, in the order in which people write them.
  package var parts: [String] {
    switch self {
    case .address: ["street", "postal_code", "city", "state", "country"]
    case .personName: ["prefix", "given", "family", "suffix"]
    case .contactPoint: ["kind", "value"]
    case .timeSpan: ["start", "end", "time_zone"]
    }
  }
}

/// How concurrent writes of a field merge.
package enum FieldMark: Hashable, Sendable {
  /// R: the last writer shows, and a person confirms.
  case latest
  /// R!: as ``latest``, and what uses the field waits for the person.
  case held
  /// W: the first writer shows, and a person confirms.
  case once
  /// W of dates where the earliest is the true one.
  case earliest
  /// R of moments where the latest is the true one.
  case greatest
  /// M: the status machine's precedence shows, and a person confirms.
  case ranked
  /// R! with M's precedence.
  case rankedHeld
  /// S: an element is in if anybody who had not seen its removal added it.
  case elements
  /// S-: an element is out if anybody who had not seen its addition removed it.
  case revocableElements
  /// C: increments add up.
  case counted

  /// What the store makes of it.
  var merge: FieldMerge {
    switch self {
    case .latest: .register(.lastWriter, .review)
    case .held: .register(.lastWriter, .hold)
    case .once: .register(.first, .review)
    case .earliest: .register(.min, .automatic)
    case .greatest: .register(.max, .automatic)
    case .ranked: .register(.precedence, .review)
    case .rankedHeld: .register(.precedence, .hold)
    case .elements: .set(.addWins)
    case .revocableElements: .set(.removeWins)
    case .counted: .counter
    }
  }
}
