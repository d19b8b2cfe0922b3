/// What of a header is stored and sent: all that a holder of the log before it does not know.
///
/// Layout: flags (1 byte: 1 origin, 2 dependencies, 4 scope, 8 wall clock differs from the HLC),
/// version (1 byte), then as flagged the origin, the dependencies, the scope (varint), and the wall
/// clock minus the HLC's wall time (zigzag varint, milliseconds). Nothing is flagged that is empty or
/// zero, so a header has one encoding.
public struct CompactHeader: Hashable, Sendable {
  /// The format of the entry.
  public let version: UInt8
  /// On the first entry of a log, its origin.
  public let origin: LogOrigin?
  /// What the author had taken in since its previous entry.
  public let dependencies: [Dependency]
  /// Which part of the workspace the entry belongs to.
  public let scope: UInt64
  /// The author's wall clock minus the HLC's wall time, in milliseconds.
  public let wallLead: Int64

  /// Shortens a header.
  public init(_ header: EntryHeader) {
    version = header.version
    origin = header.origin
    dependencies = header.dependencies
    scope = header.scope
    wallLead = Int64(header.wall.milliseconds) - Int64(header.time.wallMilliseconds)
  }

  /// Reads a header back.
  public init(from reader: inout ByteReader) throws(MalformedBytes) {
    let flags = try reader.readByte()
    guard flags < 16 else { throw MalformedBytes("known flags", at: reader.offset) }
    version = try reader.readByte()
    guard version == EntryHeader.currentVersion else {
      throw MalformedBytes("entry format \(EntryHeader.currentVersion)", at: reader.offset)
    }
    origin = flags & 1 == 0 ? nil : try reader.readOrigin()
    dependencies = flags & 2 == 0 ? [] : try reader.readDependencies()
    scope = flags & 4 == 0 ? 0 : try reader.readVarint()
    wallLead = flags & 8 == 0 ? 0 : try reader.readSigned()
    guard flags == self.flags else {
      throw MalformedBytes("flags of what is there", at: reader.offset)
    }
  }

  private var flags: UInt8 {
    (origin == nil ? 0 : 1) | (dependencies.isEmpty ? 0 : 2) | (scope == 0 ? 0 : 4)
      | (wallLead == 0 ? 0 : 8)
  }

  /// Appends the encoding to `writer`.
  public func write(to writer: inout ByteWriter) {
    writer.write(byte: flags)
    writer.write(byte: version)
    if let origin { writer.write(origin: origin) }
    if !dependencies.isEmpty { writer.write(dependencies: dependencies) }
    if scope != 0 { writer.write(varint: scope) }
    if wallLead != 0 { writer.write(signed: wallLead) }
  }

  /// The encoding.
  public var encoded: [UInt8] {
    var writer = ByteWriter(capacity: 16)
    write(to: &writer)
    return writer.bytes
  }

  /// The author's wall clock, for an entry of `time`.
  public func wall(at time: HybridTimestamp) -> WallTime {
    WallTime(milliseconds: Int128(time.wallMilliseconds) + Int128(wallLead))
  }

  /// Whether ``wallLead`` leads from `time` to a wall clock's reading, so that restoring the header
  /// and shortening it again gives this one.
  func isPossible(at time: HybridTimestamp) -> Bool {
    Int64(wall(at: time).milliseconds) - Int64(time.wallMilliseconds) == wallLead
  }

  /// Restores the header that was shortened, at the cost of hashing the payload.
  ///
  /// - Parameters:
  ///   - context: What the holder of the log knows.
  ///   - payload: The entry's payload, whose parts are hashed.
  /// - Returns: The whole header.
  public func header(in context: HeaderContext, payload: PayloadBytes) -> EntryHeader {
    EntryHeader(
      version: version, workspace: context.workspace, dot: context.dot, time: context.time,
      wall: wall(at: context.time), member: context.member, dependencies: dependencies,
      scope: scope, previous: context.previous, payload: payload, origin: origin)
  }
}

/// What the holder of a log knows of its next entry before reading it.
public struct HeaderContext: Hashable, Sendable {
  /// The workspace.
  public let workspace: WorkspaceID
  /// The entry's name.
  public let dot: Dot
  /// Its time.
  public let time: HybridTimestamp
  /// The log's member.
  public let member: MemberID
  /// The hash of the log's entry before it.
  public let previous: EntryHash

  /// Creates a context.
  public init(
    workspace: WorkspaceID, dot: Dot, time: HybridTimestamp, member: MemberID, previous: EntryHash
  ) {
    self.workspace = workspace
    self.dot = dot
    self.time = time
    self.member = member
    self.previous = previous
  }
}
