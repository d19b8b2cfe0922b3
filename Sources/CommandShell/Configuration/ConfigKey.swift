/// What a person can settle in the configuration file.
///
/// The table of everything the file may say; nothing in it is ever a secret.
package enum ConfigKey: String, CaseIterable, Sendable {
  case color
  case pager
  case format
  case ascii
  case user
  case node
  case conflictReason = "conflict.reason"
  case syncBackground = "sync.background"

  /// What its value may be.
  enum Kind: Hashable {
    case choice([String])
    /// Any text of one line.
    case text
  }

  var kind: Kind {
    switch self {
    case .color: .choice(ColorChoice.allCases.map(\.rawValue))
    case .format: .choice(["table", "card", "json", "ndjson", "csv", "tsv", "md", "ids"])
    case .ascii: .choice(["yes", "no"])
    case .conflictReason: .choice(["optional", "required"])
    case .syncBackground: .choice(["on", "off"])
    case .pager, .user, .node: .text
    }
  }

  /// What holds where nothing is said; `nil` where that differs from case to case.
  var usual: String? {
    switch self {
    case .color: "auto"
    case .pager: "less"
    case .ascii: "no"
    case .conflictReason: "optional"
    case .syncBackground: "off"
    case .format, .user, .node: nil
    }
  }

  /// One sentence for `config list`.
  var meaning: String {
    switch self {
    case .color: "When to colour."
    case .pager: "The command that shows what is taller than the screen; cat for none."
    case .format: "How commands that have this format write on a terminal."
    case .ascii: "Whether to draw in ASCII alone."
    case .user: "Your name in a personal workspace, in place of the login name."
    case .node: "This node's name in a personal workspace, in place of the host's."
    case .conflictReason: "Whether settling a conflict takes a reason after because."
    case .syncBackground: "Whether the prompt exchanges with every peer by itself."
    }
  }

  /// What its value may be, in words.
  var expected: String {
    switch kind {
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .text: "a text"
    }
  }

  /// The key of a name.
  ///
  /// - Throws: ``ConfigError/unknownKey(_:nearest:)``.
  init(named name: String) throws(ConfigError) {
    guard let key = ConfigKey(rawValue: name) else {
      throw .unknownKey(name, nearest: Nearest.word(to: name, in: Self.allCases.map(\.rawValue)))
    }
    self = key
  }

  func accepts(_ value: String) -> Bool {
    switch kind {
    case .choice(let words): words.contains(value)
    case .text: !value.isEmpty && !value.contains(where: \.isNewline)
    }
  }
}
