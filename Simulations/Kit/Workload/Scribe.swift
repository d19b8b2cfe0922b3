package import CRDTCore
package import ReplicaStore
import TestSupport

/// An entry that another one can rest on, with all that comes before it in its log.
package protocol LogEnd {
  /// The dot in its header.
  var dot: Dot { get }
  /// Its hash.
  var hash: EntryHash { get }
  /// It, and what comes before it in its log.
  var path: Set<EntryHash> { get }
}

/// An entry written by hand, with all that its author knew of.
package struct HandEntry: LogEnd, Sendable {
  package let header: EntryHeader
  package let payload: PayloadBytes
  package let hash: EntryHash
  /// The author's signature over it.
  package let seal: [UInt8]
  package let path: Set<EntryHash>
  /// What its author held when writing it.
  package let past: Set<EntryHash>

  package var dot: Dot { header.dot }

  /// The entry as the oracle sees it.
  package var forOracle: OracleEntry { OracleEntry(header: header, payload: payload) }

  /// What the way is called that it begins, where that does not keep the name of its path.
  package var branch: ReplicaID {
    let digest = Digests.digest(
      tag: "kith/branch/1", [dot.replica.rawValue.bigEndianBytes, hash.bytes])
    return ReplicaID(rawValue: UInt128(bigEndianBytes: digest.bytes.prefix(16)))
  }

  /// A batch of this entry alone.
  package func batch() -> [UInt8] {
    let item = EntryBatch.Item(
      log: 0, time: header.time, header: CompactHeader(header), payload: payload, seal: seal)
    let log = EntryBatch.Log(
      replica: dot.replica, sequence: dot.sequence,
      previous: dot.sequence == 1 ? nil : header.previous)
    return EntryBatch(logs: [log], items: [item]).encoded(level: nil)
  }
}

/// Writes entries under one replica id by hand, in as many ways from one place as it is asked to.
package struct Scribe: Sendable {
  package let origin: LogOrigin
  private let key: SimulatedKey
  private let workspace: WorkspaceID

  /// Makes an author with a key; `nonce` tells several of one key apart.
  package init(key: SimulatedKey, nonce: UInt8, member: MemberID, founding: Founding) {
    self.key = key
    workspace = founding.workspace
    origin = LogOrigin(
      key: key.publicKey, nonce: Array(repeating: nonce, count: LogOrigin.nonceByteCount),
      member: member, workspaceNonce: nonce == 0 ? founding.nonce : nil)
  }

  private init(key: SimulatedKey, workspace: WorkspaceID, origin: LogOrigin) {
    self.key = key
    self.workspace = workspace
    self.origin = origin
  }

  /// The same replica id, with an origin that names another member.
  package func speaking(for member: MemberID) -> Self {
    Self(
      key: key, workspace: workspace,
      origin: LogOrigin(
        key: origin.key, nonce: origin.nonce, member: member,
        workspaceNonce: origin.workspaceNonce))
  }

  /// Writes an entry behind `previous`, one of its own; behind none, the first one of a log.
  ///
  /// `seen` are entries of others that it names as taken in since then, each with all before it. The time
  /// is by default a second later than the one before it, and the wall clock's the same; `isWanted` says
  /// which hash it shall have.
  package func entry(
    after previous: HandEntry? = nil, seeing seen: [any LogEnd] = [], at time: UInt64? = nil,
    wall: UInt64? = nil, _ payload: Payload,
    where isWanted: (EntryHash) -> Bool = { _ in true }
  ) throws -> HandEntry {
    let dependencies = seen.map { Dependency(dot: $0.dot, hash: $0.hash) }.sorted {
      ($0.dot, $0.hash) < ($1.dot, $1.hash)
    }
    let time = HybridTimestamp(
      wallMilliseconds: time ?? (previous?.header.time.wallMilliseconds ?? Self.start) + 1_000,
      counter: 0)
    var random = SplitMix64(seed: UInt64(dependencies.count))
    while true {
      let bytes = payload.encoded(
        author: origin.replica, salt: random.bytes(Payload.saltByteCount))
      let header = EntryHeader(
        workspace: workspace,
        dot: Dot(replica: origin.replica, sequence: (previous?.dot.sequence ?? 0) + 1),
        time: time, wall: WallTime(milliseconds: wall ?? time.wallMilliseconds),
        member: origin.member, dependencies: dependencies, previous: previous?.hash ?? .none,
        payload: bytes, origin: previous == nil ? origin : nil)
      let hash = header.hash
      guard isWanted(hash) else { continue }
      let seal = try key.signature(
        for: Seal.message(workspace: workspace, dot: header.dot, hash: hash))
      let past = (previous?.past ?? []).union(previous?.path ?? [])
      return HandEntry(
        header: header, payload: bytes, hash: hash, seal: seal,
        path: (previous?.path ?? []).union([hash]),
        past: seen.reduce(into: past) { $0.formUnion($1.path) })
    }
  }

  /// 2027-01-15, at eight.
  package static let start: UInt64 = 1_800_000_000_000
}
