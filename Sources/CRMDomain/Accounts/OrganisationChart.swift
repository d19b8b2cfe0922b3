package import CRDTCore

/// Who reports to whom among some people, as a forest in which everybody stands once.
///
/// Concurrent edits can make people report to each other in a circle. A circle is told and not followed:
/// whoever is in it stands at the top, with those below that report to nobody else.
package struct OrganisationChart: Hashable, Sendable {
  /// A person, and to whom that person reports.
  package struct Person: Hashable, Sendable {
    package let id: RecordID
    /// `nil` if nobody is named; one that is not among the people is nobody here.
    package let superior: RecordID?

    package init(id: RecordID, superior: RecordID?) {
      self.id = id
      self.superior = superior
    }
  }

  /// A person's place.
  package struct Line: Hashable, Sendable {
    package let id: RecordID
    /// How many superiors stand above, 0 at the top.
    package let depth: Int
  }

  /// Everybody, each behind the own superior; people of one superior in the order given.
  package let lines: [Line]
  /// The circles, each from its first person in the order given on, along the superiors.
  package let cycles: [[RecordID]]

  /// Complexity: O(people).
  package init(_ people: [Person]) {
    let superiors = Dictionary(people.map { ($0.id, $0.superior) }) { first, _ in first }
    cycles = Self.cycles(people, superiors)
    let circling = Set(cycles.flatMap(\.self))
    var subordinates: [RecordID: [RecordID]] = [:]
    var tops: [RecordID] = []
    for person in people {
      if let superior = person.superior, superiors[superior] != nil, !circling.contains(person.id) {
        subordinates[superior, default: []].append(person.id)
      } else {
        tops.append(person.id)
      }
    }
    var lines: [Line] = []
    // The last is taken first, so each level is laid down in reverse.
    var waiting = tops.reversed().map { Line(id: $0, depth: 0) }
    while let line = waiting.popLast() {
      lines.append(line)
      waiting += (subordinates[line.id] ?? []).reversed().map {
        Line(id: $0, depth: line.depth + 1)
      }
    }
    self.lines = lines
  }

  private static func cycles(
    _ people: [Person], _ superiors: [RecordID: RecordID?]
  ) -> [[RecordID]] {
    var cycles: [[RecordID]] = []
    var seen: Set<RecordID> = []
    for person in people {
      var path: [RecordID] = []
      var places: [RecordID: Int] = [:]
      var next: RecordID? = person.id
      while let id = next, superiors[id] != nil, seen.insert(id).inserted {
        places[id] = path.count
        path.append(id)
        next = superiors[id] ?? nil
      }
      if let id = next, let place = places[id] { cycles.append(Array(path[place...])) }
    }
    return cycles
  }
}
