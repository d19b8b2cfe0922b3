import CRDTCore
import CRMDomain
import ReplicaStore

/// Turns what was typed after `where` into a filter of the domain.
struct FilterReader {
  let view: RecordView
  let entity: Entity

  /// The filter of a command: its words for the kind, its target in parentheses, its clause.
  func filter(of command: Command) throws -> Filter? {
    var parts: [Filter] = []
    if let word = command.kind, let subtype = view.catalog.kind(named: word.typed)?.subtype {
      parts.append(.compare(subtype.path, .equal, .text(subtype.value)))
    }
    if let expression = command.clauses.filter { parts.append(try filter(expression)) }
    return parts.isEmpty ? nil : parts.count == 1 ? parts[0] : .and(parts)
  }

  func filter(_ expression: Expression) throws -> Filter {
    switch expression {
    case .all(let parts): return .and(try parts.map(filter))
    case .any(let parts): return .or(try parts.map(filter))
    case .not(let part): return .not(try filter(part))
    case .comparison(let path, let comparison, let value):
      return try compare(path.names, comparison, value)
    case .membership(let path, let values, let isNegated):
      // One by one, since a value may stand for a span of days.
      let among = Filter.or(try values.map { try compare(path.names, .equal, $0) })
      return isNegated ? .not(among) : among
    case .has(let path, let quantifier, let values):
      let operands = try values.map { try operand($0, of: path.names) }
      return .has(path.names, all: quantifier == .all, operands)
    case .isSet(let path, let isNegated):
      return isNegated ? .isEmpty(path.names) : .not(.isEmpty(path.names))
    case .flag(let flag): return try FlagReader(view: view, entity: entity).filter(flag)
    }
  }

  private func compare(
    _ path: [String], _ sign: Comparison, _ value: ValueText
  ) throws -> Filter {
    if value.form == .pattern {
      let found = Filter.matches(path, try TextPattern(value.text))
      return sign == .lacks ? .not(found) : found
    }
    if sign == .contains || sign == .lacks { return .compare(path, sign, .text(value.text)) }
    let field = try self.field(path)
    if field.format == .date || field.format == .instant,
      let span = try? DateReader(calendar: view.context.calendar).read(value.text),
      case .span(let days) = span
    {
      return self.compare(path, sign, days)
    }
    return .compare(path, sign, try operand(value, of: path))
  }

  /// Compares with a span of days: `close = this month`.
  private func compare(
    _ path: [String], _ sign: Comparison, _ days: ClosedRange<CivilDate>
  ) -> Filter {
    let first = Operand.value(.date(days.lowerBound))
    let last = Operand.value(.date(days.upperBound))
    let within = Filter.and([
      .compare(path, .greaterOrEqual, first), .compare(path, .lessOrEqual, last),
    ])
    switch sign {
    case .less: return .compare(path, .less, first)
    case .lessOrEqual: return .compare(path, .lessOrEqual, last)
    case .greater: return .compare(path, .greater, last)
    case .greaterOrEqual: return .compare(path, .greaterOrEqual, first)
    case .notEqual: return .not(within)
    case .equal, .contains, .lacks: return within
    }
  }

  /// Tells how the dates of a command's filter were read, where they were typed as words.
  func tellDates(of command: Command) throws {
    guard !view.context.isJSON, let expression = command.clauses.filter else { return }
    let readings = try datesRead(in: expression)
    if !readings.isEmpty { view.context.talk(readings.joined(separator: "; ")) }
  }

  /// `close_date >= 2026-11-16 (monday)` for each date that was not typed as one.
  private func datesRead(in expression: Expression) throws -> [String] {
    switch expression {
    case .all(let parts), .any(let parts): return try parts.flatMap(datesRead)
    case .not(let part): return try datesRead(in: part)
    case .comparison(let path, let sign, let value):
      return try dateRead(value, path, sign).map { ["\(path) \(sign.rawValue) \($0)"] } ?? []
    case .membership(let path, let values, _), .has(let path, _, let values):
      return try values.compactMap { value in
        try dateRead(value, path, .equal).map { "\(path) = \($0)" }
      }
    case .flag(let flag):
      return try flag.since.map { since in
        let calendar = view.context.calendar
        let day = try DateReader(calendar: calendar).read(since.text).start(in: calendar)
        return ["\(flag.name) since \(view.people.moment(day)) (\(since.text))"]
      } ?? []
    case .isSet: return []
    }
  }

  /// The length of `2026-03-13`, which says itself what it means.
  private static let dateLength = 10

  /// The day, days or moment that a value is compared as; `nil` if it is no date or is one as typed.
  private func dateRead(
    _ value: ValueText, _ path: FieldPath, _ sign: Comparison
  ) throws -> String? {
    let format = try field(path.names).format
    guard format == .date || format == .instant, sign != .contains, sign != .lacks,
      CivilDate(value.text.prefix(Self.dateLength)) == nil
    else { return nil }
    let calendar = view.context.calendar
    let read = try DateReader(calendar: calendar).read(value.text)
    return "\(read.text(comparedBy: sign, asDay: format == .date, in: calendar)) (\(value.text))"
  }

  private func field(_ path: [String]) throws -> Field {
    try CRMDomain.FieldPath(path, from: entity, in: view.catalog).field
  }

  /// A value; where the field refers to records, the record that it names.
  private func operand(_ value: ValueText, of path: [String]) throws -> Operand {
    let field = try self.field(path)
    guard let kind = field.target.flatMap({ view.catalog[$0] }), kind.role == .business,
      kind.name != "stage"
    else { return .text(value.text) }
    // What was deleted is still referred to.
    let record = try RecordFinder(view).recordIfAny(value, kind: kind, .any)
    return record.map { .value(.reference($0.id)) } ?? .text(value.text)
  }
}
