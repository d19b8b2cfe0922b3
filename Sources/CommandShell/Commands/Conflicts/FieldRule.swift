import CRDTCore
import CRMDomain
import ReplicaStore

/// What becomes of concurrent writes of a field: as it is built in, or as the workspace has it.
struct FieldRule {
  let field: Field
  let entity: Entity
  /// `nil` of a set and of a counter, whose changes all count.
  let rule: RegisterRule?

  /// The rule in one word, as commands and documents name it.
  var name: String {
    guard let rule else {
      switch field.mark {
      case .revocableElements: return "remove"
      case .counted: return "sum"
      case .elements, .latest, .held, .once, .earliest, .greatest, .ranked, .rankedHeld:
        return "add"
      }
    }
    switch (rule.policy, rule.conflicts) {
    case (.lastWriter, .review): return "review"
    case (.lastWriter, .hold): return "hold"
    case (.lastWriter, .automatic): return "latest"
    case (.first, _): return "first"
    case (.precedence, _): return "precedence"
    case (.max, _): return "max"
    case (.min, _): return "min"
    }
  }

  /// What shows, in a few words.
  private var shown: String {
    guard let rule else {
      switch field.mark {
      case .revocableElements: return "an unseen removal stays"
      case .counted: return "every node's changes are added up"
      case .elements, .latest, .held, .once, .earliest, .greatest, .ranked, .rankedHeld:
        return "an unseen add stays"
      }
    }
    let isTime = field.format == .date || field.format == .instant
    switch rule.policy {
    case .lastWriter: return "the later one" + (isConfirmed ? " shows" : "")
    case .first: return "the first one" + (isConfirmed ? " shows" : "")
    case .precedence: return "the one that ranks higher"
    case .max: return isTime ? "the latest" : "the larger value"
    case .min: return isTime ? "the earliest" : "the smaller value"
    }
  }

  /// Whether a person has to look at values that differ.
  var isConfirmed: Bool { rule.map { $0.conflicts != .automatic } ?? false }

  /// Whether what uses the field waits while it is in conflict.
  var isHeld: Bool { rule?.conflicts == .hold }

  /// Whether concurrent writes are told apart by their times rather than by what they say.
  var isDecidedByTime: Bool { rule?.policy == .lastWriter || rule?.policy == .first }

  /// Whether the earlier of two writes shows.
  var isFirst: Bool { rule?.policy == .first }

  /// Whether it is another rule than the one built in.
  var isSet: Bool { rule != ConflictPolicy.rule(nil, for: field) }

  /// What shows of concurrent writes, and whether a person is asked.
  ///
  /// `origin` says who set the rule, where it was set: `set by Priya on 4 Feb`.
  func words(origin: String? = nil) -> String {
    guard let rule else { return shown }
    // A rule that goes by time and asks a person needs no name.
    let isNamed = !isConfirmed || rule.policy == .precedence
    let facts = [isNamed ? "rule \(name)" : nil, origin].compactMap(\.self)
    let named = facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
    guard isConfirmed else { return shown + named }
    return shown + named + ", a person confirms" + (isHeld ? ", and what uses it waits" : "")
  }
}

extension RecordView {
  /// The rule in force for a field.
  func rule(of field: Field, in entity: Entity) throws -> FieldRule {
    FieldRule(
      field: field, entity: entity, rule: try snapshot.rule(of: entity.name, field: field.name))
  }

  /// A rule in words, with who set it, if it was set.
  func words(of rule: FieldRule) throws -> String {
    guard rule.isSet,
      let entry = try ConflictPolicy.latestEntry(
        for: rule.field, of: rule.entity, in: snapshot)
    else { return rule.words() }
    let day = people.stamp(ConflictAccount.time(entry.stamp))
    return rule.words(origin: "set by \(try authorName(entry.member)) on \(day)")
  }
}
