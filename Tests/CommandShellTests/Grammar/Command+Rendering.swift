import CommandShell

extension Vocabulary {
  /// A small vocabulary with one of everything.
  static let sample = Vocabulary(
    verbs: [
      Verb("list", kindUse: .required, takesPlural: true),
      Verb("count", kindUse: .required, takesPlural: true),
      Verb("new", aliases: ["add"], kindUse: .required),
      Verb("show"), Verb("edit"), Verb("delete"), Verb("explain"), Verb("find"), Verb("recount"),
      Verb("undo", kindUse: .none), Verb("quit", kindUse: .none),
      Verb("watch", kindUse: .command),
      Verb("import", kindUse: .required, takesPlural: true),
    ],
    nouns: [
      Noun("conflict", verbs: ["list", "show", "take", "edit", "resolve", "log", "defer"]),
      Noun("view", verbs: ["save", "list"], definingVerb: "save"),
      Noun("alias", verbs: ["list"], isVerbOptional: true, definingVerb: ""),
      Noun("peer", verbs: ["invite", "add", "list"]),
      Noun("sync", verbs: ["run", "log"], isVerbOptional: true),
      Noun("help", verbs: [], isVerbOptional: true),
    ],
    kinds: [
      Kind("account", aliases: ["company", "client", "customer"], letter: "a"),
      Kind("contact", letter: "c"),
      Kind("deal", aliases: ["entry"], letter: "d"),
      Kind("engagement", aliases: ["activity"], letter: "e"),
      Kind("visit"),
      Kind("invoice", letter: "i"),
      Kind("order", letter: "o"),
      Kind("product", letter: "p"),
    ],
    options: [
      Option("format", takesValue: true), Option("output", short: "o", takesValue: true),
      Option("yes"), Option("map", takesValue: true), Option("auto"),
    ])
}

extension Command {
  /// The command's parts in one line, each labelled, so that a table can show what was read.
  var rendered: String {
    var parts: [String] = []
    switch action {
    case .record(let verb): parts.append(verb)
    case .subsystem(let noun, let verb): parts.append("\(noun).\(verb ?? "-")")
    }
    if let kind { parts.append("kind:\(kind.name)") }
    parts += targets.map(\.rendered) + assignments.map(\.rendered) + clauses.rendered
    parts += options.map { "--\($0.name)" + ($0.value.map { "=[\($0.text)]" } ?? "") }
    parts += inner.map { "{\($0.rendered)}" }
    return parts.joined(separator: " ")
  }
}

extension Target {
  fileprivate var rendered: String {
    switch self {
    case .word(let word): "<\(word)>"
    case .filter(let kind, let filter, _):
      "(\(kind?.name ?? "-") where \(filter?.description ?? "-"))"
    }
  }
}

extension Assignment {
  fileprivate var rendered: String {
    switch value {
    case .empty: "{\(field)\(operation.rawValue)}"
    case .one(let value): "{\(field)\(operation.rawValue)\(value)}"
    case .list(let values):
      "{\(field)\(operation.rawValue)(\(values.map(\.description).joined(separator: "|")))}"
    }
  }
}

extension Clauses {
  fileprivate var rendered: [String] {
    var parts: [String] = []
    if let filter { parts.append("where[\(filter)]") }
    if !sort.isEmpty {
      parts.append("sort\(sort.map { ($0.isDescending ? "-" : "") + "\($0.path)" })")
    }
    if let limit { parts.append("limit[\(limit)]") }
    if !columns.isEmpty {
      parts.append("cols\(columns.map { "\($0.change.sign)\($0.path)" })")
    }
    if !groups.isEmpty {
      parts.append("by\(groups.map { "\($0.path)" + ($0.period.map { ":\($0)" } ?? "") })")
    }
    if !sums.isEmpty { parts.append("sum\(sums.map(\.description))") }
    if let at { parts.append("at[\(at)]") }
    if let since { parts.append("since[\(since)]") }
    if let until { parts.append("until[\(until)]") }
    if let precondition { parts.append("if[\(precondition)]") }
    if let reason { parts.append("because[\(reason.text)]") }
    if let rule { parts.append("using[\(rule)]") }
    return parts
  }
}

extension ColumnChoice.Change {
  fileprivate var sign: String {
    switch self {
    case .exactly: ""
    case .adding: "+"
    case .removing: "-"
    }
  }
}
