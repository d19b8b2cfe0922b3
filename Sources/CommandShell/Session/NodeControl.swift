package import CRDTCore
package import ReplicaStore

/// What commands ask of the node beyond its records: its store, its peers, its service.
///
/// The runtime implements it; commands know neither sockets nor TLS.
package protocol NodeControl: Sendable {
  /// Where the store is.
  var storePath: String { get }

  /// Opens the store, once; later calls give the same replica.
  func replica() throws -> Replica

  /// Makes the replica of what this node knew at a moment; it is gone when the result is.
  ///
  /// `progress` hears now and then how many entries were replayed, and of how many.
  func past(
    at moment: WallTime, progress: (_ entries: Int, _ of: Int) -> Void
  ) throws -> PastReplica

  /// An element whenever the store has changed, whoever changed it, until nobody listens any more.
  func changes() throws -> AsyncStream<Void>

  /// Founds a workspace: makes the node key, the store and the first entry.
  func found(_ request: FoundRequest) throws -> Replica

  /// Joins the workspace that a code invites to, and takes in what its node holds.
  func join(_ request: JoinCommandRequest, progress: @escaping @Sendable (SyncProgress) -> Void)
    async throws -> ExchangeResult

  /// Makes a one-time code with which a node can join.
  func invite(node: String, role: MemberRole, address: String?) throws -> InviteCode

  /// Exchanges with the peers of these names, or with all whose address is known.
  func sync(
    with peers: [String], progress: @escaping @Sendable (SyncProgress) -> Void
  ) async throws -> [ExchangeResult]

  /// Whether it is certain at once that no peer can be reached whose address is known.
  func isOffline() async -> Bool

  /// Serves peers until the task is cancelled or the process is told to stop.
  func serve(at address: String, onListening: @escaping @Sendable (String) -> Void) async throws

  /// The member for whom this node writes.
  func actingMember() throws -> MemberID

  /// The nodes of the roster, this one too, ordered by name.
  func nodes() throws -> [NodeStatus]

  /// Remembers where a node of the roster can be reached.
  func setAddress(_ address: String, of node: String) throws
}

/// What `init` founds a workspace from.
package struct FoundRequest: Hashable, Sendable {
  package let node: String
  package let workspace: String
  package let user: String
  package let currency: CurrencyCode

  package init(node: String, workspace: String, user: String, currency: CurrencyCode) {
    self.node = node
    self.workspace = workspace
    self.user = user
    self.currency = currency
  }
}

/// What `join` enrols a node from.
package struct JoinCommandRequest: Hashable, Sendable {
  package let code: String
  package let node: String
  package let user: String

  package init(code: String, node: String, user: String) {
    self.code = code
    self.node = node
    self.user = user
  }
}

/// A one-time invitation, as it is handed over.
package struct InviteCode: Hashable, Sendable {
  /// What the other node types after `join`.
  package let code: String
  /// The three words of this node's key, for both sides to compare.
  package let words: String
  /// When it ends.
  package let expires: WallTime

  package init(code: String, words: String, expires: WallTime) {
    self.code = code
    self.words = words
    self.expires = expires
  }
}

/// How far an exchange has got.
package struct SyncProgress: Hashable, Sendable {
  package let peer: String
  package let entriesSent: Int
  package let entriesReceived: Int
  package let entriesToReceive: Int

  package init(peer: String, entriesSent: Int, entriesReceived: Int, entriesToReceive: Int) {
    self.peer = peer
    self.entriesSent = entriesSent
    self.entriesReceived = entriesReceived
    self.entriesToReceive = entriesToReceive
  }
}

/// How an exchange with one peer ended.
package struct ExchangeResult: Hashable, Sendable {
  /// The peer's name, or its address where it has none yet.
  package let peer: String
  package let entriesSent: Int
  package let entriesReceived: Int
  package let bytes: Int
  package let milliseconds: Int
  /// The peer's clock minus ours, if its hello came.
  package let clockOffsetMilliseconds: Int64?
  /// Whether both sides were found to hold the same entries and yet differ.
  package let diverged: Bool
  /// Why it was not completed: one sentence; `nil` if both sides are in sync.
  package let failure: String?
  /// What to do about it, if anything.
  package let hint: String?
  /// The keys, if the peer's was not the expected one.
  package let wrongKey: WrongKey?
  /// Whether it failed by this node's own store, so that no other peer can help.
  package let isOwnStore: Bool

  package init(
    peer: String, entriesSent: Int, entriesReceived: Int, bytes: Int, milliseconds: Int,
    clockOffsetMilliseconds: Int64?, diverged: Bool, failure: String?, hint: String?,
    wrongKey: WrongKey?, isOwnStore: Bool
  ) {
    self.peer = peer
    self.entriesSent = entriesSent
    self.entriesReceived = entriesReceived
    self.bytes = bytes
    self.milliseconds = milliseconds
    self.clockOffsetMilliseconds = clockOffsetMilliseconds
    self.diverged = diverged
    self.failure = failure
    self.hint = hint
    self.wrongKey = wrongKey
    self.isOwnStore = isOwnStore
  }
}

/// The key that a peer should have presented, and the one that it did, by their three words.
package struct WrongKey: Hashable, Sendable {
  package let known: String
  package let offered: String

  package init(known: String, offered: String) {
    self.known = known
    self.offered = offered
  }
}

/// One node of the roster as this one sees it.
package struct NodeStatus: Hashable, Sendable {
  package let name: String
  package let user: String?
  package let role: String?
  package let isThisNode: Bool
  /// The three words of its key.
  package let words: String
  package let address: String?
  package let lastContact: WallTime?
  /// Own changes that it has not confirmed; `nil` if there was never contact.
  package let clockOffsetMilliseconds: Int64?

  package init(
    name: String, user: String?, role: String?, isThisNode: Bool, words: String, address: String?,
    lastContact: WallTime?, clockOffsetMilliseconds: Int64?
  ) {
    self.name = name
    self.user = user
    self.role = role
    self.isThisNode = isThisNode
    self.words = words
    self.address = address
    self.lastContact = lastContact
    self.clockOffsetMilliseconds = clockOffsetMilliseconds
  }
}

/// An error of the node that a person sees, with the exit code it stands for.
package protocol NodeError: UserFacingError {
  /// One of the exit codes of the command language.
  var exitCode: Int32 { get }
}
