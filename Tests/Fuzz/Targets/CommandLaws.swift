import CRMDomain
import CommandShell

/// Anything typed is a command or an error with its place in the line, and a filter that was read is
/// read again from its printed form.
///
/// The input serves as a line and, split at its line feeds, as a shell's arguments.
enum CommandLaws {
  private static let parser = CommandParser(
    vocabulary: CommandRegistry(
      records: RecordCommands.all, verbs: RecordCommands.verbs, nouns: RecordCommands.nouns,
      options: RecordCommands.options, kinds: CatalogVocabulary.kinds(of: .standard)
    ).vocabulary)

  static func violation(of bytes: [UInt8]) -> String? {
    let line = String(decoding: bytes, as: UTF8.self)
    _ = parser.needsMore(line)
    do {
      for command in try parser.parse(line) {
        if let violation = violation(of: command) { return violation }
      }
    } catch {
      if let violation = violation(of: error) { return violation }
    }
    let arguments = line.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let command = try? parser.parse(arguments: arguments) else { return nil }
    return violation(of: command)
  }

  private static func violation(of error: ParseError) -> String? {
    guard error.range.lowerBound >= 0, error.range.upperBound <= error.source.count else {
      return "An error's place is outside its line."
    }
    return ErrorView.lines(for: error, style: .plain).isEmpty ? "An error says nothing." : nil
  }

  private static func violation(of command: Command) -> String? {
    guard let filter = command.clauses.filter else { return nil }
    let again = try? parser.parse("list deals where \(filter)").first?.clauses.filter
    return again?.description == filter.description
      ? nil : "The filter “\(filter)” is read otherwise when repeated."
  }
}
