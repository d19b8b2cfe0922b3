import CRDTCore
package import GRDB
import ReplicaStore

/// The number that follows another one in its own style: after `P-220` comes `P-221`.
package enum NextNumber {
  /// How many digits at the end of a text count on.
  private static let digitsMax = 15

  /// The first number after `text` that no record of the kind has, deleted ones included: what is restored
  /// keeps its number.
  ///
  /// A text without digits at its end is given some: `A-2`, `A-3`.
  package static func free(
    after text: String, _ field: Field, of entity: Entity, in database: Database
  ) throws -> String {
    let style = style(of: text)
    let statement = try database.makeStatement(
      sql: "SELECT 1 FROM \(SQL.name(entity.name)) WHERE \(SQL.name(field.name)) = ? LIMIT 1")
    var number = style.number + 1
    while true {
      let candidate = style.text(number)
      guard try Row.fetchOne(statement, arguments: [candidate]) != nil else { return candidate }
      number += 1
    }
  }

  /// What stands before the digits, how many there are, and what they say.
  private struct Style {
    let prefix: String
    let width: Int
    let number: UInt64

    func text(_ number: UInt64) -> String {
      let digits = String(number)
      return prefix + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
  }

  private static func style(of text: String) -> Style {
    let digits = String(
      text.reversed().prefix { ("0"..."9").contains($0) }.prefix(digitsMax).reversed())
    guard let number = UInt64(digits) else { return Style(prefix: text + "-", width: 1, number: 1) }
    return Style(prefix: String(text.dropLast(digits.count)), width: digits.count, number: number)
  }
}
