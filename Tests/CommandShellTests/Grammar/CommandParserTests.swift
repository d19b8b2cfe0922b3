import CRMDomain
import CommandShell
import Testing

@Suite("CommandParser")
struct CommandParserTests {
  private let parser = CommandParser(vocabulary: .sample)

  @Test(
    "a typed line is one command value",
    arguments: [
      ("list deals", "list kind:deal"),
      ("list Deals", "list kind:deal"),
      ("list companies", "list kind:account"),
      ("list activities", "list kind:engagement"),
      ("show müller", "show <müller>"),
      ("show deal müller", "show kind:deal <müller>"),
      ("show \"Müller GmbH\"", "show <\"Müller GmbH\">"),
      ("show account:\"Müller GmbH\"", "show <account:\"Müller GmbH\">"),
      ("explain d7h2k.value", "explain <d7h2k.value>"),
      ("list %stale where owner = @me", "list <%stale> where[owner = @me]"),
      ("sync", "sync.-"),
      ("sync hamburg", "sync.- <hamburg>"),
      ("sync log since today", "sync.log since[today]"),
      ("peer add munich 10.0.0.5:7000", "peer.add <munich> <10.0.0.5:7000>"),
      ("help edit", "help.- <edit>"),
      ("conflict take x7m2 A because \"agreed\"", "conflict.take <x7m2> <A> because[agreed]"),
      ("undo zhk2", "undo <zhk2>"),
      ("view save old = list deals where stale", "view.save <old> <\"list deals where stale\">"),
      ("view save old=list deals  sort -value", "view.save <old> <\"list deals  sort -value\">"),
      ("alias all = list deals --yes", "alias.- <all> <\"list deals --yes\">"),
      ("alias list", "alias.list"),
      ("watch list deals where mine", "watch {list kind:deal where[mine]}"),
      ("watch 5 show müller --format json", "watch <5> {show <müller> --format=[json]}"),
      ("watch", "watch"),
    ])
  func shapes(line: String, rendered: String) throws {
    #expect(try parser.parse(line).map(\.rendered) == [rendered])
  }

  @Test(
    "assignments take quotes, lists, several words, nothing, and references",
    arguments: [
      ("edit d7h2k value=17900 stage=won", "edit <d7h2k> {value=17900} {stage=won}"),
      ("edit @1 labels+=easter stock-=2", "edit <@1> {labels+=easter} {stock-=2}"),
      ("edit @1 labels+=(a, \"b c\")", "edit <@1> {labels+=(a|\"b c\")}"),
      ("edit @1 phone= value=3", "edit <@1> {phone=} {value=3}"),
      ("new deal name=Pump retrofit value=10k", "new kind:deal {name=Pump retrofit} {value=10k}"),
      ("add deal name=\"a \\\"b\\\" \\\\\"", "new kind:deal {name=\"a \\\"b\\\" \\\\\"}"),
      ("edit @1 due=in 3 days", "edit <@1> {due=in 3 days}"),
      ("edit @1 site=https://x.de/?a=b#c", "edit <@1> {site=https://x.de/?a=b#c}"),
      ("edit @1 account=account:\"A B\"", "edit <@1> {account=account:\"A B\"}"),
      (
        "edit @1 stage=won if stage = negotiation",
        "edit <@1> {stage=won} if[stage = negotiation]"
      ),
      (
        "edit (contacts where account = müller and labels has newsletter) labels+=fair",
        "edit (contact where account = müller and labels has newsletter) {labels+=fair}"
      ),
    ])
  func assignments(line: String, rendered: String) throws {
    #expect(try parser.parse(line).map(\.rendered) == [rendered])
  }

  @Test(
    "clauses and options are read wherever they stand",
    arguments: [
      (
        "list deals where value >= €6,250 sort -value, close limit 20 cols name, account.city",
        "list kind:deal where[value >= €6,250] sort[\"-value\", \"close\"] limit[20]"
          + " cols[\"name\", \"account.city\"]"
      ),
      (
        "list deals cols +account.city -owner",
        "list kind:deal cols[\"+account.city\", \"-owner\"]"
      ),
      (
        "count deals by stage, close:month sum value, margin",
        "count kind:deal by[\"stage\", \"close:month\"] sum[\"value\", \"margin\"]"
      ),
      ("list deals at \"last friday 17:00\"", "list kind:deal at[\"last friday 17:00\"]"),
      ("list deals at last friday 17:00", "list kind:deal at[last friday 17:00]"),
      (
        "conflict resolve (where field = value) using prefer hamburg",
        "conflict.resolve (- where field = value) using[prefer hamburg]"
      ),
      ("conflict defer x7m2 until next friday", "conflict.defer <x7m2> until[next friday]"),
      ("list deals --format json", "list kind:deal --format=[json]"),
      ("--format=json list deals", "list kind:deal --format=[json]"),
      ("list deals where a = 1 -o out.csv", "list kind:deal where[a = 1] --output=[out.csv]"),
      (
        "import deals f.csv --map name=a,b --yes",
        "import kind:deal <f.csv> --map=[name=a,b] --yes"
      ),
      ("conflict list by kind --auto", "conflict.list by[\"kind\"] --auto"),
    ])
  func clauses(line: String, rendered: String) throws {
    #expect(try parser.parse(line).map(\.rendered) == [rendered])
  }

