/// The words a parser knows: verbs, subsystems, kinds and options, told to it by the registry.
///
/// The grammar itself names no entity and no command, so that adding one never touches it.
package struct Vocabulary: Sendable {
  /// A verb that acts on records, or a single word such as `status`.
  package struct Verb: Hashable, Sendable {
    package enum KindUse: Hashable, Sendable {
      /// The words after it are never kinds: `init`, `status`.
      case none
      /// A kind may follow: `show deal müller`.
      case optional
      /// A kind, a filter or a saved view has to follow: `list`, `new`.
      case required
      /// Another command follows, after a number perhaps: `watch 5 list deals`.
      case command
    }

    package let name: String
    package let aliases: [String]
    package let kindUse: KindUse
    /// Whether it reads better with a plural: `list deals`, but `new deal`.
    package let takesPlural: Bool

    package init(
      _ name: String, aliases: [String] = [], kindUse: KindUse = .optional,
      takesPlural: Bool = false
    ) {
      self.name = name
      self.aliases = aliases
      self.kindUse = kindUse
      self.takesPlural = takesPlural
    }
  }

  /// A subsystem and its verbs.
  package struct Noun: Hashable, Sendable {
    package let name: String
    package let aliases: [String]
    package let verbs: [String]
    /// Whether the noun alone, or followed by other words, means something: `sync hamburg`.
    package let isVerbOptional: Bool
    /// Which verb takes `NAME = COMMAND`, kept as typed: `save` of `view save`; empty for the noun alone.
    package let definingVerb: String?

    package init(
      _ name: String, aliases: [String] = [], verbs: [String], isVerbOptional: Bool = false,
      definingVerb: String? = nil
    ) {
      self.name = name
      self.aliases = aliases
      self.verbs = verbs
      self.isVerbOptional = isVerbOptional
      self.definingVerb = definingVerb
    }
  }

  /// A kind of record and the words for it; plurals of aliases are formed by rule.
  package struct Kind: Hashable, Sendable {
    package let name: String
    package let plural: String
    package let aliases: [String]
    /// The first character of its records' short ids.
    package let letter: Character?

    package init(
      _ name: String, plural: String? = nil, aliases: [String] = [], letter: Character? = nil
    ) {
      self.name = name
      self.plural = plural ?? Vocabulary.plural(of: name)
      self.aliases = aliases
      self.letter = letter
    }
  }

  /// An option of any command.
  package struct Option: Hashable, Sendable {
    /// Without dashes: `format`.
    package let name: String
    /// As typed: `--format`, `-o`.
    package let spellings: [String]
    package let takesValue: Bool

    package init(_ name: String, short: Character? = nil, takesValue: Bool = false) {
      self.name = name
      spellings = ["--" + name] + (short.map { ["-\($0)"] } ?? [])
      self.takesValue = takesValue
    }
  }

  /// Words that end a bare value; one that is meant as a value stands in quotes.
  package static let reservedWords: Set<String> =
    Set(ClauseWord.allCases.map(\.rawValue)).union(["and", "or", "not", "in", "has", "is"])

  package let verbs: [Verb]
  package let nouns: [Noun]
  package let kinds: [Kind]
  package let options: [Option]

  private let verbsByWord: [String: Verb]
  private let nounsByWord: [String: Noun]
  private let kindsByWord: [String: Kind]
  private let optionsBySpelling: [String: Option]

  /// Where two entries claim one word, the earlier entry has it, and a name goes before an alias.
  package init(verbs: [Verb], nouns: [Noun], kinds: [Kind], options: [Option]) {
    self.verbs = verbs
    self.nouns = nouns
    self.kinds = kinds
    self.options = options
    verbsByWord = Self.index(verbs, by: [{ [$0.name] }, \.aliases])
    nounsByWord = Self.index(nouns, by: [{ [$0.name] }, \.aliases])
    kindsByWord = Self.index(
      kinds,
      by: [{ [$0.name] }, { [$0.plural] }, \.aliases, { $0.aliases.map(Self.plural(of:)) }])
    optionsBySpelling = Self.index(options, by: [\.spellings])
  }

  package func verb(_ word: String) -> Verb? { verbsByWord[word.lowercased()] }
  package func noun(_ word: String) -> Noun? { nounsByWord[word.lowercased()] }
  package func kind(_ word: String) -> Kind? { kindsByWord[word.lowercased()] }
  package func option(_ spelling: String) -> Option? { optionsBySpelling[spelling] }

  /// The kind whose short ids begin with this letter.
  package func kind(letter: Character) -> Kind? { kinds.first { $0.letter == letter } }

  func unknownOption(
    _ spelling: String, in source: String, at range: SourceRange
  ) -> ParseError {
    let nearest = Nearest.words(to: spelling, in: options.flatMap(\.spellings))
    return ParseError(.unknownOption(spelling, nearest: nearest), in: source, at: range)
  }

  private static func index<Entry>(
    _ entries: [Entry], by words: [(Entry) -> [String]]
  ) -> [String: Entry] {
    var result: [String: Entry] = [:]
    for words in words {
      for entry in entries {
        for word in words(entry) where result[word] == nil { result[word] = entry }
      }
    }
    return result
  }

  /// The regular English plural.
  private static func plural(of word: String) -> String {
    if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) {
      return word.dropLast() + "ies"
    }
    let isHissing = ["s", "x", "z", "ch", "sh"].contains { word.hasSuffix($0) }
    return word + (isHissing ? "es" : "s")
  }
}
