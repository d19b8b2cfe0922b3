import CRMDomain
import CommandShell
import Foundation
import Testing

@Suite("CommandsPage")
struct CommandsPageTests {
  private let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../docs/commands.md").standardized
  private let registry = CommandRegistry(
    records: RecordCommands.all, verbs: RecordCommands.verbs, nouns: RecordCommands.nouns,
    options: RecordCommands.options, kinds: CatalogVocabulary.kinds(of: .standard))

  @Test("the page in docs says what the registry says; RECORD=1 writes it anew")
  func upToDate() throws {
    let page = try String(contentsOf: path, encoding: .utf8)
    let begin = try #require(page.range(of: "<!-- commands -->\n"))
    let end = try #require(page.range(of: "<!-- end of commands -->"))
    let sections = "\n\(CommandsPage.markdown(of: registry))\n"
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try page.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: sections)
        .write(to: path, atomically: true, encoding: .utf8)
    } else {
      #expect(
        page[begin.upperBound..<end.lowerBound] == sections,
        "Run RECORD=1 swift test --filter CommandsPage.")
    }
  }

  @Test("every option that a command takes is one that the parser knows")
  func knownOptions() {
    let known = Set(registry.vocabulary.options.map(\.name))
    for command in registry.commands {
      #expect(known.isSuperset(of: command.use.options), "\(command.name)")
      #expect(Set(GlobalOptions.formats).isSuperset(of: command.use.formats), "\(command.name)")
    }
    let used = Set(registry.commands.flatMap(\.use.allOptions))
    #expect(known.subtracting(used) == [], "no command takes these")
  }

  @Test("every command that takes words, clauses or options has four examples")
  func exampleCounts() {
    for command in registry.commands {
      let use = command.use
      let takesNothing = use.words == 0 && use.clauses.isEmpty && use.options.isEmpty
      #expect(takesNothing || Set(command.examples).count >= 4, "\(command.name)")
    }
  }

  @Test("every example of help can be parsed, and its command takes what it gives")
  func examples() throws {
    let parser = CommandParser(vocabulary: registry.vocabulary)
    for command in registry.commands {
      for example in command.examples {
        let parsed = try #require(try parser.parse(example).first, "\(example)")
        try command.use.check(
          parsed, named: command.name, under: try GlobalOptions().overlaid(with: parsed))
      }
    }
  }
}
