import CRMDomain

/// Turns the clauses of a command into a query of the domain.
struct QueryWords {
  private let view: RecordView
  private let entity: Entity

  init(_ view: RecordView, _ entity: Entity) {
    self.view = view
    self.entity = entity
  }

  func query(of command: Command) throws -> RecordQuery {
    var query = RecordQuery(
      entity, filter: try FilterReader(view: view, entity: entity).filter(of: command))
    query.sort = command.clauses.sort.map {
      RecordQuery.SortKey($0.path.names, isDescending: $0.isDescending)
    }
    query.limit = command.clauses.limit
    query.columns = try columns(command.clauses.columns, default: query.columns)
    // What is wrong with a column is said before anything is read.
    _ = try query.paths(in: view.catalog)
    return query
  }

  private func columns(
    _ choices: [ColumnChoice], default usual: [[String]]
  ) throws -> [[String]] {
    let named = choices.filter { $0.change == .exactly }.map(\.path.names)
    var columns = named.isEmpty ? usual : named
    for choice in choices {
      switch choice.change {
      case .exactly: continue
      case .adding: columns.append(choice.path.names)
      case .removing:
        let path = try CRMDomain.FieldPath(choice.path.names, from: entity, in: view.catalog)
        columns.removeAll {
          (try? CRMDomain.FieldPath($0, from: entity, in: view.catalog)) == path
        }
      }
    }
    return columns
  }
}
