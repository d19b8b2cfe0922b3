/// A name of a kind, field or part, as a number within one entry.
///
/// Even numbers index ``NameTable/names``; odd ones index the names the entry spells out.
public struct NameReference: Hashable, Sendable {
  /// The number on the wire.
  public let rawValue: UInt32

  /// Creates a reference from its number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Refers to a name of the static table.
  public init(staticIndex: Int) { rawValue = UInt32(staticIndex) << 1 }

  /// Refers to a name that the entry spells out.
  public init(localIndex: Int) { rawValue = UInt32(localIndex) << 1 | 1 }

  /// The index into ``NameTable/names``; `nil` for a name that the entry spells out.
  public var staticIndex: Int? { rawValue & 1 == 0 ? Int(rawValue >> 1) : nil }

  /// The index into the names that the entry spells out; `nil` for a static one.
  public var localIndex: Int? { rawValue & 1 == 1 ? Int(rawValue >> 1) : nil }
}

extension NameReference: Comparable {
  /// Compares by number; the canonical order within an entry.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// Names that entries need not spell out.
///
/// Part of the format, and append-only: a name's index never changes and no name is ever removed, as
/// in HPACK's static table (RFC 7541, appendix A). A node that lacks the newest names sets entries
/// that use them aside as malformed, so names are added to the table one release after entries have
/// begun to spell them out.
public enum NameTable {
  /// The names by index; index 0 stands for the record itself, in lifecycle writes.
  public static let names: [String] = NameTableText.names

  /// Each name's index.
  public static let indexes: [String: Int] = Dictionary(
    uniqueKeysWithValues: names.enumerated().map { ($1, $0) })

  /// The record itself, as the field of a lifecycle write.
  public static let record = NameReference(staticIndex: 0)
}
