import CRDTCore
import CRMDomain
import ReplicaStore

extension ConflictAccount {
  /// What holds no longer between the records.
  func constraintSentence() throws -> String {
    guard let constraint = conflict.conflict.constraint else { return "" }
    let names = try conflict.conflict.records.map { try conflict.name(of: $0) }
    let (first, last) = (names.first ?? "", names.last ?? "")
    switch constraint.rule {
    case .acyclic:
      let ring = (names + [first]).joined(separator: " → ")
      return "\(constraint.field) leads round in a ring: \(ring)."
    case .single:
      return "\(names.count) records say \(constraint.field), and only one may."
    case .total(let total, _):
      return "The shares of \(first) come to \(try sum()) %, and not to \(total) %."
    case .living: return "\(first) refers to \(last), which is deleted."
    case .current: return "\(first) is in \(last), which is out of use."
    case .backed(_, _, _, let value):
      let state = try conflict.conflict.sides.first { $0.place?.record == conflict.record }
        .map(conflict.text)
      return """
        \(first) is \(state ?? "open"), and \(names.dropFirst().first ?? "what it came of") is not \
        \(value) any more.
        """
    }
  }

  /// What the numbers of all sides come to.
  private func sum() throws -> String {
    let numbers = conflict.conflict.sides.compactMap { side -> DecimalNumber? in
      guard case .decimal(let number)? = side.value else { return nil }
      return number
    }
    return Apportionment.sum(of: numbers)
  }

  /// How to repair it, a line a way.
  func repairLines() throws -> [String] {
    let repairs = try ConflictRepair.all(of: conflict)
    let lines = repairs.enumerated().map { index, repair in
      PlainText.oneLine(
        "\(index == 0 ? "type" : "    ")  conflict repair \(conflict.shortID) \(index + 1)  "
          + "(\(repair.text))")
    }
    return lines.isEmpty ? ["type  edit the records until it holds again"] : lines
  }
}
