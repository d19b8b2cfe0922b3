import ReplicaStore

/// What a check found, as both commands that check tell it.
struct StoreFaults {
  let report: StoreReport
  let context: CommandContext

  /// Prints each fault and what it means; nothing of a sound store.
  ///
  /// - Returns: The exit code that they come to.
  func tell() -> ExitCode {
    guard !report.faults.isEmpty else { return .done }
    for fault in report.faults { context.output.data("  " + PlainText.oneLine(fault)) }
    context.talk(
      report.isLogSound
        ? "The log is whole. Make the tables anew from it with: store rebuild"
        : """
        The file or its log is damaged: records may lack what was in the damaged part, and no rebuild \
        brings it back. A peer may have it whole: join the workspace anew with another --store.
        """)
    return .store
  }
}
