/// One write of a transaction: a change to one field, or to one element of a set.
public struct FieldWrite: Hashable, Sendable {
  /// Which field; ``NameTable/record`` for a lifecycle write.
  public var field: NameReference
  /// The heads it replaces, as its author had read them; ordered.
  public var replaces: [Dot]
  /// What it does.
  public var change: Change

  /// Creates a write.
  public init(field: NameReference, replaces: [Dot] = [], change: Change) {
    self.field = field
    self.replaces = replaces
    self.change = change
  }

  /// What a write does, by the field's kind.
  public enum Change: Hashable, Sendable {
    /// Sets a register.
    case register(Value)
    /// Sets a register to several sides, or to one that carries a rank.
    indirect case sides([Side])
    /// Adds to a counter.
    case counter(Int64)
    /// Puts an element into a set or takes it out.
    indirect case element(ElementKey, isPresent: Bool, Value)
    /// Deletes the record, having seen these writes to it and to the records it owns; ordered.
    indirect case delete(seen: [Dot])
    /// Brings the record back.
    case restore
    /// A write of a kind that this program does not know.
    indirect case unknown(UnknownChange)
  }

  /// What can be read of a write of an unknown kind.
  public struct UnknownChange: Hashable, Sendable {
    /// The kind byte, 0 to 15.
    public let kind: UInt8
    /// The touches it names; ordered.
    public let touches: [Dot]
    /// Its body, not understood.
    public let body: [UInt8]?
    /// Its value.
    public let value: Value?

    /// Creates a change.
    public init(kind: UInt8, touches: [Dot], body: [UInt8]?, value: Value?) {
      self.kind = kind
      self.touches = touches
      self.body = body
      self.value = value
    }
  }

  /// The element that the write is about, if it is about one.
  public var element: ElementKey? {
    if case .element(let key, _, _) = change { key } else { nil }
  }
}

/// The writes of a transaction to one record.
public struct RecordEdit: Hashable, Sendable {
  /// The record's kind.
  public let kind: NameReference
  /// The record.
  public let id: RecordID
  /// Its writes, as indexes into ``Payload/writes``.
  public let writes: Range<Int>

  /// Creates an edit.
  public init(kind: NameReference, id: RecordID, writes: Range<Int>) {
    self.kind = kind
    self.id = id
    self.writes = writes
  }
}

/// What a transaction did, decoded.
///
/// Canonical: records in strictly rising order of (kind, id); each record's writes in strictly
/// rising order of (field, element), of which there is at most one each; names spelt out are distinct
/// and not referred to in ``NameTable`` as well; one side without a rank is ``FieldWrite/Change/register(_:)``.
public struct Payload: Hashable, Sendable {
  /// Names the entry spells out.
  public var names: [String]
  /// What the entry shares with the other entries of one import or bulk command.
  public var batch: UInt128?
  /// Why, in the words of the person who did it.
  public var reason: String?
  /// The command that did it.
  public var command: String?
  /// The records.
  public var records: [RecordEdit]
  /// All records' writes.
  public var writes: [FieldWrite]

  /// Creates a payload.
  public init(
    names: [String] = [], batch: UInt128? = nil, reason: String? = nil, command: String? = nil,
    records: [RecordEdit] = [], writes: [FieldWrite] = []
  ) {
    self.names = names
    self.batch = batch
    self.reason = reason
    self.command = command
    self.records = records
    self.writes = writes
  }

  /// The name behind a reference; `nil` if this program's table does not reach that far.
  public func name(_ reference: NameReference) -> String? {
    if let index = reference.localIndex { return index < names.count ? names[index] : nil }
    guard let index = reference.staticIndex, index < NameTable.names.count else { return nil }
    return NameTable.names[index]
  }

  /// Every dot and touch that the writes name, in order of appearance.
  public var namedDots: [Dot] {
    var dots: [Dot] = []
    for index in writes.indices {
      if !writes[index].replaces.isEmpty { dots += writes[index].replaces }
      switch writes[index].change {
      case .delete(let seen): dots += seen
      case .unknown(let change): dots += change.touches
      case .register, .sides, .counter, .element, .restore: break
      }
    }
    return dots
  }
}

extension Payload {
  /// The same with every named dot replaced by what `meaning` makes of it; `nil` if that is nothing.
  public func renamed(_ meaning: (Dot) throws -> Dot?) rethrows -> Payload? {
    func renamed(_ dots: [Dot]) throws -> [Dot]? {
      let meant = try dots.compactMap(meaning)
      return meant.count == dots.count ? meant.sorted() : nil
    }
    var payload = self
    for (index, write) in writes.enumerated() {
      guard let replaces = try renamed(write.replaces) else { return nil }
      payload.writes[index].replaces = replaces
      switch write.change {
      case .delete(let seen):
        guard let seen = try renamed(seen) else { return nil }
        payload.writes[index].change = .delete(seen: seen)
      case .unknown(let change):
        guard let touches = try renamed(change.touches) else { return nil }
        payload.writes[index].change = .unknown(
          FieldWrite.UnknownChange(
            kind: change.kind, touches: touches, body: change.body, value: change.value))
      case .register, .sides, .counter, .element, .restore: break
      }
    }
    return payload
  }
}
