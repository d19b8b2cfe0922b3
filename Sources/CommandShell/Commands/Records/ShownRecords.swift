import CRDTCore
package import ReplicaStore

/// What records said when a session showed them: what the person has read, and so what an edit
/// replaces, whatever has come in since.
package struct ShownRecords: Sendable {
  /// More than a person has in mind; what was shown before them is edited as it is now.
  private static let countMax = 100

  private var bases: [(key: RecordKey, basis: Basis)] = []

  package init() {}

  /// What an edit of the record is based on; `nil` if it was not shown.
  package subscript(key: RecordKey) -> Basis? {
    get { bases.last { $0.key == key }?.basis }
    set {
      bases.removeAll { $0.key == key }
      if let newValue { bases.append((key, newValue)) }
      if bases.count > Self.countMax { bases.removeFirst() }
    }
  }
}

extension RecordView {
  /// What an edit or a deletion of a record is based on: what it said when it was shown, and what
  /// this node has written to it since.
  ///
  /// `previewed` is what the command itself has shown before it asked.
  func basis(of state: RecordState, previewed: Basis? = nil) throws -> Basis {
    let key = RecordKey(kind: state.kind, id: state.id)
    guard let shown = previewed ?? context.state.shown[key] else { return state.basis }
    let own = try snapshot.ownAuthor()?.key
    return try shown.joined(by: state.basis) { dot in
      try snapshot.author(of: dot.replica)?.key == own
    }
  }
}

extension Basis {
  /// This basis with those writes of a later one that `isOwn` says the reader has made.
  fileprivate func joined(by later: Basis, where isOwn: (Dot) throws -> Bool) rethrows -> Basis {
    var joined = self
    // Whether it can be edited at all is a matter of the present.
    joined.isDeleted = later.isDeleted
    for (field, dots) in later.heads {
      joined.heads[field] = try Self.union(heads[field], dots.filter(isOwn))
    }
    for (field, elements) in later.elements {
      for (element, dots) in elements {
        joined.elements[field, default: [:]][element] = try Self.union(
          self.elements[field]?[element], dots.filter(isOwn))
      }
    }
    joined.lifecycle = try Self.union(lifecycle, later.lifecycle.filter(isOwn))
    let touches = try Self.union(touches, later.touches.filter(isOwn))
    joined.touches = VersionVector(touches).dots
    return joined
  }

  private static func union(_ dots: [Dot]?, _ more: [Dot]) -> [Dot] {
    Set(dots ?? []).union(more).sorted()
  }
}
