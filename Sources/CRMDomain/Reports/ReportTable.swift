package import CRDTCore

/// The figures of a report: what each says, and of which records it was made.
package struct ReportTable: Sendable {
  /// What a column holds, which decides how it is written.
  package enum Kind: Hashable, Sendable {
    /// What the rows are told apart by, and other words.
    case label
    case count, money, percent, days, hours, date
  }

  package struct Column: Hashable, Sendable {
    package let title: String
    package let kind: Kind
    /// Whether its figures are drawn as bars, too.
    package var hasBar = false

    init(_ title: String, _ kind: Kind, hasBar: Bool = false) {
      self.title = title
      self.kind = kind
      self.hasBar = hasBar
    }
  }

  package enum Cell: Hashable, Sendable {
    case text(String)
    /// A value that rows are grouped by.
    case key(FieldReading, Field)
    case count(Int)
    case money(Money)
    /// Percent, with two digits behind the point.
    case percent(DecimalNumber)
    /// Days, with two digits behind the point.
    case days(DecimalNumber)
    /// Hours, with two digits behind the point.
    case hours(DecimalNumber)
    case date(CivilDate)
    /// What a division by nothing comes to, or a figure that nobody can know.
    case unavailable
  }

  package struct Row: Hashable, Sendable {
    package let cells: [Cell]
    /// The records that it was made of, in the order of their ids.
    package var records: [RecordID]
    /// Their kind, where it is not the table's.
    package var recordKind: String?

    init(_ cells: [Cell], of records: [RecordID] = []) {
      self.cells = cells
      self.records = records
    }
  }

  package let columns: [Column]
  package var rows: [Row]
  /// All rows as one; `nil` where adding them says nothing.
  package var total: Row?
  /// What has to be known of the figures: what was left out, and why.
  package var notes: [String] = []
  /// The kind of the records behind the rows.
  package var recordKind = "deal"

  init(_ columns: [Column], _ rows: [Row] = [], total: Row? = nil) {
    self.columns = columns
    self.rows = rows
    self.total = total
  }
}
