package import CRDTCore
package import ReplicaStore

/// When an invoice is to be paid.
package struct PaymentTerms: Hashable, Sendable {
  private let dueDays: Int32
  private let isFromMonthEnd: Bool

  package init(dueDays: Int32, isFromMonthEnd: Bool = false) {
    self.dueDays = dueDays
    self.isFromMonthEnd = isFromMonthEnd
  }

  /// What a record of the kind `payment_terms` says; `nil` if it does not say after how many days.
  package init?(_ state: RecordState) {
    guard case .integer(let days) = state["due_days"], let days = Int32(exactly: days) else {
      return nil
    }
    self.init(dueDays: days, isFromMonthEnd: state["month_end"] == .bool(true))
  }

  /// The day on which an invoice of `day` is due.
  package func dueDate(of day: CivilDate) -> CivilDate {
    var start = day
    if isFromMonthEnd {
      let (year, month, number) = day.parts
      let left = CivilDate.dayCount(year: year, month: month) - number
      start = CivilDate(days: day.days + Int32(left))
    }
    return CivilDate(days: start.days + dueDays)
  }
}
