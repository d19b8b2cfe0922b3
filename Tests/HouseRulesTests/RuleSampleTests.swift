import Testing

/// Each rule, on a sample that keeps it and on samples that break it: a rule that cannot fail is none.
@Suite("House rules on samples")
struct RuleSampleTests {
  @Test("comments and texts are no code, interpolations are")
  func swiftCode() {
    let code = SwiftCode(
      ##"""
      let a = "print(1)" // print(2)
      /* print(3) /* print(4) */ print(5) */ let b = 1
      let c = "x\(call("y", 2))z\""  + #"a"b\(no)"# + "tail"
      let d = """
        print(6) "quoted" \(seven(8))
        """
      end()
      """##)
    #expect(!code.text.contains("print"))
    #expect(!code.text.contains("tail"))
    #expect(!code.text.contains("no"))
    #expect(code.text.contains("call("))
    #expect(code.text.contains("seven(8)"))
    #expect(code.lines.count == 7)
    #expect(code.lines[1].hasSuffix("let b = 1"))
    #expect(code.lines[6] == "end()")
  }

  @Test(
    "an import is found whatever stands before and behind it",
    arguments: [
      ("import GRDB", "GRDB"), ("package import GRDB", "GRDB"),
      ("@preconcurrency public import NIOCore", "NIOCore"),
      ("import struct Foundation.Date", "Foundation"),
      ("let text = import", nil), ("// no import here", nil),
    ] as [(String, String?)])
  func importedModules(line: String, module: String?) {
    #expect(ImportRule.importedModule(in: line[...]) == module)
  }

  @Test("an import upwards or sideways is a violation, and names its line")
  func imports() {
    #expect(lines(ImportRule.violations(in: source("import CRDTCore\nimport NIOCore"))) == [2])
    #expect(lines(ImportRule.violations(in: source("import CRDTCore\nimport Crypto\n"))) == [])
    #expect(
      lines(ImportRule.violations(in: source("import CRDTCore", target: "Unheard"))) == [1])
  }

  @Test(
    "hidden inputs are found",
    arguments: [
      "let now = Date()", "let now = Date.now", "clock_gettime(CLOCK_REALTIME, &time)",
      "let id = UUID().uuidString", "DispatchTime.now() + 1", "ContinuousClock().now",
      "NIODeadline.now()", "var random = SystemRandomNumberGenerator()", "list.randomElement()",
      "list.shuffled()", "Int.random(in: 0...3)", "Int.random(\n  in: list.indices\n)",
      "Bool.random()",
      "getenv(\"HOME\")", "ProcessInfo.processInfo.environment", "print(\"here\")",
      "  print(here)", "\"\\(Date())\"", "Calendar.current", "TimeZone.autoupdatingCurrent",
    ])
  func hiddenInputs(code: String) {
    #expect(HiddenInputRule.violations(in: source(code)).count == 1)
    #expect(HiddenInputRule.violations(in: source(code, target: "NodeRuntime")).isEmpty)
  }

  @Test(
    "what comes in as an argument is not hidden",
    arguments: [
      "Date(timeIntervalSince1970: 0)", "UUID(uuidString: text)",
      "Int.random(in: 0...3, using: &random)",
      "Int.random(\n  in: f(0),\n  using: &random)", "list.shuffled(using: &random)",
      "// Date() and print(1)", "\"print(1)\"", "sprint(1)", "shell.print(1)",
      "func print(_ n: Int) {}\nprint(1)", "environment.now()",
      "time: .random(using: &random)",
    ])
  func openInputs(code: String) { #expect(HiddenInputRule.violations(in: source(code)).isEmpty) }

  @Test("long files and long functions are found")
  func sizes() {
    #expect(SizeRule.violations(in: source(String(repeating: "\n", count: 500))).isEmpty)
    #expect(SizeRule.violations(in: source(String(repeating: "\n", count: 501))).count == 1)
    func function(_ lineCount: Int) -> String {
      "struct S {\n  func f(\n    a: () -> [Int] = { [1] }\n  ) -> Int {\n"
        + String(repeating: "    call { \"}\" }\n", count: lineCount - 4) + "  }\n}\n"
    }
    #expect(SizeRule.violations(in: source(function(60))).isEmpty)
    #expect(lines(SizeRule.violations(in: source(function(61)))) == [2])
  }

  @Test("functions are found with their bodies, and declarations without one are left out")
  func functions() {
    let code = SwiftCode(
      """
      protocol P {
        func f() throws
        var v: Int { get }
        init(a: Int)
      }
      struct S: P {
        let stored = [1]
        var list: [Int] = []
        init(a: Int) {
          self.init()
        }
        func g<T>(_ t: T) -> Int
        where T: Hashable {
          1
        }
        deinit {}
      }
      """)
    #expect(
      SizeRule.functions(in: code) == [
        SizeRule.Function(line: 3, lineCount: 1), SizeRule.Function(line: 9, lineCount: 3),
        SizeRule.Function(line: 12, lineCount: 4), SizeRule.Function(line: 16, lineCount: 1),
      ])
  }

  @Test(
    "types named after modules, or after nothing, are found",
    arguments: [
      "public struct CRDTCore {}", "enum ReplicaStore: Int {", "package final class SyncManager {",
      "struct DateUtils {", "typealias CRMDomain = Int", "class BaseView {",
    ])
  func names(code: String) { #expect(NamingRule.violations(in: source(code)).count == 1) }

  @Test(
    "ordinary names pass",
    arguments: [
      "struct Replica {", "let manager = 1", "static func Helper() {", "class func make() {}",
      "public enum Base32 {", "struct Baseline {", "case struct_", "// struct CRDTCore",
    ])
  func ordinaryNames(code: String) { #expect(NamingRule.violations(in: source(code)).isEmpty) }

  @Test(
    "notes for later and machine paths are found",
    arguments: [
      "// TODO: this", "FIXME", "see /home/ada/kith", "\"/Users/ada/x\"",
    ])
  func texts(text: String) {
    #expect(WordingRule.violations(inText: source(text)).count == 1)
    #expect(WordingRule.violations(inText: source("a todo list, /usr/bin, docs/home/x")).isEmpty)
  }

  @Test(
    "hidden failures and unproved promises are found",
    arguments: [
      "fatalError(\"no\")", "let x = try! f()", "let x = y as! Int", "@testable import CRDTCore",
      "do { try f() } catch {}", "do {\n} catch {\n\n}",
      "final class C: @unchecked Sendable {}", "nonisolated(unsafe) var x = 1",
    ])
  func code(code: String) { #expect(WordingRule.violations(inCode: source(code)).count == 1) }

  @Test(
    "failures that are heard of and promises with a proof pass",
    arguments: [
      "do {\n} catch {\n  log(error)\n}", "do { } catch { log(error) }",
      "do {\n} catch {\n  // Gone.\n}", "// fatalError(1)",
      "/// Proof.\nfinal class C: @unchecked Sendable {}", "let x = try? f()", "x as? Int",
    ])
  func honestCode(code: String) { #expect(WordingRule.violations(inCode: source(code)).isEmpty) }

  @Test("a decision record without a section, or without its number, is found")
  func decisions() {
    let sections = DocumentRule.decisionHeadings.map { "## \($0)\n\nText.\n" }
    func record(_ title: String, _ sections: [String]) -> RepositoryFile {
      RepositoryFile(path: "docs/decisions/0001-x.md", text: title + sections.joined())
    }
    #expect(DocumentRule.violations(inDecision: record("# 0001 X\n", sections)).isEmpty)
    #expect(
      DocumentRule.violations(inDecision: record("# 0001 X\n", sections.dropLast())).count == 1)
    #expect(
      DocumentRule.violations(inDecision: record("# 0001 X\n", sections.reversed())).count == 1)
    #expect(DocumentRule.violations(inDecision: record("# X\n", sections)).count == 1)
    let long = sections + [String(repeating: "Text.\n", count: 80)]
    #expect(DocumentRule.violations(inDecision: record("# 0001 X\n", long)).count == 1)
  }

  @Test("links that lead nowhere are found")
  func links() {
    func violations(_ text: String) -> [Violation] {
      let file = RepositoryFile(path: "docs/a/b.md", text: text)
      return DocumentRule.violations(inLinksOf: file) {
        ["docs/c.md": "# One: two\n", "docs/a": ""][$0]
      }
    }
    #expect(violations("[x](../c.md) [y](../c.md#one-two) [z](https://example.com/q)").isEmpty)
    #expect(violations("# Here\n[x](#here) [y](./) `a[0](b)`\n```\n[x](gone.md)\n```\n").count == 1)
    #expect(lines(violations("\n[x](gone.md)")) == [2])
    #expect(lines(violations("[x](../c.md#three)")) == [1])
    #expect(lines(violations("[x](#there)")) == [1])
  }

  @Test("a dependency that may move is found")
  func manifest() {
    func violations(_ requirement: String) -> [Violation] {
      ManifestRule.violations(
        in: RepositoryFile(
          path: "Package.swift", text: "\n.package(\n  url: \"https://x\", \(requirement))"))
    }
    #expect(violations("exact: \"1.2.3\"").isEmpty)
    for requirement in ["from: \"1.2.3\"", "branch: \"main\"", "revision: \"exact:\""] {
      #expect(lines(violations(requirement)) == [2])
    }
  }

  private func source(_ text: String, target: String = "ReplicaStore") -> RepositoryFile {
    RepositoryFile(path: "Sources/\(target)/Sample.swift", text: text)
  }

  private func lines(_ violations: [Violation]) -> [Int] { violations.map(\.line) }
}
