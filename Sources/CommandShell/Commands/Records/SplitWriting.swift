import CRMDomain
import ReplicaStore

/// Acts on many records that become one operation.
struct SplitWriting {
  let context: CommandContext
  /// Why, in the words of the person.
  let reason: String?
  /// The command as entries store it; `nil` for what was typed.
  var command: String?
  /// How much is to be written, roughly; what one entry does not hold becomes several with one batch id.
  let size: WriteSize

  typealias Written<Result> = (result: Result?, size: WriteSize)

  /// Acts on one item after another, all or nothing.
  ///
  /// - Parameters:
  ///   - items: What is acted on.
  ///   - prepare: What is found out once, of the state before.
  ///   - act: Called for each entry; what it returns acts on one item after another, and tells what
  ///     came of it and how much room that takes.
  /// - Returns: What came of the items, in their order.
  /// - Throws: What `prepare`, `act` or writing throws; nothing is written then.
  func run<Item, Prepared, Result>(
    _ items: [Item], preparing prepare: (RecordView) throws -> Prepared,
    _ act: (Prepared, RecordView, Transaction) throws -> (Item) throws -> Written<Result>
  ) throws -> [Result] {
    let batch =
      size.isFull ? context.random(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) } : nil
    let count = PeopleFormat.number(items.count)
    let replica = try context.node.replica()
    return try context.choosing {
      try replica.writeGroup { group in
        var prepared: Prepared?
        var results: [Result] = []
        var rest = items[...]
        while !rest.isEmpty {
          try group.write(
            reason: reason, command: command ?? context.commandText, batch: batch
          ) { transaction in
            let view = try RecordView(context, transaction.snapshot)
            let known = try prepared ?? prepare(view)
            prepared = known
            let act = try act(known, view, transaction)
            var written = WriteSize()
            while batch == nil || !written.isFull, let item = rest.popFirst() {
              try Task.checkCancellation()
              context.output.progress?(
                "writing \(PeopleFormat.number(items.count - rest.count)) of \(count) records")
              let (result, size) = try act(item)
              if let result { results.append(result) }
              written += size
            }
          }
        }
        return results
      }
    }
  }
}
