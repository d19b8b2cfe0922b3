/// Names an element of a set on the wire, without giving its value away.
///
/// For a reference it is the record's id; for any other value the first 16 bytes of SHA-256 of its
/// encoding, so that two authors who add the same value add the same element.
public struct ElementKey: Hashable, Sendable {
  /// The 16 bytes as a big-endian number; keys order by it.
  public let rawValue: UInt128

  /// Creates a key from its stored form.
  public init(rawValue: UInt128) { self.rawValue = rawValue }

  /// The key of an element.
  public init(of value: Value) {
    if case .reference(let id) = value {
      rawValue = id.rawValue
    } else {
      var writer = ByteWriter()
      writer.write(value: value)
      rawValue = Digests.identifier(tag: "kith/element/1", [writer.bytes])
    }
  }
}

extension ElementKey: Comparable {
  /// Compares byte by byte.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A write of one element that no later write of it has replaced.
///
/// `Name` names the write: a ``Dot``, or a store's own number for one.
public struct ElementHead<Name: Comparable & Hashable & Sendable>: Hashable, Sendable {
  /// Which write.
  public let name: Name
  /// Whether it puts the element in or takes it out.
  public let isPresent: Bool

  /// Creates a head.
  public init(_ name: Name, isPresent: Bool) {
    self.name = name
    self.isPresent = isPresent
  }
}

/// The state of one element of a set: a register of presence whose heads never conflict.
///
/// Source: the optimised observed-remove set of Bieniusa et al., "An Optimized Conflict-free
/// Replicated Set" (2012). Removals stay as heads here, so that `removeWins` is the same state read
/// another way.
public struct ElementHeads<Name: Comparable & Hashable & Sendable>: Hashable, Sendable {
  /// The heads, ordered by name.
  public private(set) var heads: [ElementHead<Name>]

  /// Creates the state of an element, by default one never written.
  public init(heads: [ElementHead<Name>] = []) { self.heads = heads.sorted { $0.name < $1.name } }

  /// Takes in a write; one that is among the heads already changes nothing.
  ///
  /// - Precondition: The write has not been replaced; whoever folds a log takes in each entry once.
  public mutating func apply(_ head: ElementHead<Name>, replacing replaced: [Name]) {
    heads.removeAll { replaced.contains($0.name) }
    guard !heads.contains(head) else { return }
    heads.insert(head, at: heads.firstIndex { $0.name > head.name } ?? heads.endIndex)
  }

  /// Whether the element is in.
  public func isPresent(under policy: SetPolicy) -> Bool {
    switch policy {
    case .addWins: heads.contains(where: \.isPresent)
    case .removeWins: !heads.isEmpty && heads.allSatisfy(\.isPresent)
    }
  }
}
