extension Payload {
  /// Decodes what ``encoded(author:salt:level:)`` wrote.
  ///
  /// - Throws: ``MalformedBytes`` if the bytes are not the one canonical encoding of a payload within
  ///   ``Limits``. Whether the dots lie in the entry's causal past is the caller's to judge.
  public init(decoding bytes: PayloadBytes, author: ReplicaID) throws(MalformedBytes) {
    self = try PayloadDecoder.payload(from: bytes, author: author)
  }
}

/// Reads the two parts of one payload side by side.
private struct PayloadDecoder {
  private var structure: ByteReader
  private var values: ByteReader
  private var payload = Payload()
  private var replicas: [ReplicaID]
  /// Per replica whether a dot names it; the author need not be named.
  private var isNamed = [true]
  /// Static names that the entry spells out, and so may not refer to.
  private var spelledOut: Set<NameReference> = []

  static func payload(
    from bytes: PayloadBytes, author: ReplicaID
  ) throws(MalformedBytes) -> Payload {
    var decoder = PayloadDecoder(
      structure: ByteReader(try bytes.structure()), values: ByteReader(try bytes.values()),
      author: author)
    try decoder.decodePreamble(author: author)
    try decoder.decodeRecords()
    guard decoder.isNamed.allSatisfy({ $0 }) else {
      throw MalformedBytes("only replicas that a dot names")
    }
    try decoder.structure.expectEnd()
    try decoder.values.expectEnd()
    return decoder.payload
  }

  private init(structure: ByteReader, values: ByteReader, author: ReplicaID) {
    self.structure = structure
    self.values = values
    replicas = [author]
  }

  private mutating func decodePreamble(author: ReplicaID) throws(MalformedBytes) {
    let replicaCount = try structure.readCount(
      max: min(Limits.replicasMax, structure.remaining / 16))
    for _ in 0..<replicaCount {
      let replica = ReplicaID(rawValue: try structure.readFixed())
      guard replica != author, replicas.count == 1 || replicas[replicas.count - 1] < replica else {
        throw MalformedBytes("replicas in order", at: structure.offset)
      }
      replicas.append(replica)
      isNamed.append(false)
    }
    try decodeNames()
    let flags = try structure.readByte()
    guard flags <= PayloadFlags.batch else {
      throw MalformedBytes("known flags", at: structure.offset)
    }
    if flags == PayloadFlags.batch { payload.batch = try structure.readFixed() }

    try values.skip(Payload.saltByteCount)
    let texts = try values.readByte()
    guard texts <= PayloadFlags.reason | PayloadFlags.command else {
      throw MalformedBytes("known flags", at: values.offset)
    }
    if texts & PayloadFlags.reason != 0 {
      payload.reason = try values.readText(max: Limits.valueBytesMax)
    }
    if texts & PayloadFlags.command != 0 {
      payload.command = try values.readText(max: Limits.valueBytesMax)
    }
  }

  /// Reads the names spelt out: distinct, so that a field is written once under any name.
  private mutating func decodeNames() throws(MalformedBytes) {
    let count = try structure.readCount(max: min(Limits.namesMax, structure.remaining))
    guard count > 0 else { return }
    var known: Set<String> = [""]
    for _ in 0..<count {
      let name = try structure.readText(max: Limits.nameBytesMax)
      guard known.insert(name).inserted else {
        throw MalformedBytes("a new name", at: structure.offset)
      }
      // A name may have entered the table after the entry was written.
      if let index = NameTable.indexes[name] {
        spelledOut.insert(NameReference(staticIndex: index))
      }
      payload.names.append(name)
    }
  }

  private mutating func decodeRecords() throws(MalformedBytes) {
    let count = try structure.readCount(
      max: min(Limits.transactionWritesMax, structure.remaining / 18))
    payload.records.reserveCapacity(count)
    for _ in 0..<count {
      let kind = try readName()
      guard kind != NameTable.record else { throw MalformedBytes("a kind", at: structure.offset) }
      let id = RecordID(rawValue: try structure.readFixed())
      if let last = payload.records.last {
        guard last.kind < kind || last.kind == kind && last.id < id else {
          throw MalformedBytes("records in order", at: structure.offset)
        }
      }
      let writes = try decodeWrites()
      payload.records.append(RecordEdit(kind: kind, id: id, writes: writes))
    }
  }

  private mutating func decodeWrites() throws(MalformedBytes) -> Range<Int> {
    let start = payload.writes.count
    let shape = try structure.readCount(
      max: 2 * min(Limits.transactionWritesMax - start, structure.remaining) + 1)
    let (count, isUniform) = (shape >> 1, shape & 1 == 1)
    guard count > 0 else { throw MalformedBytes("a write", at: structure.offset) }
    if start == 0 {
      // Records of one import are alike, so the first one tells how many writes there will be, but no
      // more than there are bytes for.
      let expected = count * max(1, payload.records.capacity)
      payload.writes.reserveCapacity(
        min(expected, Limits.transactionWritesMax, structure.remaining))
    }
    let uniformHead = isUniform ? try structure.readByte() : nil
    var areEqual = true
    var first: UInt8?
    for index in start..<start + count {
      let field = try readName()
      let head = if let uniformHead { uniformHead } else { try structure.readByte() }
      areEqual = areEqual && head == first ?? head
      first = first ?? head
      let write = try decodeWrite(of: field, head: head)
      if index > start {
        let last = payload.writes[index - 1]
        guard last.field < write.field || last.field == write.field && follows(last, write) else {
          throw MalformedBytes("writes in order", at: structure.offset)
        }
      }
      payload.writes.append(write)
    }
    guard areEqual == isUniform else {
      throw MalformedBytes("equal heads once", at: structure.offset)
    }
    return start..<start + count
  }

