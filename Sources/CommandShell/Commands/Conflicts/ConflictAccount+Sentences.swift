import CRDTCore
import CRMDomain
import ReplicaStore

extension ConflictAccount {
  /// Why what shows is showing.
  func sentence() throws -> String {
    switch conflict.conflict.kind {
    case .field:
      return try [reopened(), redone(), fieldSentence()].compactMap(\.self).joined(separator: " ")
    case .lifecycle: return try lifecycleSentence()
    case .unique:
      let value = try conflict.conflict.sides.first.map(conflict.text) ?? ""
      return """
        The \(conflict.conflict.field ?? "value") \(value) is on \(conflict.conflict.records.count) \
        records, made while neither node had seen the other; all keep it until someone changes one.
        """
    case .constraint, .transition: return try constraintSentence()
    case .held:
      return """
        An entry was set aside because \(conflict.reasonInWords); it changes nothing here.
        """
    case .clock:
      return """
        These entries carry times more than \(Limits.clockDriftMilliseconds / 60_000) minutes ahead \
        of the clock of somebody who had seen them; their values may show only for that.
        """
    case .fork:
      let node = try conflict.conflict.sides.first.map { try view.nodeName($0.stamp.dot) }
      return """
        Two copies of the store of \(node ?? "a node") were in use at once, and each wrote on as if it were the \
        only one. All that both wrote is kept. There is nothing to decide.
        """
    }
  }

  /// That the conflict had been settled once, and by whom it was reopened.
  private func reopened() throws -> String? {
    guard let reopening = conflict.reopening, let act = reopening.acts.last else { return nil }
    let author = try view.snapshot.author(of: act.dot.replica).map {
      try conflict.names.author($0.member, view)
    }
    return """
      It had been settled as x\(reopening.former.text.prefix(ConflictDescription.digitCount)), and \
      \(author ?? "somebody") reopened it on \(view.people.stamp(Self.time(act))).
      """
  }

  /// That the sides settled an earlier conflict apart from each other, if they did.
  private func redone() throws -> String? {
    let settlements = origin.settlements(among: conflict.conflict.sides)
    guard settlements.count > 1 else { return nil }
    let names = try settlements.map {
      "\(try view.authorName($0.member)) on \(try view.nodeName($0.stamp.dot))"
    }
    return """
      \(names.joined(separator: " and ")) settled an earlier conflict differently before seeing each \
      other's choice.
      """
  }

  private func fieldSentence() throws -> String {
    guard let showing = conflict.conflict.sides.first(where: \.isShowing),
      let field = conflict.field, let entity = conflict.entity, let rule = conflict.rule
    else { return "Nothing is showing." }
    let index = conflict.conflict.sides.firstIndex(of: showing) ?? 0
    let value =
      isText ? ConflictDescription.letter(index) : try conflict.text(of: showing)
    let others =
      conflict.conflict.sides.count == 2
      ? "neither had seen the other's value" : "none had seen another's value"
    let who = try view.authorName(showing.member)
    let isTie = conflict.conflict.sides.contains {
      $0.stamp.dot != showing.stamp.dot && $0.stamp.time == showing.stamp.time
    }
    if isTie, rule.isDecidedByTime {
      return """
        \(value) is showing. Another value was written at the very same time by the clocks; the tie \
        goes to the \(rule.isFirst ? "least" : "greatest") replica id; that is the \
        same on every node and says nothing about who is right.
        """
    }
    guard rule.isDecidedByTime else {
      return """
        \(value) is showing because \(entity.name).\(field.name) keeps \(try view.words(of: rule)); \
        \(others).
        """
    }
    let order =
      rule.isFirst ? "first" : conflict.conflict.sides.count == 2 ? "later" : "last"
    return """
      \(value) is showing because \(who) wrote it \(order), and \(others).
      """
  }

  private func lifecycleSentence() throws -> String {
    let sides = conflict.conflict.sides
    let name = try conflict.recordName()
    guard let shown = sides.last(where: \.isShowing),
      let other = sides.last(where: { $0.act != shown.act })
    else { return "\(name) is deleted on one side and edited on the other." }
    if let standIn = try conflict.standIn() {
      let joined = sides.last { $0.act == .deleted } ?? shown
      let edited = sides.last { $0.act == .edited } ?? other
      let meanwhile = shown.act == .deleted ? "hidden, as joined" : "shown again"
      return """
        \(try view.authorName(joined.member)) joined \(name) into \(standIn.name ?? "another record"), \
        and \(try view.authorName(edited.member)) edited it, and neither had seen the other's act. The \
        later act counts until someone decides: it is \(meanwhile).
        """
    }
    let verb = shown.act == .deleted ? "deleted" : "showing"
    func act(_ side: ConflictSide) throws -> String {
      "\(try view.authorName(side.member))'s \(side.act == .deleted ? "delete" : "edit")"
    }
    return """
      \(name) is \(verb) because \(try act(shown)) is later than \(try act(other)), and neither had \
      seen the other's act. Both are kept until someone decides.
      """
  }
}
