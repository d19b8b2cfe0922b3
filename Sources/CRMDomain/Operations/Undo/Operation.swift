package import CRDTCore
package import ReplicaStore

/// Names what one command did, the same on every node.
package struct OperationID: Hashable, Sendable {
  /// The 16 bytes as a big-endian number.
  package let rawValue: UInt128

  /// The operation that an entry belongs to: its batch, or else the entry itself.
  package init(of entry: LoggedEntry) {
    let bytes: [UInt8]
    if let batch = entry.payload.batch {
      let parts = [entry.author.key.bytes, batch.bigEndianBytes]
      bytes = Digests.digest(tag: "kith/operation/1", parts).bytes
    } else {
      bytes = entry.stamp.hash.bytes
    }
    rawValue = UInt128(bigEndianBytes: bytes.prefix(16))
  }

  /// Reads ``text`` back.
  package init?(_ text: some StringProtocol) {
    guard let number = Base32.number(from: text) else { return nil }
    rawValue = number
  }

  /// 26 characters; short forms are cut from the front, after the `z` of the operations.
  package var text: String { Base32.text(of: rawValue) }
}

/// That an operation takes back what another did.
///
/// The reversing operation's own stored command says so, with the whole id, so that every node which
/// has the entry can tell.
package struct Reversal: Hashable, Sendable {
  /// Which command it was.
  package enum Verb: String, Hashable, Sendable {
    case undo
    /// An undo of an undo.
    case redo
  }

  /// Which command it was.
  package let verb: Verb
  /// What it takes back.
  package let operation: OperationID

  package init(_ verb: Verb, of operation: OperationID) {
    self.verb = verb
    self.operation = operation
  }

  /// Reads ``command`` back; `nil` for any other command.
  package init?(command: String) {
    let words = command.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, let verb = Verb(rawValue: String(words[0])), words[1].first == "z",
      let operation = OperationID(words[1].dropFirst())
    else { return nil }
    self.init(verb, of: operation)
  }

  /// The command as entries store it: `undo z` and all 26 characters of the id.
  package var command: String { "\(verb.rawValue) z\(operation.text)" }
}

/// What one command did: an entry of the log, or the entries of one batch.
package struct Operation: Sendable {
  /// Its name.
  package let id: OperationID
  /// Its last entry's name, time and hash.
  package let stamp: Stamp
  /// Who did it, and on which node.
  package let author: LogAuthor
  /// The command; `nil` where no person typed one.
  package let command: String?
  /// Why, in the words of the person.
  package let reason: String?
  /// Its entries, the latest first.
  package internal(set) var entries: [Dot]
  /// The records it wrote to, each once, in the order of the entries.
  package internal(set) var records: [RecordKey]
  /// The operation that takes it back, if one does that is not itself taken back.
  package let reversedBy: OperationID?
  /// Whether its entries count; one that was set aside has changed nothing.
  package let isApplied: Bool

  /// What it takes back, if it does.
  package var reversal: Reversal? { command.flatMap(Reversal.init(command:)) }

  /// Whether it wrote to the roster, which no undo does.
  package var isAboutRoster: Bool {
    records.contains { $0.kind == RosterNames.member || $0.kind == RosterNames.node }
  }

  /// The records that it was about: without the entries of small lists that it has made on the way,
  /// which others may use by now.
  package func subjects(in catalog: EntityCatalog) -> [RecordKey] {
    let keys = records.filter { catalog[$0.kind]?.role != .list }
    return keys.isEmpty ? records : keys
  }
}
