import CRMDomain
import ReplicaStore

/// Puts the commands that aliases stand for in their places.
///
/// An alias is only looked for where a line's word means nothing else, so it never hides a command.
struct AliasExpansion {
  /// How many aliases a line may hold, those within aliases too; one that names itself ends there.
  private static let countMax = 16

  private let node: any NodeControl

  init(_ node: any NodeControl) { self.node = node }

  /// The commands of a line.
  func commands(of line: String, _ parser: CommandParser) throws(ParseError) -> [Command] {
    var line = line
    for _ in 0..<Self.countMax {
      do throws(ParseError) {
        return try parser.parse(line)
      } catch {
        guard let expanded = expanded(error) else { throw error }
        line = expanded
      }
    }
    return try parser.parse(line)
  }

  /// The line of an error with the alias that it is about replaced; `nil` if it is about none.
  func expanded(_ error: ParseError) -> String? {
    guard case .unknownCommand(let word, _) = error.problem,
      let alias = try? node.replica().read({
        try SavedCommand.named(word, .alias, in: $0.database)
      })
    else { return nil }
    return error.source.prefix(error.range.lowerBound) + alias.command
      + error.source.dropFirst(error.range.upperBound)
  }
}
