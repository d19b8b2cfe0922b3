package import CRDTCore
package import GRDB

/// Whether a lead is worth selling to, by budget, authority, need and timeline.
///
/// Each is yes for 25 points, partly for half of them, no or unknown for none; a lead is qualified that has no
/// no and as many points as the workspace asks for.
package struct Qualification: Hashable, Sendable {
  /// The fields of deals that it is about.
  package static let fields = ["bant_budget", "bant_authority", "bant_need", "bant_timeline"]

  /// What each field says, in order; `unknown` where it says nothing.
  package let answers: [String]
  /// From how many points a lead is qualified.
  package let threshold: Int

  package init(threshold: Int, _ value: (_ field: String) -> Value) {
    self.threshold = threshold
    answers = Self.fields.map { field in
      if case .text(let answer) = value(field) { answer } else { "unknown" }
    }
  }

  /// The points that the workspace asks for.
  package static func threshold(in database: Database) throws -> Int {
    let points =
      try WorkspaceSettings.value(of: .leadQualified, in: database).flatMap { Int($0) } ?? 75
    return min(max(points, 0), 100)
  }

  /// From 0 to 100.
  package var score: DecimalNumber { LeadScore.number(ofHundredths: Int64(hundredths)) }

  package var isQualified: Bool {
    !answers.contains("no") && hundredths >= threshold * 100
  }

  /// `BANT 37.5 of 75: budget yes, authority partly, need unknown, timeline unknown`.
  package var text: String {
    let parts = zip(Self.fields, answers).map { field, answer in
      "\(field.dropFirst("bant_".count)) \(answer)"
    }
    return "BANT \(score) of \(threshold): \(parts.joined(separator: ", "))"
  }

  private var hundredths: Int {
    answers.reduce(0) { $0 + ($1 == "yes" ? 2_500 : $1 == "partly" ? 1_250 : 0) }
  }
}
