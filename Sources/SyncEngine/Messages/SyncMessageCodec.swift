public import CRDTCore

extension SyncMessage {
  /// The message's bytes: its type, then its body; the length in front of them is the transport's.
  public var encoded: [UInt8] {
    var writer = ByteWriter(capacity: 160)
    writer.write(byte: kind.rawValue)
    switch self {
    case .hello(let hello): writer.write(hello: hello)
    case .vector(let tips): writer.write(tips: tips)
    case .entries(let number, let batch):
      writer.write(varint: number)
      writer.write(bytes: batch)
    case .ack(let number, let vector):
      writer.write(varint: number)
      writer.write(vector: vector)
    case .verify(let verification): writer.write(verification: verification)
    case .bye(let bye):
      writer.write(byte: bye.reason.rawValue)
      writer.write(text: bye.text)
    case .join(let request):
      writer.write(bytes: request.proof)
      writer.write(text: request.nodeName)
      writer.write(text: request.userName)
    case .joined(let grant):
      writer.write(fixed: grant.member.rawValue)
      writer.write(bytes: grant.founder.bytes)
      writer.write(bytes: grant.workspaceNonce)
      writer.write(prefixed: grant.extra)
    case .parted(let replicas):
      writer.write(count: replicas.count)
      for replica in replicas { writer.write(fixed: replica.rawValue) }
    case .caughtUp, .ping: break
    }
    return writer.bytes
  }

  /// Decodes what ``encoded`` wrote.
  ///
  /// Every message has one encoding, so no two byte strings decode to the same message; but a hello
  /// of a later version may have more behind its fields, which is skipped.
  ///
  /// - Throws: ``MalformedBytes`` if the bytes are no message, or exceed ``SessionLimits``.
  public init(decoding bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard let kind = Kind(rawValue: try reader.readByte()) else {
      throw MalformedBytes("a known type of message")
    }
    self = try reader.readMessage(kind)
    try reader.expectEnd()
  }
}

extension ByteWriter {
  fileprivate mutating func write(hello: Hello) {
    write(byte: hello.versions.lowerBound)
    write(byte: hello.versions.upperBound)
    write(fixed: hello.workspace.rawValue)
    write(bytes: hello.node.bytes)
    write(fixed: hello.replica.rawValue)
    write(hash: hello.logDigest)
    write(hash: hello.schemaDigest)
    write(fixed: hello.wall.milliseconds)
    write(varint: hello.features)
    write(varint: UInt64(hello.creditBytes))
  }

  fileprivate mutating func write(verification: Verification) {
    write(hash: verification.vectorDigest)
    write(hash: verification.logDigest)
    write(byte: verification.stateDigest == nil ? 0 : 1)
    if let digest = verification.stateDigest { write(hash: digest) }
  }
}

extension ByteReader {
  fileprivate mutating func readMessage(
    _ kind: SyncMessage.Kind
  ) throws(MalformedBytes) -> SyncMessage {
    switch kind {
    case .hello: .hello(try readHello())
    case .vector: .vector(try readTips())
    case .entries: try readEntries()
    case .ack: .ack(upTo: try readVarint(), holds: try readVector())
    case .caughtUp: .caughtUp
    case .verify: .verify(try readVerification())
    case .ping: .ping
    case .bye: .bye(try readBye())
    case .join: .join(try readJoinRequest())
    case .joined: .joined(try readJoinGrant())
    case .parted: .parted(try readReplicas())
    }
  }

  private mutating func readHello() throws(MalformedBytes) -> Hello {
    let least = try readByte()
    let greatest = try readByte()
    guard 1 <= least, least <= greatest else {
      throw MalformedBytes("a range of versions", at: offset)
    }
    let hello = Hello(
      versions: least...greatest, workspace: WorkspaceID(rawValue: try readFixed()),
      node: try readKey(), replica: ReplicaID(rawValue: try readFixed()),
      logDigest: try readHash(), schemaDigest: try readHash(), wall: try readWallTime(),
      features: try readVarint(), creditBytes: UInt32(try readCount(max: Int(UInt32.max))))
    if greatest > Hello.spokenVersions.upperBound { try skip(remaining) }
    return hello
  }

  private mutating func readWallTime() throws(MalformedBytes) -> WallTime {
    let milliseconds: UInt64 = try readFixed()
    let wall = WallTime(milliseconds: milliseconds)
    guard wall.milliseconds == milliseconds else {
      throw MalformedBytes("a wall clock's reading", at: offset)
    }
    return wall
  }

  private mutating func readKey() throws(MalformedBytes) -> NodePublicKey {
    guard let key = NodePublicKey(bytes: try readSlice(NodePublicKey.byteCount)) else {
      throw MalformedBytes("a key on the curve", at: offset)
    }
    return key
  }

  private mutating func readReplicas() throws(MalformedBytes) -> [ReplicaID] {
    let count = try readCount(max: min(Limits.replicasMax, remaining / 16))
    var replicas: [ReplicaID] = []
    for _ in 0..<count {
      let replica = ReplicaID(rawValue: try readFixed())
      guard replicas.last.map({ $0 < replica }) ?? true else {
        throw MalformedBytes("replicas in order", at: offset)
      }
      replicas.append(replica)
    }
    return replicas
  }

  private mutating func readEntries() throws(MalformedBytes) -> SyncMessage {
    let number = try readVarint()
    guard (1...SessionLimits.batchBytesMax).contains(remaining) else {
      throw MalformedBytes("a batch of 1 to \(SessionLimits.batchBytesMax) bytes", at: offset)
    }
    return .entries(number: number, batch: try readBytes(remaining))
  }

  private mutating func readVerification() throws(MalformedBytes) -> Verification {
    let vectorDigest = try readHash()
    let logDigest = try readHash()
    let flag = try readByte()
    guard flag <= 1 else { throw MalformedBytes("0 or 1", at: offset) }
    return Verification(
      vectorDigest: vectorDigest, logDigest: logDigest,
      stateDigest: flag == 1 ? try readHash() : nil)
  }

  private mutating func readBye() throws(MalformedBytes) -> Bye {
    let reason = ByeReason(rawValue: try readByte())
    return Bye(reason, try readText(max: SessionLimits.byeTextBytesMax))
  }

  private mutating func readJoinRequest() throws(MalformedBytes) -> JoinRequest {
    let proof = try readBytes(SessionLimits.proofByteCount)
    let nodeName = try readText(max: SessionLimits.nodeNameBytesMax)
    let userName = try readText(max: SessionLimits.userNameBytesMax)
    guard let request = JoinRequest(proof: proof, nodeName: nodeName, userName: userName) else {
      throw MalformedBytes("a request to join", at: offset)
    }
    return request
  }

  private mutating func readJoinGrant() throws(MalformedBytes) -> JoinGrant {
    let member = MemberID(rawValue: try readFixed())
    let founder = try readKey()
    let nonce = try readBytes(LogOrigin.nonceByteCount)
    let extra = try readPrefixed(max: SessionLimits.grantExtraBytesMax)
    guard
      let grant = JoinGrant(member: member, founder: founder, workspaceNonce: nonce, extra: extra)
    else { throw MalformedBytes("a grant", at: offset) }
    return grant
  }
}
