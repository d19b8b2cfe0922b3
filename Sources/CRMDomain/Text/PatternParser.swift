/// Reads a regular expression, and turns it into the steps of a machine.
struct PatternParser {
  private typealias Step = TextPattern.Step
  private typealias Test = TextPattern.CharacterTest

  private indirect enum Node {
    case character(Test)
    case start, end
    case sequence([Node])
    case choice([Node])
    case repeated(Node, least: Int, most: Int?)
  }

  /// How deeply groups nest; deeper ones could exhaust the stack.
  private static let depthMax = 32

  private let text: String
  private let characters: [Character]
  private var position = 0
  private var depth = 0
  private var program: [Step] = []

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  /// The steps of the whole pattern.
  mutating func steps() throws(QueryError) -> [TextPattern.Step] {
    let node = try choice()
    guard position == characters.count else { throw error("a “)” closes nothing") }
    try emit(node)
    try append(.found)
    return program
  }

  private func error(_ reason: String) -> QueryError { .badPattern(text: text, reason: reason) }

  // MARK: - Reading

  private var next: Character? { position < characters.count ? characters[position] : nil }

  private mutating func take(_ character: Character) -> Bool {
    guard next == character else { return false }
    position += 1
    return true
  }

  private mutating func choice() throws(QueryError) -> Node {
    guard depth < Self.depthMax else { throw error("its groups nest too deeply") }
    depth += 1
    defer { depth -= 1 }
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(QueryError) -> Node {
    var parts: [Node] = []
    while let character = next, character != "|", character != ")" {
      parts.append(try repeated(try piece()))
    }
    return .sequence(parts)
  }

  private mutating func repeated(_ piece: Node) throws(QueryError) -> Node {
    var node = piece
    while let sign = next {
      switch sign {
      case "*": node = .repeated(node, least: 0, most: nil)
      case "+": node = .repeated(node, least: 1, most: nil)
      case "?": node = .repeated(node, least: 0, most: 1)
      case "{":
        position += 1
        let (least, most) = try bounds()
        node = .repeated(node, least: least, most: most)
        continue
      default: return node
      }
      position += 1
    }
    return node
  }

  /// What stands behind `{`: `2}`, `2,}` or `2,4}`.
  private mutating func bounds() throws(QueryError) -> (Int, Int?) {
    let least = number()
    let most = take(",") ? number() : least
    let isOpen = position > 0 && characters[position - 1] == ","
    guard let least, take("}"), isOpen || most.map({ least <= $0 }) == true else {
      throw error("“{” wants a number, as in {2} or {2,4}")
    }
    return (least, isOpen ? nil : most)
  }

  private mutating func number() -> Int? {
    let digits = characters[position...].prefix { $0.isASCII && $0.isNumber }
    position += digits.count
    return Int(String(digits))
  }

  private mutating func piece() throws(QueryError) -> Node {
    guard let character = next else { throw error("it ends too early") }
    position += 1
    switch character {
    case "(":
      let group = try choice()
      guard take(")") else { throw error("a “(” is not closed") }
      return group
    case "[": return .character(try set())
    case ".": return .character(.any)
    case "^": return .start
    case "$": return .end
    case "*", "+", "?", "{": throw error("“\(character)” repeats nothing")
    case "\\": return try escaped()
    default: return literal(character)
    }
  }

  /// A character as folded texts have it, which may be several: ß is ss.
  private func literal(_ character: Character) -> Node {
    .sequence(NameFolding.folded(String(character)).map { .character(.one($0)) })
  }

  private mutating func escaped() throws(QueryError) -> Node {
    guard let character = next else { throw error("it ends with a “\\”") }
    position += 1
    if let test = Self.testClass(character) { return .character(test) }
    guard !character.isLetter, !character.isNumber else {
      throw error("“\\\(character)” means nothing here")
    }
    return literal(character)
  }

  private static func testClass(_ character: Character) -> Test? {
    switch character {
    case "d": .digit
    case "D": .not(.digit)
    case "w": .word
    case "W": .not(.word)
    case "s": .space
    case "S": .not(.space)
    default: nil
    }
  }

  /// What stands behind `[`.
  private mutating func set() throws(QueryError) -> Test {
    let isNegated = take("^")
    var tests: [Test] = []
    var isFirst = true
    while let character = next, isFirst || character != "]" {
      isFirst = false
      position += 1
      var low = character
      if character == "\\" {
        guard let escaped = next else { break }
        position += 1
        if let test = Self.testClass(escaped) {
          tests.append(test)
          continue
        }
        low = escaped
      }
      tests.append(try range(from: low))
    }
    guard take("]") else { throw error("a “[” is not closed") }
    return isNegated ? .not(.either(tests)) : .either(tests)
  }

  private mutating func range(from low: Character) throws(QueryError) -> Test {
    let isRange = next == "-" && position + 1 < characters.count && characters[position + 1] != "]"
    guard isRange else {
      let folded = NameFolding.folded(String(low))
      return .either(folded.map(Test.one))
    }
    let high = characters[position + 1]
    position += 2
    guard let low = NameFolding.folded(String(low)).first,
      let high = NameFolding.folded(String(high)).first, low <= high
    else { throw error("in “\(low)-\(high)” the first comes after the last") }
    return .range(low...high)
  }

  // MARK: - Steps

  private mutating func append(_ step: Step) throws(QueryError) {
    guard program.count < TextPattern.stepsMax else { throw error("it comes to too much") }
    program.append(step)
  }

  private mutating func emit(_ node: Node) throws(QueryError) {
    switch node {
    case .character(let test): try append(.character(test))
    case .start: try append(.start)
    case .end: try append(.end)
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .choice(let nodes): try emit(choice: nodes[...])
    case .repeated(let node, let least, let most):
      guard least <= TextPattern.stepsMax, most ?? 0 <= TextPattern.stepsMax else {
        throw error("it comes to too much")
      }
      for _ in 0..<least { try emit(node) }
      guard let most else { return try emit(anyNumberOf: node) }
      var forks: [Int] = []
      for _ in least..<most {
        forks.append(program.count)
        try append(.jump(0))
        try emit(node)
      }
      for fork in forks { program[fork] = .fork(fork + 1, program.count) }
    }
  }

  private mutating func emit(anyNumberOf node: Node) throws(QueryError) {
    let fork = program.count
    try append(.jump(0))
    try emit(node)
    try append(.jump(fork))
    program[fork] = .fork(fork + 1, program.count)
  }

  private mutating func emit(choice nodes: ArraySlice<Node>) throws(QueryError) {
    guard let first = nodes.first else { return }
    guard nodes.count > 1 else { return try emit(first) }
    let fork = program.count
    try append(.jump(0))
    try emit(first)
    let exit = program.count
    try append(.jump(0))
    program[fork] = .fork(fork + 1, program.count)
    try emit(choice: nodes.dropFirst())
    program[exit] = .jump(program.count)
  }
}
