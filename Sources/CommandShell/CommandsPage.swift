/// The part of `docs/commands.md` that is written out from the registry.
package enum CommandsPage {
  /// A section for each command, in the order in which help lists them, in Markdown.
  package static func markdown(of registry: CommandRegistry) -> String {
    registry.commands.map(section).joined(separator: "\n")
  }

  private static func section(_ command: any ShellCommand) -> String {
    """
    ### \(command.name)

    \(command.summary)

    ```text
    \(command.syntax.joined(separator: "\n"))
    ```

    \(facts(of: command.use).map { "- \($0)\n" }.joined())
    ```sh
    \(command.examples.map { "kith " + shell($0) }.joined(separator: "\n"))
    ```

    """
  }

  private static func facts(of use: CommandUse) -> [String] {
    var facts: [String] = []
    if !use.clauses.isEmpty {
      facts.append("Clauses: " + use.clauses.map { "`\($0.rawValue)`" }.joined(separator: ", "))
    }
    if !use.options.isEmpty {
      facts.append("Options: " + use.options.map { "`--\($0)`" }.joined(separator: ", "))
    }
    facts.append(
      use.formats.isEmpty
        ? "Writes text only"
        : "Formats: " + use.formats.map { "`\($0)`" }.joined(separator: ", "))
    return facts
  }

  /// An example as a shell takes it: what a shell would read otherwise stands in quotes.
  private static func shell(_ example: String) -> String {
    let signs = "()<>*;&|#"
    guard example.contains(where: { signs.contains($0) }) else { return example }
    return "-c '\(example)'"
  }
}
