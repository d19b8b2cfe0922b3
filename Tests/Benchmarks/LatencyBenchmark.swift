import CRDTCore
import CommandShell
import Foundation
import NodeRuntime
import ReplicaStore

/// Row 10 of the budgets: from a commit on one node until a live peer shows it, over TLS on loopback.
///
/// Two whole nodes in one process, as the program runs them: durable commits, and no shortcut.
struct LatencyBenchmark {
  let folder: URL
  var count = 300

  /// What went wrong where the nodes should have met.
  private struct NotVisible: Error {}

  func run() async throws -> Measurement {
    let office = KithNode(storePath: folder.appendingPathComponent("live-office.sqlite").path)
    let rep = KithNode(storePath: folder.appendingPathComponent("live-rep.sqlite").path)
    let here = try office.found(
      FoundRequest(node: "office", workspace: "Bench", user: "Priya", currency: .euro))
    let samples = try await withThrowingTaskGroup(of: Void.self) { serving in
      let address = await serve(office, in: &serving)
      let invite = try office.invite(node: "rep", role: .representative, address: address)
      _ = try await rep.join(
        JoinCommandRequest(code: invite.code, node: "rep", user: "Lena"), progress: { _ in })
      _ = await serve(rep, in: &serving)
      let there = try rep.replica()
      let account = try here.write { try $0.create("account", [change(to: 0)]) }
      // The first one also waits for the link.
      try await waitUntil(there, shows: 0, in: account)
      var samples: [Double] = []
      for number in 1...count {
        try here.write { transaction in
          let basis = try transaction.snapshot.record("account", account)?.basis ?? Basis()
          try transaction.edit("account", account, basis: basis, [change(to: number)])
        }
        let start = ContinuousClock.now
        try await waitUntil(there, shows: number, in: account)
        samples.append(start.duration(to: .now).milliseconds)
      }
      serving.cancelAll()
      return samples.sorted()
    }
    let (median, slow) = (samples[count / 2], samples[count * 95 / 100])
    return Measurement(
      name: "one-field change until a live peer shows it", figure: "\(median.rounded(2)) ms",
      baseline: "95 % in \(slow.rounded(1)) ms", ratio: median, budget: 10, unit: "ms")
  }

  /// Serves a node until the group is cancelled, and gives its address.
  private func serve(_ node: KithNode, in group: inout ThrowingTaskGroup<Void, any Error>) async
    -> String
  {
    let (addresses, listening) = AsyncStream.makeStream(of: String.self)
    group.addTask { try await node.serve(at: "127.0.0.1:0") { listening.yield($0) } }
    return await addresses.first { _ in true } ?? ""
  }

  private func change(to number: Int) -> FieldChange {
    FieldChange("website", .set(.text("\(number).example")))
  }

  private func waitUntil(_ replica: Replica, shows number: Int, in account: RecordID) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try replica.read({ try $0.record("account", account)?["website"] })
      != .text("\(number).example")
    {
      guard ContinuousClock.now < deadline else { throw NotVisible() }
      try await Task.sleep(for: .microseconds(100))
    }
  }
}
