/// What an import did, or would do.
package struct ImportReport: Sendable {
  /// A row that was not taken, or one value of a row that was.
  package struct Rejection: Hashable, Sendable {
    /// The line in which the row begins.
    package let line: Int
    /// The column at fault; `nil` where it is the row as a whole.
    package let column: String?
    /// What stands there.
    package let value: String
    /// Why it cannot be taken: one sentence.
    package let reason: String
  }

  /// How often rows name records of one kind that do not exist.
  package struct MissingRecords: Hashable, Sendable {
    package let column: String
    package let field: String
    package let kind: String
    package let kindPlural: String
    package internal(set) var count: Int

    package init(column: String, field: String, kind: String, kindPlural: String, count: Int) {
      self.column = column
      self.field = field
      self.kind = kind
      self.kindPlural = kindPlural
      self.count = count
    }
  }

  /// Whether nothing was written.
  package let isDryRun: Bool
  /// Which column fills which field.
  package let columns: [ImportOptions.ColumnMapping]
  /// The columns that fill none.
  package let ignoredColumns: [String]
  /// Rows read.
  package internal(set) var rows = 0
  /// Records made.
  package internal(set) var created = 0
  /// Records that say something else now.
  package internal(set) var changed = 0
  /// Rows that say what their records say already.
  package internal(set) var unchanged = 0
  /// Rows not taken.
  package internal(set) var rejected = 0
  /// The first rows not taken, in the order of the file; at most ten thousand.
  package internal(set) var rejections: [Rejection] = []
  /// References of rows that were taken, left empty because the rows they name were not.
  package internal(set) var leftEmpty: [Rejection] = []
  /// References of rows that were taken, to rows that come later: empty until all rows are read.
  package internal(set) var waiting = 0
  /// Per field that refers to records, how many of the rows taken leave it empty; in column order.
  package internal(set) var emptyReferences: [(field: String, count: Int)] = []
  /// The records that rows not taken refer to and that do not exist: an import makes none of them.
  package internal(set) var missingRecords: [MissingRecords] = []
  /// The entries of small lists that were made.
  package internal(set) var listed: [ListedValue] = []

  /// Whether everything in the file was taken.
  package var isComplete: Bool { rejected == 0 && leftEmpty.isEmpty }

  init(isDryRun: Bool, mapping: ImportMapping) {
    self.isDryRun = isDryRun
    columns = mapping.columns.map {
      ImportOptions.ColumnMapping(field: $0.path.text, column: $0.name)
    }
    ignoredColumns = mapping.ignored
    emptyReferences = mapping.columns.filter { $0.path.field.refersToRecords }.map {
      ($0.path.field.name, 0)
    }
  }
}

extension Field {
  /// Whether it refers to records that people make one by one; a list's values do not count.
  var refersToRecords: Bool {
    switch format {
    case .reference, .anyReference: !isSet || target != "label"
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .money, .choice, .status, .listed, .structure:
      false
    }
  }
}
