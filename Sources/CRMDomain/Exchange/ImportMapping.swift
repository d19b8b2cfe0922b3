import CRDTCore

/// Which cell of a row says what of a record.
struct ImportMapping {
  /// A column that fills a field.
  struct Column {
    let name: String
    let index: Int
    let path: FieldPath
    /// What its values mean, where not themselves.
    let values: [String: String]
  }

  /// A column that says when a deal came into a stage.
  struct Visit {
    let stage: String
    let name: String
    let index: Int
  }

  /// The columns that fill fields, in the file's order.
  let columns: [Column]
  /// The columns that date visits of stages.
  let visits: [Visit]
  /// The columns that fill none.
  let ignored: [String]
  /// What every record is given besides.
  let constants: [Assignment]
  /// The column by whose value records are told apart.
  let key: Column?

  /// Matches a file's columns with a kind's fields.
  ///
  /// - Throws: ``ImportError`` or ``FieldPathError``.
  init(
    header: [String], entity: Entity, options: ImportOptions, catalog: EntityCatalog
  ) throws {
    var paths: [Int: FieldPath] = [:]
    var spokenOf: Set<String> = []
    for mapping in options.columns {
      let path = try Self.path(mapping.field, entity, catalog)
      spokenOf.insert(path.text)
      if mapping.column.isEmpty { continue }
      guard let index = header.firstIndex(of: mapping.column) else {
        throw ImportError.noSuchColumn(mapping.column, columns: header)
      }
      paths[index] = path
    }
    // A column that is called like the field itself comes before one that bears an alias.
    let unmapped = header.indices.filter { paths[$0] == nil }
    for isExact in [true, false] {
      for index in unmapped where paths[index] == nil {
        guard let path = Self.path(of: header[index], entity, catalog),
          (path.text == FieldName.normalized(header[index])) == isExact,
          spokenOf.insert(path.text).inserted
        else { continue }
        paths[index] = path
      }
    }
    guard !paths.isEmpty else {
      throw ImportError.nothingMapped(columns: header, entity: entity.name)
    }
    let values = try Self.values(options, entity, catalog)
    columns = paths.sorted { $0.key < $1.key }.map { index, path in
      Column(name: header[index], index: index, path: path, values: values[path.text] ?? [:])
    }
    let visits = try options.visits.map { stage, column in
      guard let index = header.firstIndex(of: column) else {
        throw ImportError.noSuchColumn(column, columns: header)
      }
      return Visit(stage: stage, name: column, index: index)
    }
    guard visits.isEmpty || entity.name == "deal" else {
      throw ImportError.noVisits(entity: entity.name)
    }
    self.visits = visits
    ignored = header.indices.filter { index in
      paths[index] == nil && !visits.contains { $0.index == index }
    }.map { header[$0] }
    constants = try options.constants.map {
      Assignment(try Self.path($0.field, entity, catalog), .set, [.text($0.text)])
    }
    if let key = options.key {
      let path = try Self.path(key, entity, catalog)
      guard let column = columns.first(where: { $0.path == path }) else {
        throw ImportError.unmappedKey(field: path.text)
      }
      self.key = column
    } else {
      key = nil
    }
    try check(valueFields: values.keys.sorted())
  }

  /// What a row says.
  func assignments(of row: CSVRow) -> [(column: Column, assignment: Assignment)] {
    columns.compactMap { column in
      let text = text(of: column, in: row)
      guard !text.isEmpty else { return nil }
      guard column.path.field.isSet else {
        return (column, Assignment(column.path, .set, [.text(text)]))
      }
      return (column, Assignment(column.path, .add, Self.elements(of: text).map(Operand.text)))
    }
  }

  /// A cell's text, trimmed and read as the options say.
  func text(of column: Column, in row: CSVRow) -> String {
    let text = row.cells[column.index].trimmed
    return column.values[text] ?? text
  }

  /// The elements of a set in one cell, separated by semicolons; `\;` is one that separates nothing.
  static func elements(of text: String) -> [String] {
    var elements = [""]
    var isEscaped = false
    for character in text {
      switch character {
      case "\\" where !isEscaped: isEscaped = true
      case ";" where !isEscaped: elements.append("")
      default:
        if isEscaped, character != ";", character != "\\" { elements[elements.count - 1] += "\\" }
        elements[elements.count - 1].append(character)
        isEscaped = false
      }
    }
    return elements.map(\.trimmed).filter { !$0.isEmpty }
  }

  private func check(valueFields: [String]) throws(ImportError) {
    var filled: Set<String> = []
    for column in columns {
      let field = column.path.field
      if field.mark == .counted { throw .counter(field: field.name) }
      if !field.isSet, !filled.insert(column.path.text).inserted {
        throw .mappedTwice(field: column.path.text)
      }
    }
    for field in valueFields where !columns.contains(where: { $0.path.text == field }) {
      throw .unmappedValues(field: field)
    }
    guard let key else { return }
    guard !key.path.field.isSet, key.path.part == nil else {
      throw .unsuitableKey(field: key.path.text)
    }
    switch key.path.field.format {
    case .text, .integer, .structure: return
    case .bool, .decimal, .percent, .longText, .position, .bytes, .date, .instant, .money, .choice,
      .status, .reference, .anyReference, .listed:
      throw .unsuitableKey(field: key.path.text)
    }
  }

  /// The field path that a person's word names; it follows no references.
  private static func path(
    _ words: String, _ entity: Entity, _ catalog: EntityCatalog
  ) throws(FieldPathError) -> FieldPath {
    try Assignment(words, .set, [], of: entity, in: catalog).path
  }

  /// The field that a column's name names; a column called like the kind is its name.
  private static func path(
    of column: String, _ entity: Entity, _ catalog: EntityCatalog
  ) -> FieldPath? {
    if let path = try? path(column, entity, catalog) { return path }
    let word = FieldName.normalized(column)
    guard ([entity.name] + entity.aliases).contains(word) else { return nil }
    return try? path(entity.nameFields[0], entity, catalog)
  }

  private static func values(
    _ options: ImportOptions, _ entity: Entity, _ catalog: EntityCatalog
  ) throws -> [String: [String: String]] {
    var values: [String: [String: String]] = [:]
    for mapping in options.values {
      let field = try path(mapping.field, entity, catalog).text
      values[field, default: [:]][mapping.from] = mapping.to
    }
    return values
  }
}
