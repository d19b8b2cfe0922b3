import Foundation
import TestSupport
import Testing

/// The configuration file: read by every run, changed by `config`.
@Suite("Configuration")
struct ConfigTests {
  private let nodes: TestNodes
  private let file: String

  init() throws {
    nodes = try TestNodes()
    file = nodes.folder.path("settings/config")
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Tom")
  }

  @discardableResult
  private func kith(
    _ words: String..., code: Int32 = 0, environment: [String: String] = [:]
  ) throws -> KithProcess.Result {
    try kith(words, code: code, environment: environment)
  }

  private func kith(
    _ words: [String], code: Int32 = 0, environment: [String: String] = [:]
  ) throws -> KithProcess.Result {
    try nodes.kith(
      "office", words, code: code,
      environment: ["KITH_CONFIG": file, "NO_COLOR": "", "CLICOLOR_FORCE": ""]
        .merging(environment) { $1 })
  }

  private func write(_ text: String) throws {
    let folder = nodes.folder.path("settings")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: file, atomically: true, encoding: .utf8)
  }

  private func text() throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

  @Test("a key is set, changed and taken out; comments and other lines stay as they are")
  func writing() throws {
    #expect(try kith("config", "set", "color", "never").output == "color = never\n")
    #expect(try text() == "color = never\n")
    try write("# mine\n\n  color=auto\nnew.key = 1\n# the end")
    try kith("config", "set", "color", "always")
    #expect(try text() == "# mine\n\ncolor = always\nnew.key = 1\n# the end\n")
    try kith("config", "set", "pager", "less -S # raw")
    #expect(try kith("config", "get", "pager").output == "less -S # raw\n")
    try kith("config", "unset", "color")
    #expect(try text() == "# mine\n\nnew.key = 1\n# the end\npager = less -S # raw\n")
    #expect(try kith("config", "get", "color").output == "auto\n")
  }

  @Test("a file that is a link stays one, and none is left half written")
  func links() throws {
    let target = try nodes.folder.write("# shared\n", to: "dotfiles")
    try write("")
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: target)
    try kith("config", "set", "ascii", "yes")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == target)
    #expect(try String(contentsOfFile: target, encoding: .utf8) == "# shared\nascii = yes\n")
    let names = try FileManager.default.contentsOfDirectory(atPath: nodes.folder.path("settings"))
    #expect(names == ["config"])
  }

  @Test("config list says of each key what holds and who says so")
  func sources() throws {
    try write("color = never\nconflict.reason = required\n")
    let list = try kith("config", "list", environment: ["KITH_PAGER": "more", "NO_COLOR": ""])
      .output.split(separator: "\n")
    func line(_ key: String) -> Substring? { list.first { $0.hasPrefix(key + "\t") } }
    #expect(line("color")?.hasPrefix("color\tnever\tfile, line 1\t") == true)
    #expect(line("pager")?.hasPrefix("pager\tmore\tKITH_PAGER\t") == true)
    #expect(line("ascii")?.hasPrefix("ascii\tno\tdefault\tone of yes, no\t") == true)
    let json = try kith("config", "list", "--format", "json").output
    #expect(json.contains("\"schema\":\"kith.config/1\"") && json.contains(file))
    let noColor = try kith("config", "set", "color", "always", environment: ["NO_COLOR": "1"])
    #expect(noColor.errors.contains("NO_COLOR goes before it here: never"))
  }

  @Test("options go before variables, and those before the file")
  func precedence() throws {
    try write("color = always\nascii = yes\n")
    func isColored(_ words: String..., environment: [String: String] = [:]) throws -> Bool {
      try kith(["show", "Pump"] + words, environment: environment).output.contains("\u{1B}[")
    }
    try nodes.kith("office", "new", "deal", "Pump")
    #expect(try isColored())
    #expect(!(try isColored(environment: ["NO_COLOR": "1"])))
    #expect(!(try isColored("--color", "never")))
    #expect(try isColored("--color", "always", environment: ["NO_COLOR": "1"]))
    #expect(!(try isColored("--color", "auto")))
    try write("color = never\n")
    #expect(try isColored(environment: ["CLICOLOR_FORCE": "1"]))
    #expect(!(try isColored()))
  }

  @Test("what is wrong is told with file, line and what to write; an unknown key stops nothing")
  func mistakes() throws {
    try write("# ok\ncolr = never\n")
    let passed = try kith("count", "deals")
    #expect(passed.output == "0\n")
    let note = "note: \(file), line 2: there is no key “colr”; write color.\n"
    #expect(passed.errors == note)
    for (line, problem, instead) in [
      ("color = blue", "“blue” is no value of color", "color = one of auto, always, never"),
      ("color never", "“color never” sets nothing", "KEY = VALUE"),
    ] {
      try write("\n\(line)\n")
      let errors = try kith("count", "deals", code: 2).errors
      #expect(errors.contains("\(file), line 2: \(problem).") && errors.contains(instead))
      // What mends the file works.
      try kith("config", "list")
      try kith("--color", "never", "--timing", "config", "list")
      let json = try kith("count", "deals", "--format", "json", code: 2).errors
      #expect(json.contains("\"schema\":\"kith.error/1\"") && json.contains("line 2: \(problem)"))
    }
    try kith("config", "set", "color", "blue", code: 2)
    #expect(try kith("config", "get", "colour", code: 3).errors.contains("“color”"))
    let folder = nodes.folder.path("settings")
    let unreadable = try nodes.kith(
      "office", ["count", "deals"], code: 1, environment: ["KITH_CONFIG": folder])
    #expect(unreadable.errors.contains("\(folder) can't be read"))
  }

  @Test("a reason is asked of whoever settles a conflict, in words that can be typed")
  func reasons() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let id = try deal.id("rep", "field = amount")
    try write("conflict.reason = required\n")
    func settle(_ words: String..., code: Int32) throws -> String {
      try deal.nodes.kith("rep", words, code: code, environment: ["KITH_CONFIG": file]).errors
    }
    let refused = try settle("conflict", "take", id, "A", code: 10)
    #expect(refused.contains("conflict take \(id) A because \"WHY\""))
    #expect(try deal.ids("rep", "field = amount") == [id])
    _ = try settle("conflict", "note", id, "look", code: 0)
    _ = try settle("conflict", "take", id, "A", "because", "agreed", code: 0)
    #expect(try deal.ids("rep", "field = amount").isEmpty)
    try deal.nodes.stop(deal.server)
  }

  @Test("a terminal has the format of the file, and a new workspace its names")
  func terminal() throws {
    try write("format = json\nuser = Lena Vogt\nnode = lena-x1\n")
    let environment = [
      "KITH_CONFIG": file, "HOME": nodes.folder.path("home"),
      "XDG_DATA_HOME": "", "KITH_STORE": "",
    ]
    let terminal = try KithTerminal([], environment: environment)
    try terminal.wait(for: "you are Lena Vogt")
    try terminal.wait(for: "lena-x1> ")
    try terminal.type("count deals\r")
    try terminal.wait(for: "\"schema\":\"kith.count/1\"")
    try terminal.type("config unset format\r")
    try terminal.wait(for: "format is now as usual")
    try terminal.type("count deals\r")
    try terminal.wait(for: "0 deals")
    try terminal.type("config set as\tye\t\r")
    try terminal.wait(for: "ascii = yes")
    try terminal.wait(for: "lena-x1> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    // A pipe is for programs, which ask for a format themselves.
    try write("format = json\n")
    #expect(try kith("count", "deals").output == "0\n")
  }
}
