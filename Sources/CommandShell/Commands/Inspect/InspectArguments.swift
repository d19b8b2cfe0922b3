/// What the words after `kith-inspect` ask for: files, and a command for the shell.
package struct InspectArguments: Hashable, Sendable {
  /// The file that is looked into.
  package let path: String
  /// The file it is compared with, of `diff`.
  package let otherPath: String?
  /// Whether the file itself is opened, to be changed.
  package let isWriting: Bool
  /// The command, `check` if none is given, with its options.
  package let command: [String]

  /// Reads the words.
  ///
  /// - Throws: ``InspectionError/missingFile``.
  package init(_ arguments: [String]) throws(InspectionError) {
    isWriting = arguments.contains("--write")
    var rest = arguments.filter { $0 != "--write" }
    let isComparison = rest.first == "diff"
    if isComparison { rest.removeFirst() }
    let count = isComparison ? 2 : 1
    guard rest.count >= count, rest.prefix(count).allSatisfy({ !$0.hasPrefix("-") }) else {
      throw .missingFile
    }
    path = rest[0]
    otherPath = isComparison ? rest[1] : nil
    let words = Array(rest.dropFirst(count))
    if isComparison {
      command = ["diff"] + words
    } else {
      command = words.contains { !$0.hasPrefix("-") } ? words : ["check"] + words
    }
  }
}
