import CRMDomain

extension Field {
  /// What shows of concurrent writes, and whether a person is asked.
  var ruleInWords: String {
    switch mark {
    case .latest: "the later one shows, a person confirms"
    case .held: "the later one shows, a person confirms, and what uses it waits"
    case .once: "the first one shows, a person confirms"
    case .earliest: "the earliest (rule min)"
    case .greatest: "the latest (rule max)"
    case .ranked: "the one that ranks higher (rule precedence), a person confirms"
    case .rankedHeld:
      "the one that ranks higher (rule precedence), a person confirms, and what uses it waits"
    case .elements: "an unseen add stays"
    case .revocableElements: "an unseen removal stays"
    case .counted: "every node's changes are added up"
    }
  }

  /// The rule in one word, as commands and documents name it.
  var ruleName: String {
    switch mark {
    case .latest: "review"
    case .held: "hold"
    case .once: "first"
    case .earliest: "min"
    case .greatest: "max"
    case .ranked, .rankedHeld: "precedence"
    case .elements: "add"
    case .revocableElements: "remove"
    case .counted: "sum"
    }
  }

  /// Whether what uses the field waits while it is in conflict.
  var isHeld: Bool {
    switch mark {
    case .held, .rankedHeld: true
    case .latest, .once, .earliest, .greatest, .ranked, .elements, .revocableElements, .counted:
      false
    }
  }

  /// Whether concurrent writes are told apart by their times rather than by what they say.
  var isDecidedByTime: Bool {
    switch mark {
    case .latest, .held, .once: true
    case .earliest, .greatest, .ranked, .rankedHeld, .elements, .revocableElements, .counted: false
    }
  }
}
