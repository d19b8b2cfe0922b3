package import CRDTCore

/// What a reference leads to: its three states of absence are *empty* (no reference at all), deleted,
/// and unknown here.
package struct RecordReference: Hashable, Sendable {
  /// What is known of the record.
  package enum State: Hashable, Sendable {
    case known(name: String)
    /// It was deleted, and may be restored.
    case deleted(name: String)
    /// It has not arrived on this node, or never will.
    case unknownHere
  }

  /// The record.
  package let id: RecordID
  /// Its kind; `nil` where the field takes any kind and the record is unknown here.
  package let entity: Entity?
  /// What is known of it.
  package let state: State

  /// Its name, if it is known or deleted.
  package var name: String? {
    switch state {
    case .known(let name), .deleted(let name): name
    case .unknownHere: nil
    }
  }

  /// An id of eight characters for people: `d7h2k09x`.
  package var shortText: String {
    let prefix = entity.map { $0.letter.map(String.init) ?? $0.name + ":" } ?? ""
    return prefix + id.shortText.prefix(7)
  }

  /// What to show in its place on a line.
  package var text: String {
    switch state {
    case .known(let name): name
    case .deleted(let name): "\(name) (deleted)"
    case .unknownHere: "\(shortText) (unknown here)"
    }
  }
}

/// What a field says, ready for people.
package enum FieldReading: Hashable, Sendable {
  /// Nothing was ever written, or it was cleared; a set without elements.
  case empty
  /// A value that refers to nothing.
  case value(Value)
  /// A record.
  case reference(RecordReference)
  /// The elements of a set, ordered by key.
  case elements([FieldReading])

  /// The reading on one line, independent of locale: ISO dates, `1250.00 EUR`, elements with `, `.
  package func text(of field: Field) -> String {
    switch self {
    case .empty: ""
    case .value(let value): value.text(of: field)
    case .reference(let reference): reference.text
    case .elements(let elements): elements.map { $0.text(of: field) }.joined(separator: ", ")
    }
  }
}

extension Value {
  /// The value on one line, independent of locale.
  package func text(of field: Field) -> String {
    switch self {
    case .null: ""
    case .bool(let flag): flag ? "yes" : "no"
    case .integer(let number): String(number)
    case .decimal(let number): number.description
    case .text(let text): text
    case .bytes(let bytes): Base32.text(of: bytes)
    case .date(let date): date.description
    case .instant(let instant): instant.text
    case .reference(let id): id.description
    case .money(let money): money.description
    case .structure:
      if case .structure(let format) = field.format { format.text(of: self) } else { "" }
    case .unknown: "(of a later version)"
    }
  }
}

extension Instant {
  /// The moment as RFC 3339 has it, in UTC: `2026-03-13T14:30:00Z`, with a fraction only if it has one.
  package var text: String {
    func padded(_ number: Int64, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let (day, rest) = dayAndMilliseconds
    let fraction = rest % 1000 == 0 ? "" : "." + padded(rest % 1000, 3)
    let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { padded($0, 2) }
    return "\(CivilDate(days: Int32(clamping: day)))T\(clock.joined(separator: ":"))\(fraction)Z"
  }

  /// The day, counted from 1970, and the milliseconds since it began; in UTC.
  var dayAndMilliseconds: (day: Int64, rest: Int64) {
    let rest = milliseconds % 86_400_000
    let day = milliseconds / 86_400_000
    return rest < 0 ? (day - 1, rest + 86_400_000) : (day, rest)
  }
}
