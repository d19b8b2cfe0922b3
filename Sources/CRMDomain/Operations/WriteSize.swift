import CRDTCore
package import ReplicaStore

/// How much room writes take in an entry, roughly: by it, large commands are split.
package struct WriteSize: Hashable, Sendable {
  /// What one entry of a split command holds; half of what the format allows.
  package static let entryMax = WriteSize(
    count: Limits.transactionWritesMax / 2, bytes: Limits.transactionBytesMax / 2)
  /// A write without a value, such as a deletion.
  package static let oneWrite = WriteSize(count: 1, bytes: writeBytes)
  /// What a write takes beside its texts.
  private static let writeBytes = 64

  package private(set) var count = 0
  package private(set) var bytes = 0

  package init(count: Int = 0, bytes: Int = 0) {
    self.count = count
    self.bytes = bytes
  }

  /// The room of one field's edit.
  package init(of edit: FieldEdit) {
    let values: [Value]
    switch edit {
    case .set(let value, _), .insert(let value), .remove(let value): values = [value]
    case .reopen(let sides): values = sides.map(\.value)
    case .increment: values = []
    }
    self.init(count: 1, bytes: values.reduce(Self.writeBytes) { $0 + Self.bytes(of: $1) })
  }

  package static func += (size: inout Self, more: Self) {
    size.count += more.count
    size.bytes += more.bytes
  }

  /// Whether an entry with so much takes no more.
  package var isFull: Bool {
    count >= Self.entryMax.count || bytes >= Self.entryMax.bytes
  }

  private static func bytes(of value: Value) -> Int {
    switch value {
    case .text(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    case .structure(let parts): parts.reduce(0) { $0 + writeBytes + Self.bytes(of: $1.value) }
    case .null, .bool, .integer, .decimal, .date, .instant, .reference, .money, .unknown: 16
    }
  }
}
