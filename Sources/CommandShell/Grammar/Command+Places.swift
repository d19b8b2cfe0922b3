import CRMDomain

extension Command {
  /// The error with its place in the line, where it is about a field that the line names.
  func placed(_ error: any Error, in catalog: EntityCatalog) -> any Error {
    guard
      case FieldPathError.unknownField(let name, let entity, let closest)? = error
        as? FieldPathError,
      let range = range(ofField: name)
    else { return error }
    return ParseError(
      .rejected(
        summary: "unknown field \"\(name)\" for \(catalog[entity]?.plural ?? entity)",
        hint: closest.map { ParseError.didYouMean([$0]) } ?? "see help fields \(entity)"),
      in: source, at: range)
  }

  private func range(ofField name: String) -> SourceRange? {
    for path in fieldPaths {
      guard let index = path.names.firstIndex(of: name) else { continue }
      let start = path.range.lowerBound + path.names[..<index].reduce(0) { $0 + $1.count + 1 }
      let range = start..<start + name.count
      // A path that was made up by the parser stands nowhere.
      guard source.characters(in: range) == name else { continue }
      return range
    }
    return nil
  }

  /// Every field that the command names.
  private var fieldPaths: [FieldPath] {
    var paths = assignments.map(\.field) + (clauses.filter?.fieldPaths ?? [])
    paths += clauses.precondition?.fieldPaths ?? []
    for case .filter(_, let filter?, _) in targets { paths += filter.fieldPaths }
    return paths + clauses.sort.map(\.path) + clauses.columns.map(\.path)
      + clauses.groups.map(\.path) + clauses.sums
  }
}

extension Expression {
  /// Every field that the filter names.
  fileprivate var fieldPaths: [FieldPath] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.fieldPaths)
    case .not(let part): part.fieldPaths
    case .comparison(let path, _, _), .membership(let path, _, isNegated: _), .has(let path, _, _),
      .isSet(let path, isNegated: _):
      [path]
    case .flag(let flag): [flag.name]
    }
  }
}
