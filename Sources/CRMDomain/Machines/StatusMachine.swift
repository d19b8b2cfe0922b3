/// The states a status may have, the moves between them that a person may make, and which of several
/// concurrent moves shows.
package struct StatusMachine: Hashable, Sendable {
  /// Where a status stands, as stored: `in_progress`.
  package typealias State = String

  /// The states, in the order of a board's columns.
  package let states: [State]
  /// Where a record begins unless it is told otherwise.
  package let initial: State
  private let moves: [State: [State]]
  private let precedence: [State]

  /// Creates a machine of states in the order of a board's columns, the states to which each may go, and
  /// all of them again, the one that shows over all others first.
  init(
    states: [State], initial: State, moves: [State: [State]], precedence: [State]
  ) {
    precondition(Set(states) == Set(precedence), "Every state has a place in the precedence.")
    self.states = states
    self.initial = initial
    self.moves = moves
    self.precedence = precedence
  }

  /// What a write of `state` carries for ``/CRDTCore/MergePolicy/precedence``: the greatest shows.
  package func rank(of state: State) -> UInt32? {
    precedence.firstIndex(of: state).map { UInt32(precedence.count - $0) }
  }

  /// Where a person may go from `state`, in the order of ``states``.
  package func moves(from state: State) -> [State] {
    let allowed = moves[state] ?? []
    return states.filter(allowed.contains)
  }

  /// The state that a person's word names; spaces, hyphens and case do not matter.
  package func state(named word: String) -> State? {
    let name = FieldName.normalized(word)
    return states.first { $0 == name }
  }
}

extension StatusMachine {
  /// An account's status.
  static let account = StatusMachine(
    states: ["prospect", "active", "inactive", "blocked"], initial: "prospect",
    moves: [
      "prospect": ["active", "blocked"], "active": ["inactive", "blocked"],
      "inactive": ["active", "blocked"], "blocked": ["prospect", "active", "inactive"],
    ],
    precedence: ["blocked", "active", "inactive", "prospect"])

  /// A task's status.
  static let task = StatusMachine(
    states: ["open", "in_progress", "done", "dropped"], initial: "open",
    moves: [
      "open": ["in_progress", "done", "dropped"], "in_progress": ["open", "done", "dropped"],
      "done": ["open"],
    ],
    precedence: ["done", "dropped", "in_progress", "open"])

  /// An order's status.
  static let order = StatusMachine(
    states: [
      "open", "confirmed", "on_hold", "in_fulfilment", "fulfilled", "closed", "cancelled",
    ], initial: "open",
    moves: [
      "open": ["confirmed", "cancelled"], "confirmed": ["in_fulfilment", "on_hold", "cancelled"],
      "on_hold": ["confirmed"], "in_fulfilment": ["fulfilled"], "fulfilled": ["closed"],
      "cancelled": ["open"],
    ],
    precedence: [
      "closed", "fulfilled", "in_fulfilment", "cancelled", "confirmed", "on_hold", "open",
    ])

  /// A product's status, but new ones are active unless told otherwise.
  static let product = StatusMachine(
    states: ["in_development", "active", "discontinued"], initial: "active",
    moves: [
      "in_development": ["active"], "active": ["discontinued"], "discontinued": ["active"],
    ],
    precedence: ["discontinued", "active", "in_development"])

  /// What becomes of a promise.
  static let commitment = StatusMachine(
    states: ["open", "kept", "broken", "released"], initial: "open",
    moves: [
      "open": ["kept", "broken", "released"], "kept": ["open"], "broken": ["open", "kept"],
      "released": ["open"],
    ],
    precedence: ["kept", "broken", "released", "open"])

  /// The status of a customer's request.
  static let serviceCase = StatusMachine(
    states: ["new", "open", "waiting", "solved", "closed"], initial: "new",
    moves: [
      "new": ["open"], "open": ["waiting", "solved"], "waiting": ["open"],
      "solved": ["open", "closed"],
    ],
    precedence: ["closed", "solved", "open", "waiting", "new"])
}
