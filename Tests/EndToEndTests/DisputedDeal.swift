import Foundation
import TestSupport

/// An office and two representatives who edited one deal apart, and a contact that one of them deleted.
///
/// The office serves; `rep` and `tom` have not exchanged anything since they edited.
struct DisputedDeal {
  let nodes: TestNodes
  let server: KithProcess

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    try nodes.kith("office", "new", "account", "Müller")
    try nodes.kith(
      "office", "new", "deal", "Pump", "account=Müller", "amount=18400",
      "notes=Prefers calls after lunch. Decides alone.")
    try nodes.kith("office", "new", "contact", "Jonas Weber", "job_title=Buyer")
    server = try nodes.serve("office")
    let address = try server.listeningAddress()
    try nodes.join(
      "rep", user: "Lena Vogt", role: "administrator", invitedBy: "office", at: address)
    try nodes.join(
      "tom", user: "Tom Brandt", role: "administrator", invitedBy: "office", at: address)
    try nodes.kith("rep", "edit", "Pump", "amount=17900", "because", "said so on site")
    try nodes.kith("rep", "edit", "Pump", "notes=Prefers calls before 10. Decides alone.")
    try nodes.kith("rep", "delete", "Jonas Weber", "because", "left in February")
    try nodes.kith("tom", "edit", "Pump", "amount=18000")
    try nodes.kith("tom", "edit", "Pump", "notes=Prefers calls after lunch. Decides with the CFO.")
    try nodes.kith("tom", "edit", "Jonas Weber", "job_title=Head of Buying")
  }

  /// Lets every node hold what any of them holds.
  func exchange() throws {
    for node in ["rep", "tom", "rep"] { try nodes.sync(node) }
  }

  /// The ids that a node lists of the conflicts a filter lets through.
  func ids(_ node: String, _ filter: String...) throws -> [String] {
    let words = ["conflict", "list"] + (filter.isEmpty ? [] : ["where"] + filter)
    return try nodes.kith(node, words + ["--format", "ids"]).output.split(separator: "\n")
      .map(String.init)
  }

  /// The one conflict that a filter lets through.
  func id(_ node: String, _ filter: String) throws -> String {
    let found = try ids(node, filter)
    guard found.count == 1 else {
      throw TestNodes.Failure(description: "\(filter) lets \(found.count) conflicts through")
    }
    return found[0]
  }

  /// Runs a command and returns all that it says.
  @discardableResult
  func said(_ node: String, _ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith(node, words, code: code)
    return result.output + result.errors
  }

  /// What a field says on a node.
  func value(_ node: String, _ record: String, _ field: String) throws -> String {
    let output = try nodes.kith(node, "explain", "\(record).\(field)").output
    return String(output.prefix { $0 != "\n" })
  }
}
