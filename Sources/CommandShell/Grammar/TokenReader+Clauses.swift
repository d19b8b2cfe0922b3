extension TokenReader {
  /// Reads the clauses up to the end of the command.
  mutating func clauses() throws(ParseError) -> Clauses {
    var result = Clauses()
    while let token = peek {
      guard let word = token.clause else {
        throw unexpected(expected: "a clause such as \"where\", or nothing")
      }
      guard !result.words.contains(word) else {
        throw error(.repeatedClause(token.text), at: token.range)
      }
      skip()
      result.words.append(word)
      try read(word, into: &result)
    }
    return result
  }

  private mutating func read(
    _ word: ClauseWord, into clauses: inout Clauses
  ) throws(ParseError) {
    switch word {
    case .where: clauses.filter = try expression()
    case .if: clauses.precondition = try expression()
    case .sort: repeat { clauses.sort.append(try sortKey()) } while take(.comma)
    case .limit: clauses.limit = try count()
    case .cols: clauses.columns = try columns()
    case .by: repeat { clauses.groups.append(try group()) } while take(.comma)
    case .sum: repeat { clauses.sums.append(try path()) } while take(.comma)
    case .at: clauses.at = try value()
    case .since: clauses.since = try value()
    case .until: clauses.until = try value()
    case .because: clauses.reason = try reason()
    case .using: clauses.rule = try value()
    }
  }

  private mutating func sortKey() throws(ParseError) -> SortKey {
    let (sign, path) = try signedPath()
    return SortKey(path: path, isDescending: sign == "-")
  }

  private mutating func columns() throws(ParseError) -> [ColumnChoice] {
    var result: [ColumnChoice] = []
    repeat {
      let (sign, path) = try signedPath()
      let change: ColumnChoice.Change =
        sign == "+" ? .adding : sign == "-" ? .removing : .exactly
      result.append(ColumnChoice(path: path, change: change))
    } while take(.comma) || (peek?.kind == .word && peek?.isReservedWord == false)
    return result
  }

  private mutating func signedPath() throws(ParseError) -> (sign: Character?, path: FieldPath) {
    guard let token = peek, token.kind == .word, let sign = token.text.first, "+-".contains(sign)
    else { return (nil, try path()) }
    let name = token.text.dropFirst()
    guard FieldPath.isName(name) else { throw unexpected(expected: "a field") }
    skip()
    let range = token.range.lowerBound + 1..<token.range.upperBound
    return (sign, FieldPath(String(name), range: range))
  }

  private mutating func group() throws(ParseError) -> Group {
    guard let token = peek, token.kind == .quoted || (token.kind == .word && !token.isReservedWord)
    else { throw unexpected(expected: "what to group by") }
    skip()
    if token.kind == .word, let colon = token.text.lastIndex(of: ":") {
      let name = token.text[..<colon]
      guard let period = Group.Period(rawValue: String(token.text[colon...].dropFirst())) else {
        let periods = Group.Period.allCases.map(\.rawValue).joined(separator: ", ")
        throw error(
          .unexpected(found: token.text, expected: "a field with one of \(periods)"),
          at: token.range)
      }
      let range = token.range.lowerBound..<token.range.lowerBound + name.count
      return Group(path: FieldPath(String(name), range: range), period: period)
    }
    return Group(path: FieldPath(token.text, range: token.range), period: nil)
  }

  private mutating func count() throws(ParseError) -> Int {
    guard let token = peek, token.kind == .word else {
      throw unexpected(expected: "a number of rows")
    }
    guard let count = Int(token.text), count >= 0 else {
      throw error(.notACount(token.text), at: token.range)
    }
    skip()
    return count
  }

  /// The reason is one text: a person who forgets the quotes is told so at the second word.
  private mutating func reason() throws(ParseError) -> ValueText {
    guard let token = peek, token.kind == .quoted || token.kind == .word else {
      throw unexpected(expected: "a reason in quotes")
    }
    if let second = peek(ahead: 1), second.kind == .word, second.clause == nil {
      throw unexpected(expected: "a reason in quotes")
    }
    skip()
    return token.value
  }
}
