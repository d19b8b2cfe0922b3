/// What one step of a session outputs, and the report that runs through all of them.
struct Outbox: Sendable {
  private var outputs: [SyncSession.Output] = []
  private(set) var hasSent = false
  var report = SyncReport()

  /// Adds an output.
  mutating func append(_ output: SyncSession.Output) { outputs.append(output) }

  /// Adds a message to send, and counts its bytes.
  mutating func send(_ message: SyncMessage) {
    let bytes = message.encoded
    report.bytesSent += bytes.count
    hasSent = true
    outputs.append(.send(bytes))
  }

  /// Hands the step's outputs over.
  mutating func drain() -> [SyncSession.Output] {
    defer {
      outputs = []
      hasSent = false
    }
    return outputs
  }
}
