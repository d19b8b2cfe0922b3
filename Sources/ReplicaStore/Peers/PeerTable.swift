package import CRDTCore

/// What this node remembers of another; local, never replicated.
package struct PeerRecord: Hashable, Sendable {
  /// The other node's key.
  package let key: NodePublicKey
  /// Where it can be reached, as `HOST:PORT`.
  package var address: String?
  /// When the last exchange with it ended.
  package var lastContact: WallTime?
  /// What it has confirmed to hold.
  package var acknowledged = VersionVector()
  /// Its clock minus ours at the last exchange, in milliseconds.
  package var clockOffset: Int64?

  /// A peer that nothing is known of but its key.
  package init(key: NodePublicKey) { self.key = key }
}

/// One past exchange with a peer.
package struct ExchangeRecord: Hashable, Sendable {
  /// The other node's key.
  package let peer: NodePublicKey
  /// When it ended.
  package let ended: WallTime
  /// Entries sent and received.
  package let sent: Int
  package let received: Int
  /// Bytes of messages in both directions.
  package let bytes: Int
  /// How it ended, in words.
  package let outcome: String

  /// Creates a record.
  package init(
    peer: NodePublicKey, ended: WallTime, sent: Int, received: Int, bytes: Int, outcome: String
  ) {
    self.peer = peer
    self.ended = ended
    self.sent = sent
    self.received = received
    self.bytes = bytes
    self.outcome = outcome
  }
}

extension Replica {
  /// Exchanges kept; enough to look back on, too few to grow the file.
  private static let exchangesMax = 1_000

  /// What is remembered of every peer, ordered by key.
  package func peers() throws -> [PeerRecord] { try read { try $0.peers() } }

  /// Remembers a peer, in place of what was remembered of it.
  package func save(_ peer: PeerRecord) throws {
    try withWriter { writer, _ in
      try writer.transaction { _ in
        let upsert = try writer.fold.statement(
          """
          INSERT OR REPLACE INTO _peer (key, address, last_contact, acknowledged, clock_offset)
          VALUES (?, ?, ?, ?, ?)
          """)
        upsert.bind(1, peer.key.bytes)
        if let address = peer.address { upsert.bind(2, address) }
        if let contact = peer.lastContact { upsert.bind(3, contact.milliseconds) }
        var vector = ByteWriter()
        vector.write(vector: peer.acknowledged)
        upsert.bind(4, vector.bytes)
        if let offset = peer.clockOffset { upsert.bind(5, offset) }
        try upsert.run()
      }
    }
  }

  /// Remembers a past exchange.
  package func note(_ exchange: ExchangeRecord) throws {
    try withWriter { writer, _ in
      try writer.transaction { _ in
        let insertion = try writer.fold.statement(
          """
          INSERT INTO _exchange (peer, ended, sent, received, bytes, outcome)
          VALUES (?, ?, ?, ?, ?, ?)
          """)
        insertion.bind(1, exchange.peer.bytes)
        insertion.bind(2, exchange.ended.milliseconds)
        insertion.bind(3, exchange.sent)
        insertion.bind(4, exchange.received)
        insertion.bind(5, exchange.bytes)
        insertion.bind(6, exchange.outcome)
        try insertion.run()
        let deletion = try writer.fold.statement(
          "DELETE FROM _exchange WHERE number <= (SELECT max(number) FROM _exchange) - ?")
        deletion.bind(1, Self.exchangesMax)
        try deletion.run()
      }
    }
  }

  /// The latest exchanges, the newest first.
  package func exchanges(limit: Int) throws -> [ExchangeRecord] {
    try read { snapshot in
      let selection = try Statement(
        snapshot.database,
        """
        SELECT peer, ended, sent, received, bytes, outcome FROM _exchange
        ORDER BY number DESC LIMIT ?
        """)
      selection.bind(1, limit)
      var exchanges: [ExchangeRecord] = []
      while try selection.step() {
        guard let peer = NodePublicKey(stored: selection.bytes(0)) else { continue }
        exchanges.append(
          ExchangeRecord(
            peer: peer, ended: WallTime(milliseconds: selection.integer(1)),
            sent: Int(selection.integer(2)), received: Int(selection.integer(3)),
            bytes: Int(selection.integer(4)), outcome: selection.text(5)))
      }
      return exchanges
    }
  }

  /// How many entries of this node no peer has confirmed.
  package func unconfirmedEntries() throws -> Int {
    let confirmed = try peers().reduce(into: VersionVector()) { $0.merge($1.acknowledged) }
    let key = environment.signer.publicKey
    let logs = try read { try $0.directory().logs }
    return logs.filter { $0.key == key }.reduce(0) { count, log in
      count + Int(log.sequence - min(log.sequence, max(confirmed[log.id], log.first - 1)))
    }
  }
}

extension Snapshot {
  /// What is remembered of every peer, ordered by key.
  package func peers() throws -> [PeerRecord] {
    let selection = try Statement(
      database,
      "SELECT key, address, last_contact, acknowledged, clock_offset FROM _peer ORDER BY key")
    var peers: [PeerRecord] = []
    while try selection.step() {
      guard let key = NodePublicKey(stored: selection.bytes(0)) else { continue }
      var peer = PeerRecord(key: key)
      if !selection.isNull(1) { peer.address = selection.text(1) }
      if !selection.isNull(2) {
        peer.lastContact = WallTime(milliseconds: selection.integer(2))
      }
      if !selection.isNull(3) {
        var reader = ByteReader(selection.bytes(3))
        peer.acknowledged = try reader.readVector()
      }
      if !selection.isNull(4) { peer.clockOffset = selection.integer(4) }
      peers.append(peer)
    }
    return peers
  }
}
