package import CRDTCore
package import Foundation
package import GRDB

/// A named set of figures over the typed tables.
package protocol Report: Sendable {
  /// What people call it: `wins`.
  var name: String { get }
  /// One sentence on what it tells.
  var summary: String { get }
  /// How each figure is reckoned, for its help.
  var formulas: [String] { get }
  /// Which of a command's parts it heeds.
  var use: ReportUse { get }
  /// The kind of the records that it is about, and that `where` and `by` speak of.
  var subject: String { get }
  /// The fields of those records that it reads: open conflicts in them make its figures uncertain.
  var usedFields: [String] { get }

  /// The figures.
  ///
  /// - Throws: ``ReportError``, ``FieldPathError``, ``QueryError``, or what reading the tables throws.
  func table(for request: ReportRequest, in database: Database) throws -> ReportTable
}

extension Report {
  package var subject: String { "deal" }
}

/// Which parts of a command a report heeds.
package struct ReportUse: Hashable, Sendable {
  /// Whether its rows can be grouped by fields of the caller's choice.
  package var takesGroups = false
  /// Whether it is about a span of days, all of time unless told.
  package var takesPeriod = false
  /// The words that it takes as `name=value`.
  package var arguments: [String] = []
  /// Whether it compares what is now with what was at the beginning of the period.
  package var needsOpening = false
}

/// What a report is asked.
package struct ReportRequest {
  /// Which records; all that are not deleted, if `nil`.
  package var filter: Filter?
  package var groups: [GroupedCount.Group] = []
  /// The first day that counts; `nil` for the beginning.
  package var since: CivilDate?
  /// The last day that counts; `nil` for the end.
  package var until: CivilDate?
  /// What was given as `name=value`.
  package var arguments: [String: String] = [:]
  /// The open deals at the beginning of the period, where the report compares with them.
  package var opening: PipelineState?
  /// The moment as of which the figures hold.
  package let now: Instant
  package let timeZone: TimeZone
  package let queries: QueryContext

  package init(now: Instant, timeZone: TimeZone, queries: QueryContext) {
    self.now = now
    self.timeZone = timeZone
    self.queries = queries
  }

  /// The day as of which the figures hold.
  package var today: CivilDate { now.day(in: timeZone) }

  /// Whether a day lies in the period.
  func contains(_ day: CivilDate) -> Bool {
    since.map { $0 <= day } ?? true && until.map { day <= $0 } ?? true
  }

  /// The same, of another span.
  func during(_ days: ClosedRange<CivilDate>) -> ReportRequest {
    var request = self
    request.since = days.lowerBound
    request.until = days.upperBound
    return request
  }
}

/// The reports there are.
package enum Reports {
  /// By name.
  package static let all: [any Report] = [
    AccuracyReport(), ActivityReport(), AttributionReport(), PipelineChangeReport(),
    ClosingsReport(), CompletionReport(), ConversionReport(), ForecastReport(), LeadCareReport(),
    LeadsReport(), MeetingsReport(), PipelineReport(), QuotaReport(), ResponsesReport(),
    StageTimeReport(), StageSetReport(), StalledReport(), TrendReport(), VelocityReport(),
    WinsReport(),
  ]
}

/// A report that cannot be made.
package enum ReportError: Error, Hashable, Sendable {
  case noSuchStage(String, stages: [String])
  case noSuchProcess(String, processes: [String])
  case noProcess
  /// An argument that is none of the words that it may be.
  case noSuchWord(String, words: [String])
  /// What was given as `name=value` cannot be understood.
  case unreadable(String, example: String)
  /// The report is grouped by no other field.
  case groupedOnly(by: String, report: String)
  /// The report is about all deals: what it compares was kept of all.
  case unfiltered(report: String)
}

extension ReportError: UserFacingError {
  package var summary: String {
    switch self {
    case .noSuchStage(let name, _): "The process has no stage “\(name)”."
    case .noSuchProcess(let name, _): "There is no process “\(name)”."
    case .noProcess: "There is no process yet."
    case .noSuchWord(let word, _): "“\(word)” is not known here."
    case .unreadable(let text, _): "“\(text)” cannot be understood."
    case .groupedOnly(let field, let report): "The report \(report) is grouped by \(field) alone."
    case .unfiltered(let report): "The report \(report) is about all deals."
    }
  }

  package var hint: String? {
    switch self {
    case .noSuchStage(let name, let names), .noSuchProcess(let name, let names):
      ClosestName.of(name, among: names).map { "Did you mean “\($0)”?" }
        ?? "There are \(names.joined(separator: ", "))."
    case .unreadable(_, let example): "Write it like this: \(example)"
    case .noProcess: "Make one with `process add`."
    case .noSuchWord(_, let words): "Use one of \(words.joined(separator: ", "))."
    case .groupedOnly(let field, let report): "Write `report \(report) by \(field)`."
    case .unfiltered(let report): "Leave out the filter: `report \(report)`."
    }
  }
}
