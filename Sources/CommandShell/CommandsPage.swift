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

    \(command.use.facts.joined(separator: "\n"))
    ```

    ```text
    \(command.examples.joined(separator: "\n"))
    ```

    """
  }
}
