package import CRDTCore
package import Foundation

/// How a file is to be read as records.
package struct ImportOptions: Sendable {
  /// A field, and the column that fills it.
  package struct ColumnMapping: Hashable, Sendable {
    /// A field path as a person types it.
    package let field: String
    /// The column's name; empty to leave a column out that would fill the field by its name.
    package let column: String

    package init(field: String, column: String) {
      self.field = field
      self.column = column
    }
  }

  /// What a value of the file means.
  package struct ValueMapping: Hashable, Sendable {
    package let field: String
    package let from: String
    package let to: String

    package init(field: String, from: String, to: String) {
      self.field = field
      self.from = from
      self.to = to
    }
  }

  /// Which column fills which field; other columns fill the fields whose names or aliases they bear.
  package var columns: [ColumnMapping] = []
  /// Values to be read as others.
  package var values: [ValueMapping] = []
  /// Values that every record gets, by field.
  package var constants: [(field: String, text: String)] = []
  /// The columns that say when a deal came into a stage, by the stage's name.
  package var visits: [(stage: String, column: String)] = []
  /// The order of the parts of numeric dates.
  package var dateOrder = ValueReader.DateOrder.ymd
  /// Where the clock stands of times that name no offset.
  package var timeZone = TimeZone.gmt
  /// The field that tells whether a row's record exists; without one every row makes a new record.
  package var key: String?
  /// Whether the file is only checked.
  package var isDryRun = false
  /// What the entries of the import share.
  package var batch: UInt128
  /// What was typed, for the log.
  package var command: String?
  /// What the deals are called that it makes; they begin accordingly unless a row says where.
  package var newDealPhase: DealStages.Phase?
  /// What finds owners for new leads without one.
  package var routingRules: [AppliedRoutingRule] = []
  /// Why, in the words of the person, for the log.
  package var reason: String?

  /// When the import is made.
  package let now: Instant

  /// `batch` is random, so that the import can be told from others.
  package init(batch: UInt128, now: Instant) {
    self.batch = batch
    self.now = now
  }
}

/// An import that cannot begin; nothing was stored.
package enum ImportError: Error, Hashable, Sendable {
  case noSuchColumn(String, columns: [String])
  case nothingMapped(columns: [String], entity: String)
  case mappedTwice(field: String)
  case counter(field: String)
  case unmappedValues(field: String)
  case unmappedKey(field: String)
  case unsuitableKey(field: String)
  case noVisits(entity: String)
  case noSuchStage(String, stages: [String])
}

extension ImportError: UserFacingError {
  package var summary: String {
    switch self {
    case .noSuchColumn(let name, _): "The file has no column “\(name)”."
    case .nothingMapped(_, let entity):
      "No column of the file bears the name of a field of \(entity)."
    case .mappedTwice(let field): "Two columns are to fill \(field)."
    case .counter(let field):
      "\(field) is a counter: importing one file on two nodes would count everything twice."
    case .unmappedValues(let field): "Values of \(field) are mapped, but no column fills it."
    case .unmappedKey(let field): "No column fills the key \(field)."
    case .unsuitableKey(let field): "\(field) cannot tell records apart."
    case .noVisits(let entity):
      "\(entity.withArticle.prefix(1).uppercased())\(entity.withArticle.dropFirst()) goes through no stages."
    case .noSuchStage(let name, _): "No process has a stage “\(name)”."
    }
  }

  package var hint: String? {
    switch self {
    case .noSuchColumn(let name, let columns):
      ClosestName.of(name, among: columns).map { "Did you mean “\($0)”?" }
        ?? "Its columns are \(columns.joined(separator: ", "))."
    case .nothingMapped(let columns, _):
      "Say which column fills which field: `--map name=\(columns.first ?? "COLUMN")`."
    case .mappedTwice: "Map one of them."
    case .counter(let field): "Leave the column out, and use `edit … \(field)+=N`."
    case .unmappedValues(let field), .unmappedKey(let field): "Add `--map \(field)=COLUMN`."
    case .noVisits: "Leave `--visits` out; it is for deals."
    case .noSuchStage(let name, let stages):
      ClosestName.of(name, among: stages).map { "Did you mean “\($0)”?" }
        ?? "There are \(stages.joined(separator: ", "))."
    case .unsuitableKey: "Use a field of text or whole numbers that holds one value."
    }
  }
}
