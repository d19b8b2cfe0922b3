/// The manual page, written out from the registry in the macros of `man`.
enum ManualPage {
  /// The page, line by line.
  static func lines(of registry: CommandRegistry) -> [String] {
    [
      ".TH KITH 1", ".SH NAME", "kith \\- a customer database that needs no network",
      ".SH SYNOPSIS", ".nf", "kith", "kith COMMAND ...", "kith \\-c 'COMMAND; COMMAND'",
      "kith \\-f FILE", ".fi", ".SH DESCRIPTION",
      "Alone, kith opens its prompt. Every command of the prompt can be given by itself, too.",
      ".SH COMMANDS",
    ] + registry.commands.flatMap(section)
      + [
        ".SH FILES", ".TP", ".I $XDG_DATA_HOME/kith/replica.sqlite",
        "The store, unless KITH_STORE or \\-\\-store names another.", ".TP",
        ".I $XDG_STATE_HOME/kith/history", "What was typed at the prompt.",
        ".SH ENVIRONMENT",
        "KITH_STORE, KITH_PAGER, PAGER, NO_COLOR, CLICOLOR_FORCE, TERM, and the XDG folders.",
      ]
  }

  private static func section(_ command: any ShellCommand) -> [String] {
    [".SS " + text(command.name), text(command.summary), ".nf"] + command.syntax.map(text)
      + [".fi", ".PP"] + command.use.facts.flatMap { [text($0), ".br"] }
      + [".PP", "Examples:", ".nf"] + command.examples.map { "    " + text($0) } + [".fi"]
  }

  /// A line that man takes for text, whatever it begins with.
  private static func text(_ line: String) -> String {
    let escaped = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
