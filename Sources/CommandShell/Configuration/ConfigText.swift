/// The text of a configuration file: lines `key = value`, comments that begin with `#`, blank lines.
struct ConfigText {
  /// One setting, and the line it stands on, counted from 1.
  struct Setting: Hashable {
    let value: String
    let line: Int
  }

  /// A line that is no setting, or whose value is none.
  struct Fault: Hashable {
    let line: Int
    let problem: String
    /// What to write instead.
    let instead: String
  }

  /// What is said of each key; of several lines about one the last counts.
  private(set) var settings: [ConfigKey: Setting] = [:]
  /// Keys that this program does not know, such as a later one's, with their lines.
  private(set) var unknown: [(key: String, line: Int)] = []
  private(set) var faults: [Fault] = []
  private let lines: [String]

  init(_ text: String) {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map(String.init)
    if lines.last == "" { lines.removeLast() }
    self.lines = lines
    for (index, line) in lines.enumerated() { read(line.trimmed, number: index + 1) }
  }

  private mutating func read(_ line: String, number: Int) {
    guard !line.isEmpty, line.first != "#" else { return }
    guard let (name, value) = Self.parts(of: line) else {
      return faults.append(
        Fault(line: number, problem: "“\(line)” sets nothing", instead: "KEY = VALUE"))
    }
    guard let key = ConfigKey(rawValue: name) else { return unknown.append((name, number)) }
    guard key.accepts(value) else {
      return faults.append(
        Fault(
          line: number, problem: "“\(value)” is no value of \(name)",
          instead: "\(name) = \(key.expected)"))
    }
    settings[key] = Setting(value: value, line: number)
  }

  /// Key and value of a line; the value goes to the line's end, signs of comments included.
  private static func parts(of line: String) -> (name: String, value: String)? {
    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let name = String(parts[0]).trimmed
    guard !name.isEmpty, !name.contains(where: \.isWhitespace) else { return nil }
    return (name, String(parts[1]).trimmed)
  }

  /// The text with a key set to a value, or to nothing; every other line stays as it is.
  func text(setting key: ConfigKey, to value: String?) -> String {
    var new = value.map { "\(key.rawValue) = \($0)" }
    var kept: [String] = []
    // From the end, for there the line stands that counts.
    for line in lines.reversed() {
      guard Self.parts(of: line.trimmed)?.name == key.rawValue else {
        kept.append(line)
        continue
      }
      if let line = new { kept.append(line) }
      new = nil
    }
    let all = kept.reversed() + [new].compactMap(\.self)
    return all.map { $0 + "\n" }.joined()
  }
}
