/// A moment, in milliseconds since 1970-01-01T00:00:00Z; may lie before it.
public struct Instant: Hashable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let milliseconds: Int64

  /// Creates a moment.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The moment a clock shows.
  public init(_ wall: WallTime) { milliseconds = Int64(wall.milliseconds) }
}

extension Instant: Comparable {
  /// Compares by time.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }
}

/// A named part of a structure.
public struct StructurePart: Hashable, Sendable {
  /// The part's name, such as `city`.
  public let name: String
  /// The part's value.
  public let value: Value

  /// Creates a part.
  public init(name: String, value: Value) {
    self.name = name
    self.value = value
  }
}

/// What a field holds: one atomic value, merged as a whole.
public enum Value: Hashable, Sendable {
  /// Nothing: the field was cleared.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int64)
  /// An exact decimal number.
  case decimal(DecimalNumber)
  /// Text, in NFC as entered.
  case text(String)
  /// Bytes.
  case bytes([UInt8])
  /// A day.
  case date(CivilDate)
  /// A moment.
  case instant(Instant)
  /// Another record's id.
  case reference(RecordID)
  /// An amount with its currency.
  case money(Money)
  /// Named parts that belong together, such as an address; ordered by name.
  case structure([StructurePart])
  /// A value of a type this program does not know, kept as its encoded bytes (tag and body).
  case unknown([UInt8])

  /// Whether this is ``null``.
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// Whether this is a ``reference(_:)``.
  var isReference: Bool { if case .reference = self { true } else { false } }
}
