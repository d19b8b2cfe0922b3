import Foundation
import TestSupport
import Testing

/// A whole company: three regional offices and everybody of `sales_teams.csv`, each with a node.
@Suite(
  "Three offices and thirty-five representatives",
  .enabled(if: MavenFiles.isPresent, .init(rawValue: MavenFiles.absence)))
struct OfficeTreeTests {
  private let nodes: TestNodes
  private let representatives: [Representative]

  private struct Office {
    let name: String
    let manager: String
  }

  /// The first founds the workspace; the others join as administrators.
  private static let offices = [
    Office(name: "Central", manager: "Dustin Brinkmann"),
    Office(name: "East", manager: "Cara Losch"), Office(name: "West", manager: "Celia Rouche"),
  ]

  private struct Representative {
    let node: String
    let user: String
    let office: String
  }

  init() throws {
    nodes = try TestNodes()
    representatives = try MavenFiles.rows(of: MavenFiles.people).rows.enumerated().map {
      Representative(
        node: "rep-\($0 + 1)", user: $1["sales_agent"], office: $1["regional_office"])
    }
  }

  private func importCommonRecords(on node: String) throws {
    let files = [
      ("accounts", MavenFiles.accounts, "name=account,industry=sector,country=office_location"),
      ("products", MavenFiles.products, "name=product,category=series,price=sales_price"),
      ("users", MavenFiles.people, "name=manager,region=regional_office,manager="),
      ("users", MavenFiles.people, "name=sales_agent,manager=manager,region=regional_office"),
    ]
    for (kind, file, columns) in files {
      let path = MavenFiles.folder.appendingPathComponent(file).path
      let report = try nodes.importFile(
        path, as: kind, on: node, "--map", columns, "--key", "name")
      #expect(report.rejected == 0)
    }
  }

  /// Founds, invites and joins the offices; each serves from then on.
  private func openOffices() throws -> [String: KithProcess] {
    let founder = Self.offices[0]
    try nodes.kith(
      founder.name, "init", founder.name, "--workspace", "Maven", "--user", founder.manager,
      "--currency", "USD")
    try importCommonRecords(on: founder.name)
    var servers = [founder.name: try nodes.serve(founder.name)]
    let address = try servers[founder.name]?.listeningAddress() ?? ""
    for office in Self.offices.dropFirst() {
      try nodes.join(
        office.name, user: office.manager, role: "administrator", invitedBy: founder.name,
        at: address)
      servers[office.name] = try nodes.serve(office.name)
    }
    return servers
  }

  /// What a representative imports: the rows of the pipeline that name it.
  private func ownDeals() throws -> [String: (path: String, count: Int)] {
    let (header, rows) = try MavenFiles.rows(of: MavenFiles.deals)
    let groups = Dictionary(grouping: rows) { $0["sales_agent"] }
    var files: [String: (path: String, count: Int)] = [:]
    for representative in representatives {
      let own = groups[representative.user] ?? []
      let text = ([header] + own.map(\.line)).map { $0 + "\n" }.joined()
      files[representative.user] = (
        try nodes.folder.write(text, to: "\(representative.node).csv"), own.count
      )
    }
    return files
  }

  @Test("each imports its own deals offline, and two rounds of exchanges bring all to one state")
  func tree() async throws {
    let clock = StageClock()
    let servers = try openOffices()
    let addresses = try servers.mapValues { try $0.listeningAddress() }
    clock.note("offices")

    let nodes = nodes
    _ = try await Lanes.run(representatives) { representative in
      try nodes.join(
        representative.node, user: representative.user, invitedBy: representative.office,
        at: addresses[representative.office] ?? "")
    }
    clock.note("joins")

    let files = try ownDeals()
    let reports = try await Lanes.run(representatives) { representative in
      try nodes.importFile(
        files[representative.user]?.path ?? "", as: "deals", on: representative.node, "--map",
        MavenFiles.dealColumns, "--values", MavenFiles.dealValues, "--date-format", "mdy", "--key",
        "number")
    }
    #expect(reports.map(\.created) == representatives.map { files[$0.user]?.count })
    #expect(reports.allSatisfy { $0.rejected == 0 })
    clock.note("imports")

    // Up: representatives to their offices. Across: the offices to the founder's, then East once more
    // for what West brought. Down: the representatives again.
    let up = try await Lanes.run(representatives) { try nodes.sync($0.node, with: $0.office) }
    clock.note("up", up.flatMap(\.self))
    let across = try ["East", "West", "East"].map { try nodes.sync($0, with: "Central") }
    clock.note("across", across.flatMap(\.self))
    let down = try await Lanes.run(representatives) { try nodes.sync($0.node, with: $0.office) }
    clock.note("down", down.flatMap(\.self))
    let exchanges = (up + across + down).flatMap(\.self)
    #expect(exchanges.count == 2 * representatives.count + 3)
    #expect(exchanges.allSatisfy { $0.inSync })
    #expect(down.flatMap(\.self).allSatisfy { $0.sent == 0 })

    let all = Self.offices.map(\.name) + representatives.map(\.node)
    let states = try await Lanes.run(all) { node in
      (try nodes.digest(node), try nodes.count(node, "deals"))
    }
    #expect(states.count == 38)
    #expect(Set(states.map(\.0)).count == 1)
    #expect(Set(states.map(\.1)) == [8_800])
    clock.note("digests")
    #expect(try nodes.conflicts("rep-1").isEmpty)
    for server in servers.values { try nodes.stop(server) }
    clock.printTotal()
  }
}

/// Prints how long each stage of a long test took, and what its exchanges moved.
private final class StageClock {
  private let start = ContinuousClock.now
  private var last = ContinuousClock.now

  func note(_ stage: String, _ exchanges: [Exchange] = []) {
    let now = ContinuousClock.now
    var line = "\(stage): \(Self.seconds(now - last))"
    if !exchanges.isEmpty {
      let sent = exchanges.reduce(0) { $0 + $1.sent }
      let received = exchanges.reduce(0) { $0 + $1.received }
      let bytes = exchanges.reduce(0) { $0 + $1.bytes }
      line += ", \(exchanges.count) exchanges, \(sent) entries sent, \(received) received, "
      line += "\(bytes) bytes"
    }
    print(line)
    last = now
  }

  func printTotal() { print("38 nodes: \(Self.seconds(last - start))") }

  private static func seconds(_ duration: Duration) -> String {
    duration.formatted(.units(allowed: [.seconds], fractionalPart: .show(length: 1)))
  }
}