  @Test("a line holds several commands, comments, continuations and long texts")
  func sequences() throws {
    #expect(
      try parser.parse("show @1; edit @1 a=b ;# done").map(\.rendered)
        == ["show <@1>", "edit <@1> {a=b}"])
    #expect(try parser.parse("  # only a comment; list deals").isEmpty)
    #expect(try parser.parse("").isEmpty)
    #expect(
      try parser.parse("list deals \\\n where a = 1").map(\.rendered)
        == ["list kind:deal where[a = 1]"])
    #expect(
      try parser.parse("list deals where (a = 1\nor b = 2)").map(\.rendered)
        == ["list kind:deal where[a = 1 or b = 2]"])
    let text = "edit @1 note=<<END because \"call\"\nTwo lines,\n\"as said\".\nEND\nshow @1"
    let commands = try parser.parse(text)
    #expect(
      commands.map(\.rendered)
        == ["edit <@1> {note=\"Two lines,\n\\\"as said\\\".\"} because[call]", "show <@1>"])
  }

  @Test(
    "an unfinished line asks for more",
    arguments: [
      ("list deals \\", true), ("edit @1 note=\"a", true), ("list deals where (a = 1", true),
      ("edit @1 labels+=(a,", true), ("edit @1 note=<<END", true),
      ("edit @1 note=<<END\ntext", true), ("edit @1 note=<<END\ntext\nEND", false),
      ("list deals", false), ("list deals where a ~ /x", false), ("# (", false),
      ("list --nope \"", false),
    ])
  func continuation(text: String, needsMore: Bool) {
    #expect(parser.needsMore(text) == needsMore)
  }

  @Test("a command knows its own text and its place in the line")
  func ranges() throws {
    let commands = try parser.parse("show müller;  edit d7h2k value=17900 if stage = won")
    #expect(commands.map(\.text) == ["show müller", "edit d7h2k value=17900 if stage = won"])
    let edit = try #require(commands.last)
    #expect(edit.source.slice(edit.assignments[0].range) == "value=17900")
    #expect(edit.source.slice(edit.assignments[0].field.range) == "value")
    guard case .comparison(let path, _, let value) = edit.clauses.precondition else {
      Issue.record("not a comparison")
      return
    }
    #expect(edit.source.slice(path.range) == "stage")
    #expect(edit.source.slice(value.range) == "won")
  }
}

@Suite("CommandParser from a shell")
struct ArgumentParsingTests {
  private let parser = CommandParser(vocabulary: .sample)

  @Test(
    "arguments mean the same as the typed line, without quoting twice",
    arguments: [
      (
        ["edit", "d7h2k", "value=17900", "note=Wants delivery before Easter"],
        "edit <d7h2k> {value=17900} {note=Wants delivery before Easter}"
      ),
      (
        ["list", "deals", "where", "value >= 10k and close < next friday", "--format", "json"],
        "list kind:deal where[value >= 10k and close < next friday] --format=[json]"
      ),
      (["list", "deals", "where", "stage=won"], "list kind:deal where[stage = won]"),
      (["list", "deals", "where", "value", "ge", "10k"], "list kind:deal where[value >= 10k]"),
      (["show", "Müller GmbH"], "show <Müller GmbH>"),
      (["show", "\"Müller GmbH\""], "show <\"Müller GmbH\">"),
      (
        ["edit", "(contacts where city = Kiel)", "labels+=(a,b)"],
        "edit (contact where city = Kiel) {labels+=(a,b)}"
      ),
      (
        ["delete", "Jonas Weber", "because", "left; where to?"],
        "delete <Jonas Weber> because[left; where to?]"
      ),
      (
        ["edit", "d7h2k", "note=x # y; z --yes", "phone="],
        "edit <d7h2k> {note=x # y; z --yes} {phone=}"
      ),
      (["--yes", "edit", "value=3", "d7h2k"], "edit <d7h2k> {value=3} --yes"),
      (
        ["import", "deals", "f.csv", "--map", "name=Opportunity, stage=Stage"],
        "import kind:deal <f.csv> --map=[name=Opportunity, stage=Stage]"
      ),
      (
        ["list", "deals", "where", "a", "=", "1", "--yes", "sort", "-a"],
        "list kind:deal where[a = 1] sort[\"-a\"] --yes"
      ),
    ])
  func arguments(arguments: [String], rendered: String) throws {
    #expect(try parser.parse(arguments: arguments).rendered == rendered)
  }

  @Test("a set's elements are the same from the prompt and from a shell")
  func elements() throws {
    let typed = try #require(try parser.parse("edit @1 labels+=(a, b)").first)
    let given = try parser.parse(arguments: ["edit", "@1", "labels+=(a, b)"])
    #expect(typed.assignments[0].elements.map(\.text) == ["a", "b"])
    #expect(given.assignments[0].elements.map(\.text) == ["a", "b"])
  }

  @Test("an argument that begins with a combining character keeps every place in bounds")
  func combiningCharacters() throws {
    let command = try parser.parse(arguments: ["list", "deals", "where", "name", "=", "\u{301}x"])
    #expect(command.kind?.name == "deal")
  }

  @Test("nothing, or two commands, is not a command")
  func counts() {
    #expect(throws: ParseError.self) { try parser.parse(arguments: []) }
    #expect(throws: ParseError.self) {
      try parser.parse(arguments: ["list", "deals", "where", "a = 1; quit"])
    }
  }
}

extension String {
  fileprivate func slice(_ range: SourceRange) -> String {
    String(dropFirst(range.lowerBound).prefix(range.count))
  }
}
