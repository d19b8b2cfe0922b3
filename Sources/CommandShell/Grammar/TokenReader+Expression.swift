import CRMDomain

/// How deeply an expression may be nested; more is never meant and could exhaust the stack.
private let depthMax = 64

extension TokenReader {
  /// Reads what follows `where` or `if`.
  mutating func expression() throws(ParseError) -> Expression {
    var parts = [try conjunction()]
    while take(word: "or") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(ParseError) -> Expression {
    var parts = [try negation()]
    while take(word: "and") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(ParseError) -> Expression {
    guard depth < depthMax else { throw error(.tooDeep, at: peek?.range) }
    depth += 1
    defer { depth -= 1 }
    if take(word: "not") { return .not(try negation()) }
    guard take(.open) else { return try condition() }
    let inner = try expression()
    guard take(.close) else { throw unexpected(expected: "\")\"") }
    return inner
  }

  private mutating func condition() throws(ParseError) -> Expression {
    let path = try path()
    if let comparison = takeComparison() { return .comparison(path, comparison, try value()) }
    if take(word: "in") { return .membership(path, try list(), isNegated: false) }
    if isNext("not"), isNext("in", ahead: 1) {
      skip()
      skip()
      return .membership(path, try list(), isNegated: true)
    }
    if take(word: "has") { return try elements(of: path) }
    if take(word: "is") { return try presence(of: path) }
    return .flag(try flag(path))
  }

  private mutating func takeComparison() -> Comparison? {
    guard let token = peek else { return nil }
    let comparison: Comparison? =
      switch token.kind {
      case .comparison(let comparison): comparison
      case .word: Comparison(word: token.text)
      case .quoted, .pattern, .open, .close, .comma, .assignment, .option, .separator: nil
      }
    if comparison != nil { skip() }
    return comparison
  }

  private mutating func elements(of path: FieldPath) throws(ParseError) -> Expression {
    var quantifier = Expression.Quantifier.any
    if let typed = peek.flatMap({ Expression.Quantifier(rawValue: $0.text) }),
      peek(ahead: 1)?.kind == .open
    {
      quantifier = typed
      skip()
    }
    let values = peek?.kind == .open ? try list() : [try value()]
    return .has(path, quantifier, values)
  }

  private mutating func presence(of path: FieldPath) throws(ParseError) -> Expression {
    let isNegated = take(word: "not")
    if take(word: "set") { return .isSet(path, isNegated: isNegated) }
    if take(word: "empty") { return .isSet(path, isNegated: !isNegated) }
    throw unexpected(expected: "\"set\" or \"empty\"")
  }

  /// `changed by tom since monday`; after other flags `by` and `since` are clauses.
  private mutating func flag(_ name: FieldPath) throws(ParseError) -> Flag {
    let takesActor = Flag.withActor.contains(name.description)
    let actor = takesActor && take(word: "by") ? try value() : nil
    let since = takesActor && take(word: "since") ? try value() : nil
    return Flag(name: name, actor: actor, since: since)
  }
}
