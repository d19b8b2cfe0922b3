import ReplicaStore

/// `join`: enrols this node in the workspace that a code invites to.
struct JoinCommand: ShellCommand {
  let name = "join"
  let summary = "Joins the workspace that a one-time code invites to, and takes in what it holds."
  let syntax = ["join CODE --node NODE --user U"]
  let examples = [
    "join 4H7K-… --node lena-x1 --user \"Lena Vogt\"",
    "join 4H7K-… --node phone --user \"Lena Vogt\" --store ~/phone.sqlite",
    "join 4H7K-… --node lena-x1 --user Lena --fail-on-conflict",
    "join 4H7K-… --node lena-x1 --user Lena --format json",
  ]
  let use = CommandUse(
    words: 1, options: ["node", "user", "fail-on-conflict"], formats: ["json"], changes: true,
    exits: [.unreachable, .wrongKey])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let code = try command.words(["CODE"])[0]
    let node = try command.nodeName(
      try command.required("node", example: "lena-x1"),
      at: command.options.last { $0.name == "node" }?.value?.range)
    let user = try command.required("user", example: "Lena")
    let report = SyncReport(context)
    // Its id alone: the replica is not to be held while another takes its place.
    let before = (try? context.node.replica())?.workspace
    // A join that is stopped may have put another workspace in place already.
    defer {
      if (try? context.node.replica())?.workspace != before { context.state.forgetRecords() }
    }
    do {
      let result = try await context.node.join(
        JoinCommandRequest(code: code, node: node, user: user), progress: report.note)
      let code = try report.finish([result])
      let inviter = try context.node.nodes().first { $0.name == result.peer }
      if let inviter, !context.isJSON {
        context.talk("\(inviter.name)'s key in three words, to compare: \(inviter.words)")
      }
      return code
    } catch let error where error is CancellationError || Task.isCancelled {
      return report.stopped()
    }
  }
}
