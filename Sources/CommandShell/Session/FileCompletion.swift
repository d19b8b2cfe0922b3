import Foundation

/// What the Tab key offers where a file is named.
enum FileCompletion {
  /// How many files are offered of one folder.
  private static let filesMax = 200

  /// The files and folders that begin as typed; hidden ones only if the dot is typed.
  ///
  /// `settings` know where a tilde leads.
  static func offers(for current: String, _ settings: Settings) -> [Completion] {
    let isQuoted = current.first == "\""
    let typed = isQuoted ? current.dropFirst() : current[...]
    let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
    let beginning = String(typed.dropFirst(folder.count))
    let files = FileManager.default
    // A folder that cannot be read offers nothing.
    let names =
      (try? files.contentsOfDirectory(
        atPath: folder.isEmpty ? "." : settings.path(folder))) ?? []
    let found = names.filter {
      $0.hasPrefix(beginning) && ($0.first != "." || beginning.first == ".")
    }.sorted().prefix(filesMax)
    return found.map { name in
      let path = folder + name
      var isFolder: ObjCBool = false
      let isThere = files.fileExists(atPath: settings.path(path), isDirectory: &isFolder)
      let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "._-/~".contains($0) }
      let quote = isQuoted || !isPlain ? "\"" : ""
      let goesOn = isThere && isFolder.boolValue
      return Completion(
        quote + path + (goesOn ? "/" : quote), description: goesOn ? "folder" : "",
        replacing: current.count, endsWord: !goesOn)
    }
  }
}
