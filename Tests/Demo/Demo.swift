import Foundation
import TestSupport

/// An office and two representatives on this machine: real processes, real files, real TLS.
@main
struct Demo {
  static func main() throws {
    let folder = try TemporaryDirectory()
    let scene = Scene(folder: folder.url)
    try scene.found()
    try scene.importSample()
    let office = try scene.serveOffice()
    defer { office.send(.terminate) }
    try scene.join("lena-x1", user: "Lena Vogt", at: office)
    try scene.join("tom-x2", user: "Tom Brandt", at: office)
    try scene.editOffline()
    try scene.syncAll()
    try scene.settle()
    try scene.finish()
  }
}

/// The demo's steps, each a few commands shown as a person would type them.
struct Scene {
  /// What went other than it must.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let folder: URL
  private let reps = ["lena-x1", "tom-x2"]
  private var nodes: [String] { ["hamburg"] + reps }

  private func store(_ node: String) -> String {
    folder.appendingPathComponent("\(node).sqlite").path
  }

  /// Runs one command on a node, prints both, and gives what it said.
  @discardableResult
  private func kith(
    _ node: String, _ arguments: String..., isQuiet: Bool = false, codes: Set<Int32> = [0]
  ) throws -> String {
    try kith(node, arguments, isQuiet: isQuiet, codes: codes)
  }

  @discardableResult
  private func kith(
    _ node: String, _ arguments: [String], isQuiet: Bool = false, codes: Set<Int32> = [0]
  ) throws -> String {
    if !isQuiet { print("\n\(node)$ kith \(arguments.joined(separator: " "))") }
    let result = try KithProcess.run(["--store", store(node)] + arguments)
    if !isQuiet { print((result.output + result.errors).trimmingCharacters(in: .newlines)) }
    guard codes.contains(result.code) else {
      throw Failure(
        description: """
          kith \(arguments.joined(separator: " ")) ended with \(result.code) on \(node):
          \(result.output)\(result.errors)
          """)
    }
    return result.output
  }

  private func title(_ text: String) { print("\n── \(text) " + String(repeating: "─", count: 8)) }

  func found() throws {
    title("An office founds the workspace")
    try kith("hamburg", "init", "hamburg", "--workspace", "Pumps", "--user", "Priya Nair")
  }

  func importSample() throws {
    title("It imports what it knows")
    let sample = SampleData(seed: 7)
    let tables: [(String, SampleData.Table, [String])] = [
      ("products", sample.products(8), ["--key", "code"]),
      ("accounts", sample.accounts(40), ["--key", "name", "--map", "website=website"]),
      ("deals", sample.deals(120, accounts: 40, products: 8), []),
    ]
    for (kind, table, options) in tables {
      let file = folder.appendingPathComponent("\(kind).csv")
      try Data(table.csv.utf8).write(to: file)
      try kith("hamburg", ["import", kind, file.path] + options)
    }
  }

  func serveOffice() throws -> KithProcess {
    title("It serves its peers")
    let office = try KithProcess([
      "--store", store("hamburg"), "serve", "--listen", "127.0.0.1:0",
    ])
    print("hamburg$ kith serve --listen 127.0.0.1:0\nlistening on \(try office.listeningAddress())")
    return office
  }

  func join(_ node: String, user: String, at office: KithProcess) throws {
    title("\(user) joins")
    let invited = try kith(
      "hamburg", "peer", "invite", node, "--role", "representative", "--address",
      try office.listeningAddress())
    guard let code = invited.split(separator: "\n").last else {
      throw Failure(description: "The invitation has no code.")
    }
    try kith(node, "join", String(code), "--node", node, "--user", user)
  }

  func editOffline() throws {
    title("Both edit offline: the same deal, a delete against an edit, labels, a counter")
    let sample = SampleData(seed: 7)
    let deals = (0..<2).map { sample.deal($0, accounts: 40, products: 8)[0] }
    let product = sample.product(0)[1]
    try kith("lena-x1", "edit", "deal:\(deals[0])", "amount=17900", "labels+=vip", "--yes")
    try kith("tom-x2", "edit", "deal:\(deals[0])", "amount=18000", "labels+=urgent", "--yes")
    try kith("lena-x1", "delete", "deal:\(deals[1])", "--yes", "because", "the customer left")
    try kith("tom-x2", "edit", "deal:\(deals[1])", "next_action=Call again", "--yes")
    try kith("lena-x1", "edit", "product:\(product)", "stock+=40", "--yes")
    try kith("tom-x2", "edit", "product:\(product)", "stock-=5", "--yes")
  }

  func syncAll() throws {
    title("They sync through the office, over TLS")
    for node in reps + reps { try kith(node, "sync") }
    title("All three list the same conflicts")
    let lists = try nodes.map {
      try kith($0, "conflict", "list", "--format", "ids", isQuiet: $0 != "hamburg")
    }
    guard Set(lists).count == 1, !lists[0].isEmpty else {
      throw Failure(description: "The lists of conflicts differ:\n\(lists.joined(separator: "\n"))")
    }
    try kith("hamburg", "conflict", "list", "--format", "table")
  }

  func settle() throws {
    title("One is settled on one node and is gone on all")
    let ids = try conflicts("lena-x1")
    let deal = SampleData(seed: 7).deal(0, accounts: 40, products: 8)[0]
    try kith("lena-x1", "explain", "deal:\(deal).amount")
    guard let contested = try contested(among: ids) else {
      throw Failure(description: "No conflict of a field is listed.")
    }
    try kith("lena-x1", "conflict", "show", contested)
    try kith("lena-x1", "conflict", "take", contested, "A", "because", "rebate agreed on site")
    for node in reps + reps { try kith(node, "sync", isQuiet: true) }
    for node in nodes where try conflicts(node).contains(contested) {
      throw Failure(description: "The conflict is still listed on \(node).")
    }
  }

  func finish() throws {
    title("The three digests are equal")
    let digests = try nodes.map { try kith($0, "store", "digest") }
    guard Set(digests).count == 1 else { throw Failure(description: "The digests differ.") }
    title("The pipeline")
    try kith("hamburg", "board", "deals", "where", "stage in (Prospecting, Engaging, Won)")
  }

  private func conflicts(_ node: String) throws -> [String] {
    try kith(node, "conflict", "list", "--format", "ids", isQuiet: true)
      .split(separator: "\n").map(String.init)
  }

  /// The first conflict that is about a field.
  private func contested(among ids: [String]) throws -> String? {
    try ids.first { id in
      try kith("lena-x1", "conflict", "show", id, "--format", "json", isQuiet: true)
        .contains("\"kind\":\"field\"")
    }
  }
}
