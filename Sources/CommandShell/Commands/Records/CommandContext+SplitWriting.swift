import CRMDomain
import ReplicaStore

extension CommandContext {
  /// What one of several acts of a command came to, and how much room it takes in the log.
  typealias Written<Result> = (result: Result?, size: WriteSize)

  /// Does something to one item after another, all or nothing, as one operation.
  ///
  /// Where it is too much for one entry of the log (`isBatch`), it becomes several that share a batch.
  /// `body` is called for each entry, and what it returns for each item.
  func writeSplit<Item, Result>(
    _ items: [Item], isBatch: Bool, reason: String?, command: String? = nil,
    _ body: (RecordView, Transaction) throws -> (Item) throws -> Written<Result>
  ) throws -> [Result] {
    let batch =
      isBatch ? random(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) } : nil
    let replica = try node.replica()
    return try choosing {
      try replica.writeGroup { group in
        var results: [Result] = []
        var rest = items[...]
        while !rest.isEmpty {
          try group.write(reason: reason, command: command ?? commandText, batch: batch) {
            let act = try body(RecordView(self, $0.snapshot), $0)
            var size = WriteSize()
            while let item = rest.popFirst() {
              try Task.checkCancellation()
              let written = try act(item)
              if let result = written.result { results.append(result) }
              size += written.size
              if isBatch, size.isFull { return }
            }
          }
        }
        return results
      }
    }
  }
}