  /// Whether two writes of one field are of a set's elements in order.
  private func follows(_ last: FieldWrite, _ next: FieldWrite) -> Bool {
    guard let one = last.element, let two = next.element else { return false }
    return one < two
  }

  private mutating func decodeWrite(
    of field: NameReference, head: UInt8
  ) throws(MalformedBytes) -> FieldWrite {
    let replaces = head & WriteHead.replaces == 0 ? [] : try readDots()
    let touches = head & WriteHead.touches == 0 ? [] : try readDots()
    let body =
      head & WriteHead.body == 0 ? nil : try structure.readPrefixed(max: Limits.bodyBytesMax)
    let value = head & WriteHead.value == 0 ? nil : try values.readValue()
    let kind = head & WriteHead.kindMask
    let change = try change(kind: kind, touches: touches, body: body, value: value)
    let isLifecycle = kind == FieldKind.lifecycle.rawValue
    guard isLifecycle == (field == NameTable.record) else {
      throw MalformedBytes("lifecycle writes on the record alone", at: structure.offset)
    }
    return FieldWrite(field: field, replaces: replaces, change: change)
  }

  private func change(
    kind: UInt8, touches: [Dot], body: [UInt8]?, value: Value?
  ) throws(MalformedBytes) -> FieldWrite.Change {
    switch (FieldKind(rawValue: kind), body, value) {
    case (.register, nil, nil) where touches.isEmpty: return .register(.null)
    case (.register, nil, let value?) where touches.isEmpty && !value.isNull:
      return .register(value)
    case (.register, let body?, let value?) where touches.isEmpty:
      return .sides(try sides(body: body, value: value))
    case (.counter, let body?, nil) where touches.isEmpty:
      var reader = ByteReader(body)
      let increment = try reader.readSigned()
      try reader.expectEnd()
      return .counter(increment)
    case (.set, let body?, let value) where touches.isEmpty:
      return try element(body: body, value: value)
    case (.lifecycle, let body?, nil) where body == [0]: return .delete(seen: touches)
    case (.lifecycle, let body?, nil) where body == [1] && touches.isEmpty: return .restore
    case (nil, _, _):
      return .unknown(
        FieldWrite.UnknownChange(kind: kind, touches: touches, body: body, value: value))
    case (.register, _, _), (.counter, _, _), (.set, _, _), (.lifecycle, _, _):
      throw MalformedBytes("a write of its kind", at: structure.offset)
    }
  }

  private func sides(body: [UInt8], value: Value) throws(MalformedBytes) -> [Side] {
    var reader = ByteReader(body)
    let count = try reader.readCount(max: Limits.partsMax)
    var ranks: [UInt32?] = []
    for _ in 0..<count {
      let rank = try reader.readVarint()
      guard rank <= UInt64(UInt32.max) + 1 else {
        throw MalformedBytes("a rank", at: reader.offset)
      }
      ranks.append(rank == 0 ? nil : UInt32(rank - 1))
    }
    try reader.expectEnd()
    if ranks.count == 1, let rank = ranks[0] { return [Side(value: value, rank: rank)] }
    guard case .structure(let parts) = value, parts.count == count, count > 1,
      parts.allSatisfy({ $0.name.isEmpty })
    else { throw MalformedBytes("as many sides as ranks", at: values.offset) }
    return zip(parts, ranks).map { Side(value: $0.value, rank: $1) }
  }

  private func element(body: [UInt8], value: Value?) throws(MalformedBytes) -> FieldWrite.Change {
    guard body.count == 17, body[0] <= 1 else {
      throw MalformedBytes("an element", at: structure.offset)
    }
    let key = ElementKey(rawValue: UInt128(bigEndianBytes: body.dropFirst()))
    let element = value ?? .reference(RecordID(rawValue: key.rawValue))
    guard ElementKey(of: element) == key, value == nil || value?.isReference == false else {
      throw MalformedBytes("an element under its key", at: structure.offset)
    }
    return .element(key, isPresent: body[0] == 1, element)
  }

  private mutating func readName() throws(MalformedBytes) -> NameReference {
    let number = try structure.readVarint()
    guard let reference = UInt32(exactly: number).map(NameReference.init(rawValue:)),
      payload.name(reference) != nil, spelledOut.isEmpty || !spelledOut.contains(reference)
    else { throw MalformedBytes("a known name", at: structure.offset) }
    return reference
  }

  private mutating func readDots() throws(MalformedBytes) -> [Dot] {
    let count = try structure.readCount(max: min(Limits.replacedMax, structure.remaining / 2))
    guard count > 0 else { throw MalformedBytes("a dot", at: structure.offset) }
    var dots: [Dot] = []
    dots.reserveCapacity(count)
    for _ in 0..<count {
      let index = try structure.readCount(max: replicas.count - 1)
      isNamed[index] = true
      let dot = Dot(replica: replicas[index], sequence: try structure.readSequence())
      guard dots.last.map({ $0 < dot }) ?? true else {
        throw MalformedBytes("dots in order", at: structure.offset)
      }
      dots.append(dot)
    }
    return dots
  }
}
