import CRMDomain

/// `completion`: what teaches a shell to complete kith's commands, and what that asks each time.
struct CompletionCommand: ShellCommand {
  let name = "completion"
  let summary = "Prints what makes bash, zsh or fish complete kith's commands with Tab."
  let syntax = ["completion bash|zsh|fish", "completion offers LINE"]
  let examples = [
    "completion bash", "completion zsh -o _kith", "completion fish -o kith.fish",
    "completion offers \"list dea\"",
  ]
  let use = CommandUse(words: 2, isTimeless: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    if words.first == "offers" {
      for offer in offers(for: words.dropFirst().first ?? "", context) {
        context.output.data(offer)
      }
      return .done
    }
    guard words.count == 1, let script = Self.scripts[words[0]] else {
      throw command.rejection(
        "a shell is missing", hint: "one of \(Self.scripts.keys.sorted().joined(separator: ", "))",
        at: command.targets.last?.range ?? command.range)
    }
    context.output.data(script)
    return .done
  }

  /// The words that may stand in place of the last one, each with what it is behind a tab.
  private func offers(for line: String, _ context: CommandContext) -> [String] {
    let completion = LineCompletion(
      registry: context.registry, catalogs: context.catalogs, node: context.node,
      state: context.state, settings: context.settings)
    let word = line.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
    return completion.offers(for: line, cursor: line.count).map { offer in
      // Shells replace the whole word; of `stage=W` the prompt replaces the value alone.
      let kept = word.dropLast(min(word.count, offer.replacedCount))
      return PlainText.oneLine("\(kept)\(offer.text)") + "\t" + PlainText.oneLine(offer.description)
    }
  }

  private static let scripts = [
    "bash": """
    # kith's completions for bash: source it, or put it into bash-completion's folder as "kith".
    _kith() {
      local line=${COMP_LINE:0:COMP_POINT} word prefix offer
      line=${line#"${COMP_WORDS[0]}"}
      line=${line# }
      word=${line##* }
      # bash breaks words at = and :, and replaces what is behind them alone.
      prefix=${word%"${COMP_WORDS[COMP_CWORD]#=}"}
      COMPREPLY=()
      while IFS=$'\\t' read -r offer _; do
        offer=${offer#"$prefix"}
        # A name in quotes, where none were typed, goes in with its spaces escaped.
        if [[ $offer == \\"*\\" ]]; then offer=${offer//\\"/} offer=${offer// /\\\\ }; fi
        COMPREPLY+=("$offer")
      done < <("${COMP_WORDS[0]}" completion offers "$line" 2>/dev/null)
      if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
    }
    complete -F _kith kith
    """,
    "fish": """
    # kith's completions for fish: put it into fish's folder "completions" as "kith.fish".
    function __kith_offers
      set -l line (commandline --cut-at-cursor)
      kith completion offers (string replace --regex '^\\s*\\S+\\s' '' -- "$line") 2>/dev/null
    end
    complete --command kith --no-files --arguments '(__kith_offers)'
    """,
    "zsh": """
    #compdef kith
    # kith's completions for zsh: put it into a folder of $fpath as "_kith".
    _kith() {
      local line=${LBUFFER#* } offer
      local -a words described
      while IFS=$'\\t' read -r offer description; do
        words+=("$offer")
        described+=("$offer  $description")
      done < <(kith completion offers "$line" 2>/dev/null)
      compadd -U -Q -S '' -d described -a words
    }
    compdef _kith kith
    """,
  ]
}
