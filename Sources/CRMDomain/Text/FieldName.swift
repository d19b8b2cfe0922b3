/// How the words that people type for kinds, fields and states are compared.
package enum FieldName {
  /// The word as names are stored: lower case, with underscores for spaces and hyphens.
  package static func normalized(_ word: some StringProtocol) -> String {
    var name = ""
    var isPending = false
    for character in word.lowercased() {
      switch character {
      case " ", "-", "_", "\t": isPending = !name.isEmpty
      default:
        if isPending { name.append("_") }
        isPending = false
        name.append(character)
      }
    }
    return name
  }

  /// A name as people read it: `target close`.
  package static func words(of name: String) -> String {
    String(name.map { $0 == "_" ? " " : $0 })
  }
}
