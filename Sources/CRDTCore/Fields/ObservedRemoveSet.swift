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
public struct ElementHead: Hashable, Sendable {
  /// Which write.
  public let stamp: Stamp
  /// Whether it puts the element in or takes it out.
  public let isPresent: Bool

  /// Creates a head.
  public init(stamp: Stamp, isPresent: Bool) {
    self.stamp = stamp
    self.isPresent = isPresent
  }
}

/// The state of one element of a set: a register of presence whose heads never conflict.
///
/// Source: the optimised observed-remove set of Bieniusa et al., "An Optimized Conflict-free
/// Replicated Set" (2012). Removals stay as heads here, so that `removeWins` is the same state read
/// another way.
public struct ElementHeads: Hashable, Sendable {
  /// The heads, the greatest stamp first.
  public private(set) var heads: [ElementHead]

  /// Creates the state of an element, by default one never written.
  public init(heads: [ElementHead] = []) { self.heads = heads.sorted { $0.stamp > $1.stamp } }

  /// Takes in a write; one that is among the heads already changes nothing.
  ///
  /// - Precondition: The write has not been replaced; whoever folds a log takes in each entry once.
  public mutating func apply(_ head: ElementHead, replacing replaced: some Sequence<Dot>) {
    let gone = Set(replaced)
    heads.removeAll { gone.contains($0.stamp.dot) }
    guard !heads.contains(head) else { return }
    heads.insert(head, at: heads.firstIndex { $0.stamp < head.stamp } ?? heads.endIndex)
  }

  /// Whether the element is in.
  public func isPresent(under policy: SetPolicy) -> Bool {
    switch policy {
    case .addWins: heads.contains(where: \.isPresent)
    case .removeWins: !heads.isEmpty && heads.allSatisfy(\.isPresent)
    }
  }
}
