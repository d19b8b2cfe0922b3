import CRDTCore
import CRMDomain
import ReplicaStore

/// A conflict in one line, for somebody who hears of it for the first time.
struct ConflictNotice {
  private let conflict: ConflictDescription
  private var view: RecordView { conflict.view }

  init(_ conflict: ConflictDescription) { self.conflict = conflict }

  static let columns = [
    TableView.Column("id", importance: 9, isWhole: true), TableView.Column("about", importance: 7),
    TableView.Column("sides", importance: 8), TableView.Column("shows", importance: 6),
  ]

  /// `x7m2q  Pump retrofit · value  yours €17,900   Tom €18,000  showing Tom's, the later`.
  func cells() throws -> [TableView.Cell] {
    [
      TableView.Cell(conflict.shortID, ink: .bold), TableView.Cell(try about()),
      TableView.Cell(try sides()), TableView.Cell(try shown()),
    ]
  }

  private func about() throws -> String {
    let sign = view.context.output.style.separator
    switch conflict.conflict.kind {
    case .unique:
      let value = try conflict.conflict.sides.first.map(conflict.text) ?? ""
      return "\(value) used twice"
    case .constraint, .transition:
      return try ConflictAccount(conflict).constraintSentence()
    case .field, .lifecycle:
      return [try conflict.recordName(), conflict.field?.label].compactMap(\.self)
        .joined(separator: sign)
    case .held, .clock, .fork: return conflict.conflict.kind.word
    }
  }

  /// What each side says; that of the person who is told comes first.
  private func sides() throws -> String {
    let own = try view.snapshot.ownAuthor()?.member
    let sides = conflict.conflict.sides.enumerated().sorted { one, two in
      let (isOne, isTwo) = (one.element.member == own, two.element.member == own)
      return isOne == isTwo ? one.offset < two.offset : isOne
    }
    return try sides.map { index, side in
      let isOwn = side.member == own
      let who =
        isOwn ? side.act == nil ? "yours" : "you" : try conflict.names.author(side.member, view)
      let what = try conflict.place(ofSideAt: index)
      return "\(who) \(what.isEmpty ? try conflict.text(of: side) : what)"
    }.joined(separator: "   ")
  }

  private func shown() throws -> String {
    guard let side = conflict.conflict.sides.last(where: \.isShowing) else {
      return conflict.conflict.kind == .unique ? "both kept" : ""
    }
    switch conflict.conflict.kind {
    case .unique: return "both kept"
    case .lifecycle:
      return side.act == .deleted ? "deleted, the later act" : "showing, the later act is the edit"
    case .field:
      let isOwn = side.member == (try view.snapshot.ownAuthor()?.member)
      let whose = isOwn ? "yours" : "\(try conflict.names.author(side.member, view))'s"
      guard let rule = conflict.rule else { return "showing \(whose)" }
      let why =
        rule.isDecidedByTime ? rule.isFirst ? "the first" : "the later" : "by rule \(rule.name)"
      return "showing \(whose), \(why)"
    case .constraint, .transition, .held, .clock, .fork: return ""
    }
  }
}
