import TestSupport
import Testing

/// Text that would move the cursor, rename the window or turn the direction of writing.
@Suite("Control characters in what somebody wrote")
struct ControlCharacterTests {
  private static let name = "Evil\u{1B}]0;owned\u{7}\u{9B}2J\u{202E}Ltd"

  @Test("reach no table, card, line, message or question of a person's")
  func people() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    try nodes.kith("office", "new", "account", "name=\(Self.name)", "notes=\(Self.name)")
    let id = try nodes.kith("office", "list", "accounts", "--format", "ids").output
      .filter { !$0.isNewline }
    let commands = [
      ["list", "accounts", "--format", "table"], ["show", id], ["history", id],
      ["board", "accounts"],
      ["find", "Evil"], ["count", "accounts", "by", "name", "--format", "table"],
      ["new", "account", "name=\(Self.name)", "--dry-run"],
      ["new", "account", "name=\(Self.name)"],
      ["edit", "(accounts where name ~ Evil)", "notes+=\(Self.name)", "--dry-run"],
      ["edit", id, "notes+=\(Self.name)"], ["explain", "\(id).notes"], ["delete", id, "--yes"],
      ["restore", id],
    ]
    for words in commands {
      let result = try KithProcess.run(["--store", nodes.store("office")] + words)
      let said = result.output + result.errors
      #expect(said.contains("Evil"), "\(words): \(said)")
      let harmful = said.unicodeScalars.filter {
        "\u{1B}\u{7}\u{9B}\u{202E}".unicodeScalars.contains($0)
      }
      #expect(harmful.isEmpty, "\(words): \(said.debugDescription)")
    }
  }
}
