package import CRDTCore

/// An invitation that this node has given out; local, never replicated.
package struct Invite: Hashable, Sendable {
  /// How many bytes a secret takes.
  package static let secretByteCount = 16

  /// What the one who joins proves to know.
  package let secret: [UInt8]
  /// The name of the node it was made for.
  package let node: String
  /// The role of the member that joins.
  package let role: MemberRole
  /// When it ends.
  package let expires: WallTime

  /// Creates an invitation.
  package init(secret: [UInt8], node: String, role: MemberRole, expires: WallTime) {
    self.secret = secret
    self.node = node
    self.role = role
    self.expires = expires
  }
}

extension Replica {
  /// Remembers an invitation.
  package func save(_ invite: Invite) throws {
    try withWriter { writer, _ in
      try writer.transaction { _ in
        let insertion = try writer.fold.statement(
          "INSERT INTO _invite (secret_hash, secret, node, role, expires) VALUES (?, ?, ?, ?, ?)")
        insertion.bind(1, Digests.digest(tag: "kith/invite/1", [invite.secret]).bytes)
        insertion.bind(2, invite.secret)
        insertion.bind(3, invite.node)
        insertion.bind(4, invite.role.rawValue)
        insertion.bind(5, invite.expires.milliseconds)
        try insertion.run()
      }
    }
  }

  /// The invitations that can still be used.
  package func openInvites() throws -> [Invite] {
    let now = environment.now()
    return try read { try $0.openInvites(at: now) }
  }

  /// Uses an invitation up and makes the entry that enrols a node, both or neither.
  ///
  /// `isProven` says whether the one who joins has proved to know an invitation's secret; `body` writes
  /// the roster's records. Returns what `body` did, or `nil` if no open invitation was proven.
  package func redeem<Result>(
    where isProven: (Invite) -> Bool, _ body: (Transaction, Invite) throws -> Result
  ) throws -> Result? {
    try withWriter { writer, database in
      try writer.claim()
      return try writer.transaction { state in
        let snapshot = Snapshot(database: database, layout: writer.fold.layout)
        let open = try snapshot.openInvites(at: environment.now())
        guard let invite = open.first(where: isProven) else { return nil }
        let update = try writer.fold.statement("UPDATE _invite SET used = ? WHERE secret = ?")
        update.bind(1, environment.now().milliseconds)
        update.bind(2, invite.secret)
        try update.run()
        return try writer.write(
          on: &state, reason: nil, command: "join", batch: nil
        ) { try body($0, invite) }
      }
    }
  }
}

extension Snapshot {
  fileprivate func openInvites(at now: WallTime) throws -> [Invite] {
    let selection = try Statement(
      database,
      """
      SELECT secret, node, role, expires FROM _invite WHERE used IS NULL AND expires > ?
      ORDER BY expires, secret
      """)
    selection.bind(1, now.milliseconds)
    var invites: [Invite] = []
    while try selection.step() {
      guard let role = MemberRole(rawValue: selection.text(2)) else { continue }
      invites.append(
        Invite(
          secret: selection.bytes(0), node: selection.text(1), role: role,
          expires: WallTime(milliseconds: selection.integer(3))))
    }
    return invites
  }
}
